"""The control that makes Meta's own later edits: ``/_emulator/meta_edits``."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.controls.bodies import json_object, refused
from emulator.emulator import Emulator
from emulator.objects.meta_edits import EDITS, edited


def meta_edit_routes(emulator: Emulator) -> list[Route]:
    """Return the routes of Meta's edits, relative to ``/_emulator``."""

    async def kinds(request: Request) -> Response:
        return JSONResponse({"data": {name: list(row[0]) for name, row in EDITS.items()}})

    async def edit(request: Request) -> Response:
        obj = emulator.state.objects.get(request.path_params["id"])
        if obj is None:
            return refused("no such object", 404)
        try:
            changed = edited(emulator, obj, await json_object(request))
        except (TypeError, ValueError) as wrong:
            return refused(str(wrong))
        emulator.state.write([changed], None)
        return JSONResponse({"id": changed.id, "kind": changed.kind})

    return [
        Route("/meta_edits", kinds),
        Route("/meta_edits/{id:path}", edit, methods=["POST"]),
    ]
