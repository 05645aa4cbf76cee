"""The app: pages and JSON API, behind Airflow's sign-in on every route."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as AnyHTTPException

from meta_ads.errors import FixInput, MetaAdsError, StopAndAsk
from meta_ads.store.database import Database
from meta_ads.web import actions, api, pages
from meta_ads.web.access import Access
from meta_ads.web.desk import Desk
from meta_ads.web.origins import refusal

# Nothing but our own files: no inline script or style, no other site.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Next = Callable[[Request], Awaitable[Response]]


def create_app(
    access: Access, database: Callable[[], Database], home: Path, graph_url: Callable[[], str]
) -> FastAPI:
    """Return the app; the arguments are those of `Desk`.

    The OpenAPI schema is a route of the API, behind the sign-in like every other.
    """
    app = FastAPI(
        title="Campaigns",
        description="Launches of Meta campaigns: what the page shows, as JSON.",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk = Desk(access, database, home, graph_url)
    app.middleware("http")(_guarded)
    app.add_exception_handler(AnyHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(MetaAdsError, _failed)
    app.include_router(api.router)
    app.include_router(actions.router)
    app.include_router(pages.router)
    return app


async def _guarded(request: Request, go_on: Next) -> Response:
    """Refuse what another site causes, and tell the browser what a page may load."""
    if request.method not in SAFE and (reason := refusal(request.headers)):
        response: Response = JSONResponse({"detail": reason}, 403)
    else:
        response = await go_on(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    # What a person may see differs from person to person.
    response.headers.setdefault("cache-control", "no-store")
    return response


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, AnyHTTPException), "registered for this class"
    return _answer(request, error.status_code, str(error.detail))


async def _unreadable(request: Request, error: Exception) -> Response:
    """Say what is wrong without the input: it may be no text at all."""
    assert isinstance(error, RequestValidationError), "registered for this class"
    kept = ("loc", "msg", "type")
    return JSONResponse(
        {"detail": [{name: part[name] for name in kept} for part in error.errors()]}, 422
    )


async def _failed(request: Request, error: Exception) -> Response:
    """Answer with the error's own words: they are made for people and hold no secret."""
    status = 409 if isinstance(error, FixInput | StopAndAsk) else 503
    return _answer(request, status, str(error))


def _answer(request: Request, status: int, detail: str) -> Response:
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    if path.startswith("/api/") or request.method != "GET":
        return JSONResponse({"detail": detail}, status)
    return pages.error_page(request, status, detail)
