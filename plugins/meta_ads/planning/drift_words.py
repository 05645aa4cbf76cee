"""Drift in the words of a media buyer: what Meta shows, and what was planned."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from meta_ads.campaigns.money import Money
from meta_ads.planning.changes import FieldChange
from meta_ads.planning.drift import ENHANCEMENT, GONE, ON
from meta_ads.planning.replacement import untagged
from meta_ads.planning.zones import in_both_zones

_NOUNS = {
    "daily_budget": "the daily budget",
    "lifetime_budget": "the budget for the whole flight",
    "spend_cap": "the spend cap",
    "bid_amount": "the bid",
    "bid_constraints": "the least return",
    "bid_strategy": "the bid strategy",
    "optimization_goal": "the goal",
    "start_time": "the start",
    "end_time": "the end",
    "targeting.geo_locations": "where people live",
    "targeting.excluded_geo_locations": "where people must not live",
    "targeting.age_min": "the youngest age",
    "targeting.age_max": "the oldest age",
    "targeting.age_range": "the suggested ages",
    "targeting.genders": "genders",
    "targeting.locales": "languages",
    "targeting.custom_audiences": "custom audiences",
    "targeting.excluded_custom_audiences": "excluded custom audiences",
    "targeting.flexible_spec": "interests",
    "targeting.publisher_platforms": "the platforms of placements",
    "targeting.device_platforms": "devices",
    "targeting.targeting_automation.advantage_audience": "Advantage+ audience",
}
_MONEY = frozenset({"daily_budget", "lifetime_budget", "spend_cap", "bid_amount"})
_TIMES = frozenset({"start_time", "end_time"})
# Meta's way to say that a campaign has no spend cap.
_NO_CAP = "922337203685478"
_STATES = {"ACTIVE": "on", "PAUSED": "paused"}
_GENDERS = {"1": "men", "2": "women"}


def in_words(change: FieldChange, currency: str, timezone: str) -> str:
    """Return what to say after an object's name; `before` is what was planned, `after` Meta's.

    Money is shown in `currency` (ISO 4217), times in `timezone` (IANA) and UTC.
    """
    name, planned, found = change.name, change.before, change.after
    if name == "status":
        if found in GONE:
            return f" was {str(found).lower()} at Meta"
        return f" is {_STATES.get(found, found)} at Meta, planned {_STATES.get(planned, planned)}"
    if name == "creative":
        return f" shows creative {found} at Meta, planned {planned}"
    if name.startswith(ENHANCEMENT):
        noun = f"the enhancement “{name.removeprefix(ENHANCEMENT).replace('_', ' ')}”"
        shown, wanted = ("on" if side == ON else "off" for side in (found, planned))
    elif name == "name":
        noun, (shown, wanted) = "the name", _names(str(found), str(planned))
    else:
        noun = _NOUNS.get(name, name.removeprefix("targeting.").replace("_", " "))
        shown, wanted = (_said(name, value, currency, timezone) for value in (found, planned))
    return f", {noun}: {shown} at Meta, planned {wanted}"


def as_text(value: Any) -> str | None:
    """Return a value as it is stored: text as it is, everything else as JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _said(name: str, value: Any, currency: str, timezone: str) -> str:
    if value in (None, "", "0", 0, [], {}) or str(value) == _NO_CAP:
        return "off" if name.endswith("advantage_audience") else "nothing"
    if name in _MONEY and str(value).isdigit():
        return str(Money(int(value), currency))
    if name in _TIMES:
        return in_both_zones(datetime.fromisoformat(str(value)), timezone)
    if name.endswith("advantage_audience"):
        return "on"
    if name == "targeting.genders":
        return ", ".join(_GENDERS.get(str(item), str(item)) for item in value)
    return _listed(value)


def _names(found: str, planned: str) -> tuple[str, str]:
    """Return two names without their markers, unless only the marker tells them apart."""
    bare = untagged(found), untagged(planned)
    shown = (found, planned) if bare[0] == bare[1] else bare
    return f"“{shown[0]}”", f"“{shown[1]}”"


def _listed(value: Any) -> str:
    """Return what is set as words where it is a plain list, as JSON where it is not."""
    if isinstance(value, Mapping) and set(value) <= {"countries", "location_types"}:
        return ", ".join(sorted(map(str, value.get("countries", ()))))
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return ", ".join(map(str, value))
    if isinstance(value, list) and all(map(_named, value)):
        return ", ".join(str(item.get("name") or item["id"]) for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _named(item: Any) -> bool:
    return isinstance(item, Mapping) and "id" in item
