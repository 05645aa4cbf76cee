"""Where an object at Meta differs from what its launch last sent: decisions without any I/O.

Only what people set and what costs money or changes an ad is compared, since Meta completes and
rewrites much of what it is sent. What Meta fills in by itself is in `likeness.DEFAULTS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meta_ads.planning.changes import FieldChange
from meta_ads.planning.likeness import differing
from meta_ads.planning.step import StepKind

GONE = frozenset({"ARCHIVED", "DELETED"})
ON, OFF = "OPT_IN", "OPT_OUT"
ENHANCEMENT = "degrees_of_freedom_spec.creative_features_spec."
_AUTOMATION = "targeting.targeting_automation.advantage_audience"
# Compared whether or not the plan has them; `bid_strategy` and `start_time` only where it has.
_MONEY = frozenset(
    {"daily_budget", "lifetime_budget", "spend_cap", "bid_amount", "bid_constraints"}
)
_WATCHED: Mapping[StepKind, frozenset[str]] = {
    StepKind.CAMPAIGN: _MONEY | {"bid_strategy"},
    StepKind.AD_SET: _MONEY | {"bid_strategy", "start_time", "end_time", "optimization_goal"},
    StepKind.AD: frozenset(),
    StepKind.CREATIVE: frozenset(),
}
_ONLY_PLANNED = frozenset({"bid_strategy", "start_time", "optimization_goal"})
# Meta's keys of targeting that bind; the others it adds by itself.
_TARGETING = frozenset(
    {
        "geo_locations",
        "excluded_geo_locations",
        "age_min",
        "age_max",
        "age_range",
        "genders",
        "locales",
        "custom_audiences",
        "excluded_custom_audiences",
        "flexible_spec",
        "exclusions",
        "interests",
        "behaviors",
        "publisher_platforms",
        "device_platforms",
        "user_os",
        "user_device",
    }
)
_POSITIONS = "_positions"
# What stands for everybody and everything, and is sometimes spelt out.
_ALL: Mapping[str, Sequence[frozenset[str]]] = {
    "genders": (frozenset({"0"}), frozenset({"1", "2"})),
    "device_platforms": (frozenset({"desktop", "mobile"}),),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One object of a launch as the ledger has it.

    `params` are the Graph parameters it was made with or last took. `status` is what it must be,
    None when either will do. `creative_id` is what an ad must show.
    """

    key: str
    kind: StepKind
    object_id: str
    params: Mapping[str, Any]
    status: str | None = None
    creative_id: str | None = None


def drift_of(sent: Sent, live: Mapping[str, Any] | None, now: datetime) -> list[FieldChange]:
    """Return what differs, by Graph parameter: before is what was planned, after what Meta shows.

    `live` is what Meta shows of the object, None when Meta no longer shows it. `now` is aware. Of
    what is gone nothing else is told. Values are whole: a targeting's list of countries, not one
    that is missing from it.
    """
    status = "DELETED" if live is None else live.get("status")
    if live is None or status in GONE:
        return [FieldChange("status", sent.status or "PAUSED", status)]
    return list(_differences(sent, live, now))


def _differences(sent: Sent, live: Mapping[str, Any], now: datetime) -> Iterator[FieldChange]:
    if sent.kind is StepKind.CREATIVE:
        yield from _enhancements(sent.params, live)
        return
    if sent.status is not None and live.get("status") != sent.status:
        yield FieldChange("status", sent.status, live.get("status"))
    if live.get("name") != sent.params.get("name"):
        yield FieldChange("name", sent.params.get("name"), live.get("name"))
    shown = (live.get("creative") or {}).get("id")
    if sent.creative_id is not None and shown is not None and shown != sent.creative_id:
        yield FieldChange("creative", sent.creative_id, shown)
    yield from _settings(sent, live, now)


def _settings(sent: Sent, live: Mapping[str, Any], now: datetime) -> Iterator[FieldChange]:
    names = {
        _whole(change.name): None
        for change in differing(sent.params, live)
        if _counts(sent, change, now)
    }
    for name in names:
        yield FieldChange(name, _value(sent.params, name), _value(live, name))


def _counts(sent: Sent, change: FieldChange, now: datetime) -> bool:
    """Whether a difference is drift; `change.before` is Meta's text, `after` the plan's."""
    name = change.name.partition(".")[0]
    if name == "targeting" and sent.kind is StepKind.AD_SET:
        return _targets(sent, change)
    if name not in _WATCHED[sent.kind] or (name in _ONLY_PLANNED and change.after is None):
        return False
    if name == "start_time":
        # What has begun keeps the moment it really began at.
        return change.before is not None and datetime.fromisoformat(change.after) > now
    return True


def _targets(sent: Sent, change: FieldChange) -> bool:
    key = change.name.split(".")[1]
    if change.name == _AUTOMATION:
        return True
    if key.endswith(_POSITIONS):
        # Where the plan names a platform without positions, Meta lists those it chose.
        named = (sent.params.get("targeting") or {}).get("publisher_platforms") or ()
        return change.after is not None or key.removesuffix(_POSITIONS) not in named
    if key not in _TARGETING or change.name.endswith(".location_types"):
        return False
    return not (change.after is None and _everybody(key, change.before))


def _everybody(key: str, text: str | None) -> bool:
    values = frozenset((text or "").strip("[]").replace('"', "").replace(" ", "").split(","))
    return values in _ALL.get(key, ())


def _enhancements(params: Mapping[str, Any], live: Mapping[str, Any]) -> Iterator[FieldChange]:
    """Yield what was switched on or off; a feature that Meta does not name is as planned."""
    planned, shown = _features(params), _features(live)
    for name, value in shown.items():
        if (value == ON) != (planned.get(name) == ON):
            yield FieldChange(f"{ENHANCEMENT}{name}", planned.get(name, OFF), value)


def _features(values: Mapping[str, Any]) -> Mapping[str, str]:
    spec = (values.get("degrees_of_freedom_spec") or {}).get("creative_features_spec") or {}
    return {
        name: value["enroll_status"]
        for name, value in spec.items()
        if isinstance(value, Mapping) and value.get("enroll_status") in (ON, OFF)
    }


def _whole(name: str) -> str:
    """Return the parameter that a leaf is part of, as people set it."""
    parts = name.split(".")
    if name == _AUTOMATION:
        return name
    return ".".join(parts[: 2 if parts[0] == "targeting" else 1])


def _value(values: Mapping[str, Any], name: str) -> Any:
    value: Any = values
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
