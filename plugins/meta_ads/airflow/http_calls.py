"""HTTP by the standard library, for the few calls that go neither to Meta nor to Postgres."""

from __future__ import annotations

import urllib.request
from typing import Any


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


def opener() -> urllib.request.OpenerDirector:
    """Return what opens addresses and follows no redirect: what is sent would go along."""
    return urllib.request.build_opener(_NoRedirects)
