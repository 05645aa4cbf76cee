"""The control of the quotas: which tier and limits are in force, and what has been used."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.calls.quotas import read_limits
from emulator.calls.usage import QUOTAS_SETTING, Usage
from emulator.controls.bodies import json_object, refused
from emulator.emulator import Emulator

_KEYS = frozenset(("tier", "limits", "forget"))


def quota_routes(emulator: Emulator, usage: Usage) -> list[Route]:
    """Return the routes of the quotas, relative to ``/_emulator``."""

    async def quotas(request: Request) -> Response:
        if request.method == "POST":
            asked = await json_object(request)
            if not asked or set(asked) - _KEYS:
                return refused(f"send one or more of {', '.join(sorted(_KEYS))}")
            try:
                set_quotas(emulator, usage, asked)
            except (TypeError, ValueError) as wrong:
                return refused(str(wrong))
        return JSONResponse(usage.summary())

    return [Route("/quotas", quotas, methods=["GET", "POST"])]


def set_quotas(emulator: Emulator, usage: Usage, asked: dict[str, object]) -> None:
    """Set ``tier`` and ``limits`` (changes to the tier's own), and ``forget`` what was counted.

    Raises ValueError that says what is wrong.
    """
    limits = asked.get("limits", {})
    if not isinstance(limits, dict):
        raise ValueError("limits is an object of names and whole numbers")
    read_limits(str(asked.get("tier") or usage.tier), limits)
    stored = dict(emulator.state.settings.get(QUOTAS_SETTING, {}))
    kept = {name: asked[name] for name in ("tier", "limits") if name in asked}
    emulator.state.set_setting(QUOTAS_SETTING, {**stored, **kept})
    if asked.get("forget"):
        usage.forget()
