"""The controls of insights: sizes, ordered failures, and totals to hold reports against."""

from dataclasses import asdict
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.controls.bodies import json_object, refused
from emulator.emulator import Emulator
from emulator.insights.limits import LIMITS_SETTING, limits_of, read_limits
from emulator.insights.orders import OUTCOMES, keep_orders, orders_of, read_orders
from emulator.insights.totals import totals

# One answer of the totals must not hold up the server for long.
_MOST_AD_DAYS = 500_000


def insights_routes(emulator: Emulator) -> list[Route]:
    """Return the routes of insights, relative to ``/_emulator``."""

    async def insights(request: Request) -> Response:
        if request.method == "DELETE":
            forget(emulator)
        if request.method == "POST":
            try:
                set_insights(emulator, await json_object(request))
            except ValueError as wrong:
                return refused(str(wrong))
        return JSONResponse(shown(emulator))

    async def sums(request: Request) -> Response:
        asked = request.query_params
        name = str(asked.get("account", ""))
        account = emulator.find(f"act_{name.removeprefix('act_')}", "account")
        if account is None:
            return refused("no such account", 404)
        try:
            since, until = (date.fromisoformat(asked.get(one, "")) for one in ("since", "until"))
        except ValueError:
            return refused("send account, since and until; days as YYYY-MM-DD")
        count = ((until - since).days + 1) * len(emulator.state.children(account.id, "ad"))
        if count > _MOST_AD_DAYS:
            return refused(f"{count} days of ads are too many; {_MOST_AD_DAYS} at once are not")
        return JSONResponse(totals(emulator, account, since, until))

    return [
        Route("/insights", insights, methods=["GET", "POST", "DELETE"]),
        Route("/insights/totals", sums),
    ]


def set_insights(emulator: Emulator, asked: dict[str, Any]) -> None:
    """Set ``limits`` and add ordered outcomes of ``report_runs`` and ``reads``.

    Raises ValueError that says what is wrong; nothing is set then.
    """
    if not asked or set(asked) - {"limits", *OUTCOMES}:
        raise ValueError(f"send one or more of limits, {', '.join(OUTCOMES)}")
    if "limits" in asked:
        read_limits(asked["limits"])
    orders = {kind: read_orders(kind, asked[kind]) for kind in OUTCOMES if kind in asked}
    if "limits" in asked:
        emulator.state.set_setting(LIMITS_SETTING, asked["limits"])
    for kind, added in orders.items():
        keep_orders(emulator, kind, [*orders_of(emulator, kind), *added])


def forget(emulator: Emulator) -> None:
    """Go back to the usual sizes and let nothing go wrong any more."""
    emulator.state.set_setting(LIMITS_SETTING, {})
    for kind in OUTCOMES:
        keep_orders(emulator, kind, [])


def shown(emulator: Emulator) -> dict[str, Any]:
    """Return the sizes and the orders in force."""
    return {
        "limits": asdict(limits_of(emulator)),
        **{kind: [asdict(order) for order in orders_of(emulator, kind)] for kind in OUTCOMES},
    }
