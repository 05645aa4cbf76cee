"""What an ad set may optimise for, be billed by, and promote, given its campaign's objective."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from emulator.emulator import Emulator
from emulator.objects.pixels import is_lost
from emulator.policy.rules import broken
from emulator.state import Object

CONVERSION_GOALS = ("OFFSITE_CONVERSIONS", "VALUE")
_PAGE_GOALS = ("LEAD_GENERATION", "QUALITY_LEAD", "PAGE_LIKES", "CONVERSATIONS")
_APP_GOALS = ("APP_INSTALLS", "APP_INSTALLS_AND_OFFSITE_CONVERSIONS", "IN_APP_VALUE")
# Each of these says by itself what counts as a conversion.
_OTHER_CONVERSION_SOURCES = frozenset(
    [
        "application_id",
        "custom_conversion_id",
        "omnichannel_object",
        "product_set_id",
        "product_catalog_id",
        "offline_conversion_data_set_id",
    ]
)
_FREQUENCY_GOALS = ("REACH", "THRUPLAY")
_FREQUENCY_RANGE = range(1, 91)


def check_goal(
    emulator: Emulator, account: Object, campaign: Object, fields: dict[str, Any]
) -> None:
    """Check goal, billing event and promoted object of an ad set as it would be stored."""
    objective, goal = campaign.fields["objective"], fields["optimization_goal"]
    _check_allowed(objective, goal, fields.get("destination_type") or "UNDEFINED")
    billing = fields["billing_event"]
    if billing != "IMPRESSIONS" and billing not in _table()["billing"].get(goal, ()):
        raise broken("billing_not_for_goal", blame="billing_event", billing=billing, goal=goal)
    promoted = fields.get("promoted_object") or {}
    for key in _needed(objective, goal, fields.get("destination_type"), promoted):
        if not promoted.get(key):
            raise broken("promoted_object_missing", blame="promoted_object", goal=goal, key=key)
    _check_consistent(promoted)
    _check_event(objective, goal, promoted)
    _check_known(emulator, account, promoted)
    _check_frequency(goal, fields.get("frequency_control_specs"))


@cache
def _table() -> dict[str, Any]:
    text = Path(__file__).with_name("goals.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    return table


def _check_allowed(objective: str, goal: str, destination: str) -> None:
    by_destination = _table()["destinations"][objective]
    if destination == "UNDEFINED":
        allowed = {one for goals in by_destination.values() for one in goals}
    elif destination in by_destination:
        allowed = set(by_destination[destination])
    else:
        raise broken(
            "destination_not_for_objective",
            blame="destination_type",
            destination=destination,
            objective=objective,
            allowed=", ".join(sorted(by_destination)),
        )
    if goal not in allowed:
        raise broken(
            "goal_not_for_objective",
            blame="optimization_goal",
            goal=goal,
            objective=objective,
            destination=destination,
            allowed=", ".join(sorted(allowed)),
        )


def _needed(
    objective: str, goal: str, destination: str | None, promoted: dict[str, Any]
) -> tuple[str, ...]:
    """Return the keys the promoted object must have."""
    if goal in _APP_GOALS or destination == "APP" or objective == "OUTCOME_APP_PROMOTION":
        return ("application_id", "object_store_url")
    if goal in CONVERSION_GOALS and not _OTHER_CONVERSION_SOURCES & set(promoted):
        return ("pixel_id", "custom_event_type")
    if goal == "QUALITY_CALL" and objective in ("OUTCOME_LEADS", "OUTCOME_SALES"):
        return ("page_id",)
    if objective == "OUTCOME_AWARENESS" and not promoted.get("place_page_set_id"):
        return ("page_id",)
    return ("page_id",) if goal in _PAGE_GOALS else ()


def _check_consistent(promoted: dict[str, Any]) -> None:
    reason = None
    if promoted.get("custom_conversion_id") and promoted.get("pixel_id"):
        reason = "a custom conversion has its pixel already"
    elif promoted.get("pixel_id") and not promoted.get("custom_event_type"):
        reason = "pixel_id needs custom_event_type"
    elif promoted.get("custom_event_str") and promoted.get("custom_event_type") != "OTHER":
        reason = "custom_event_str needs the custom_event_type OTHER"
    elif promoted.get("object_store_url") and not promoted.get("application_id"):
        reason = "object_store_url needs application_id"
    if reason:
        raise broken("promoted_object_invalid", blame="promoted_object", reason=reason)


def _check_event(objective: str, goal: str, promoted: dict[str, Any]) -> None:
    event, allowed = promoted.get("custom_event_type"), _table()["events"].get(objective)
    if goal in CONVERSION_GOALS and event and allowed and event not in allowed:
        raise broken(
            "event_not_for_objective",
            blame="promoted_object",
            event=event,
            objective=objective,
            allowed=", ".join(allowed),
        )


def _check_known(emulator: Emulator, account: Object, promoted: dict[str, Any]) -> None:
    pixel, page = promoted.get("pixel_id"), promoted.get("page_id")
    if pixel and is_lost(emulator.find(pixel, "pixel", account.id)):
        raise broken("unknown_pixel", blame="promoted_object", id=pixel)
    if page and emulator.find(page, "page", account.id) is None:
        raise broken("unknown_page", blame="promoted_object", id=page)


def _check_frequency(goal: str, specs: Any) -> None:
    if not specs:
        return
    if goal not in _FREQUENCY_GOALS:
        raise broken("frequency_not_for_goal", blame="frequency_control_specs", goal=goal)
    for spec in specs:
        for key in ("interval_days", "max_frequency"):
            if int(spec.get(key) or 0) not in _FREQUENCY_RANGE:
                raise broken("frequency_range", blame="frequency_control_specs", key=key)
