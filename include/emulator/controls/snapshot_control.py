"""The control of the snapshots: take, list, restore and delete them."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.controls.bodies import refused
from emulator.emulator import Emulator
from emulator.snapshots import (
    UnknownSnapshotError,
    delete_snapshot,
    list_snapshots,
    restore_snapshot,
    take_snapshot,
)


def snapshot_routes(emulator: Emulator, follow_state: Callable[[], None]) -> list[Route]:
    """Return the routes; ``follow_state`` is called once a snapshot has been restored."""

    async def listed(request: Request) -> Response:
        return JSONResponse({"data": list_snapshots(emulator)})

    async def one(request: Request) -> Response:
        name = request.path_params["name"]
        try:
            if request.method == "POST":
                return JSONResponse(take_snapshot(emulator, name))
            delete_snapshot(emulator, name)
        except ValueError as wrong:
            return refused(str(wrong))
        except UnknownSnapshotError:
            return refused("no such snapshot", 404)
        return JSONResponse({"status": "ok"})

    async def restore(request: Request) -> Response:
        try:
            restore_snapshot(emulator, request.path_params["name"])
        except UnknownSnapshotError:
            return refused("no such snapshot", 404)
        follow_state()
        return JSONResponse({"status": "ok"})

    return [
        Route("/snapshots", listed),
        Route("/snapshots/{name}", one, methods=["POST", "DELETE"]),
        Route("/snapshots/{name}/restore", restore, methods=["POST"]),
    ]
