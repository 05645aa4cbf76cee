"""The control of the app's settings, as its owner sets them in Meta's app dashboard."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.calls.tokens import REQUIRE_PROOF_SETTING
from emulator.controls.bodies import json_object, refused
from emulator.emulator import Emulator


def app_routes(emulator: Emulator) -> list[Route]:
    """Return the route of the app's settings, relative to ``/_emulator``."""

    async def app(request: Request) -> Response:
        if request.method == "POST":
            asked = await json_object(request)
            if not isinstance(asked.get(REQUIRE_PROOF_SETTING), bool) or len(asked) > 1:
                return refused(f"send {REQUIRE_PROOF_SETTING}: true or false")
            emulator.state.set_setting(REQUIRE_PROOF_SETTING, asked[REQUIRE_PROOF_SETTING])
        required = bool(emulator.state.settings.get(REQUIRE_PROOF_SETTING))
        return JSONResponse({REQUIRE_PROOF_SETTING: required})

    return [Route("/app", app, methods=["GET", "POST"])]
