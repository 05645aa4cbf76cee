"""The web application: Graph calls on every path, the controls under ``/_emulator``."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from emulator.calls.answers import Answerer
from emulator.calls.errors import GraphError
from emulator.calls.protocol import read_call
from emulator.calls.wire import json_response, preflight_response
from emulator.controls.app_control import app_routes
from emulator.controls.control import control_routes
from emulator.controls.forms import form_routes
from emulator.controls.origins import SameOriginOnly
from emulator.controls.page import Pages
from emulator.emulator import Emulator
from emulator.injection.faulty_server import FaultyServer
from emulator.media.file_fetching import with_fetched_file
from emulator.media.rupload import PATH, Receiver

_METHODS = ["GET", "HEAD", "OPTIONS", "POST", "DELETE", "PUT", "PATCH"]


def build_app(emulator: Emulator, abort_connection: Callable[[Any], None]) -> Starlette:
    """Return the application.

    ``abort_connection`` cuts the connection of a client (its host and port) without an answer.
    """
    answerer = Answerer(emulator)
    faulty = FaultyServer(answerer, abort_connection)
    receiver = Receiver(emulator, faulty.serve)
    pages = Pages(emulator, answerer.usage)

    def follow_state() -> None:
        emulator.follow_state()
        answerer.usage.forget()
        faulty.late_commits.resume()

    async def graph_call(request: Request) -> Response:
        if request.method == "OPTIONS":
            return preflight_response()
        try:
            call = await with_fetched_file(emulator.settings, await read_call(request))
        except GraphError as error:
            return json_response(request, *answerer.refuse(None, error))
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:  # noqa: BLE001 - a client must see our own faults too
            return json_response(request, *answerer.fail(None))
        return await faulty.serve(request, call)

    async def root(request: Request) -> Response:
        if request.method in ("GET", "HEAD") and not request.query_params:
            return pages.home()
        return await graph_call(request)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        faulty.late_commits.resume()
        yield
        emulator.state.close()

    controls = [
        *control_routes(emulator, answerer.usage, follow_state),
        *app_routes(emulator),
        *pages.routes(),
        *form_routes(emulator, answerer.usage, pages, follow_state),
    ]
    return Starlette(
        routes=[
            Route("/", root, methods=_METHODS),
            Mount("/_emulator", routes=controls, middleware=[Middleware(SameOriginOnly)]),
            Route(f"/{PATH}/{{version}}/{{id}}", receiver.receive, methods=["POST"]),
            Route("/{path:path}", graph_call, methods=_METHODS),
        ],
        lifespan=lifespan,
    )
