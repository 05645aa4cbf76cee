"""Where Meta is, who we are there, and how long we wait."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from meta_ads.errors import FixInput

API_VERSION = "v26.0"
BASE_URL = "https://graph.facebook.com"
_VERSION = re.compile(r"v\d+\.\d+")


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """How to reach the Graph API. Times are seconds.

    `token` and `app_secret` are secrets and never shown. `connect_timeout` bounds connecting and
    each piece of a request being sent; `read_timeout` bounds each silence while the answer comes;
    `total_timeout` bounds a whole call, which the quiescence time of an unknown outcome counts on.
    A call may outlast it by at most one `read_timeout`.

    Raises FixInput when a value could not work, with the secret values left out.
    """

    token: str = field(repr=False)
    app_secret: str | None = field(default=None, repr=False)
    api_version: str = API_VERSION
    base_url: str = BASE_URL
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    total_timeout: float = 60.0
    upload_timeout: float = 300.0
    page_size: int = 100

    @classmethod
    def of_connection(
        cls, password: str | None, host: str | None, extra: Mapping[str, Any]
    ) -> GraphSettings:
        """Return the settings an Airflow connection of type `meta_ads` holds.

        The token is its password, the base URL its host; `app_secret` and `api_version` are
        extras. What is empty is Meta's own.
        """
        return cls(
            token=password or "",
            app_secret=extra.get("app_secret") or None,
            api_version=extra.get("api_version") or API_VERSION,
            base_url=host or BASE_URL,
        )

    def __post_init__(self) -> None:
        if not self.token or self.token != self.token.strip() or not self.token.isascii():
            raise FixInput(
                "The access token is empty or has blanks or line breaks around it. "
                "Set it in the password field of the Airflow connection."
            )
        if not _VERSION.fullmatch(self.api_version):
            raise FixInput(
                f"The API version {self.api_version!r} is not like v26.0. "
                "Set api_version in the Airflow connection."
            )
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise FixInput(
                "The base URL is not like https://graph.facebook.com. "
                "Set the base URL (the host) of the Airflow connection, or leave it empty for Meta."
            )
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))

    def url(self, *path: str) -> str:
        """Return the address of a node or an edge, such as `url("act_1", "campaigns")`."""
        return "/".join((self.base_url, self.api_version, *path))
