"""Keeps other web sites' pages from using the controls through a person's browser.

The controls need no token: a page on another site could otherwise send them forms. A browser says
where a request comes from; other programs say nothing and are let through.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_READS = ("GET", "HEAD", "OPTIONS")


class SameOriginOnly:
    """Refuses requests that change something and come from a page of another origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or answer 403."""
        if scope["type"] == "http" and scope["method"] not in _READS and _is_foreign(scope):
            refusal = JSONResponse({"error": "this request comes from another web site"}, 403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_foreign(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
