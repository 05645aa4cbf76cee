"""The control of the faults: put them into force, take them out, and see what they did."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.controls.bodies import entry_range, json_body, refused
from emulator.emulator import Emulator
from emulator.injection.faults import (
    add_faults,
    load_faults,
    read_fault,
    remove_all_faults,
    remove_fault,
)


def fault_routes(emulator: Emulator) -> list[Route]:
    """Return the routes of the faults, relative to ``/_emulator``."""

    async def faults(request: Request) -> Response:
        if request.method == "DELETE":
            remove_all_faults(emulator)
        if request.method == "POST":
            asked = await json_body(request)
            try:
                rows = asked if isinstance(asked, list) else [asked]
                add_faults(emulator, [read_fault(row) for row in rows])
            except (TypeError, ValueError) as wrong:
                return refused(str(wrong))
        return JSONResponse({"data": [vars(fault) for fault in load_faults(emulator)]})

    async def one(request: Request) -> Response:
        if not remove_fault(emulator, request.path_params["id"]):
            return refused("no such fault", 404)
        return JSONResponse({"status": "ok"})

    async def log(request: Request) -> Response:
        try:
            since, limit = entry_range(request)
        except ValueError as wrong:
            return refused(str(wrong))
        return JSONResponse({"data": emulator.state.injected_faults(since, limit)})

    return [
        Route("/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/faults/log", log),
        Route("/faults/{id:int}", one, methods=["DELETE"]),
    ]
