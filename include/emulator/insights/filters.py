"""The ``filtering`` of a report: on the ads behind a row, on its values, on its action types."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.calls import schema
from emulator.calls.param_types import decode_json
from emulator.emulator import Emulator
from emulator.objects.statuses import configured_status, effective_status, final_status
from emulator.policy.rules import broken
from emulator.reads.filtering import read_condition
from emulator.reads.operators import Test
from emulator.state import Object

#: What filters call the levels.
_LEVELS = {"ad": "ad", "adgroup": "ad", "adset": "adset", "ad_set": "adset", "campaign": "campaign"}
_READ: dict[str, Callable[[Emulator, Object], Any]] = {
    "id": lambda emulator, obj: obj.id,
    "name": lambda emulator, obj: obj.fields.get("name"),
    "effective_status": effective_status,
    "configured_status": lambda emulator, obj: configured_status(obj),
    "status": lambda emulator, obj: configured_status(obj),
    "objective": lambda emulator, obj: obj.fields.get("objective"),
    "buying_type": lambda emulator, obj: obj.fields.get("buying_type"),
    "optimization_goal": lambda emulator, obj: obj.fields.get("optimization_goal"),
    "delivery_info": lambda emulator, obj: effective_status(emulator, obj).lower(),
    "delivery_status": lambda emulator, obj: effective_status(emulator, obj).lower(),
    "created_time": lambda emulator, obj: obj.created,
    "updated_time": lambda emulator, obj: obj.updated,
    "adlabels": lambda emulator, obj: obj.fields.get("adlabels", []),
}
_SHORT = {f"{kind}_{name}": (kind, name) for kind in ("ad", "adset", "campaign")
          for name in ("id", "name")}  # fmt: skip
_METRICS = frozenset(("spend", "impressions", "clicks", "reach", "ctr", "cpc", "cpm", "frequency"))
ACTION_TYPE = "action_type"


@dataclass(frozen=True)
class Condition:
    """One filter: on objects of ``level``, or, when that is empty, on the row's own ``name``."""

    level: str
    name: str
    test: Test


def read_conditions(raw: Any) -> tuple[Condition, ...]:
    """Return the conditions of a ``filtering`` parameter, or raise."""
    value = decode_json(raw)
    if value in (None, "", []):
        return ()
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        raise broken("filtering_no_array")
    return tuple(_condition(decode_json(one), place) for place, one in enumerate(value))


def _condition(raw: Any, place: int) -> Condition:
    field, test = read_condition(raw, place)
    level, name = _SHORT.get(field) or _split(field)
    return Condition(level, name, test)


def _split(field: str) -> tuple[str, str]:
    level, dot, name = field.partition(".")
    if dot and level in _LEVELS and name in _METRICS:
        # Meta writes a number of the row with its level before it, too.
        return "", name
    if dot:
        if level not in _LEVELS or name not in _READ:
            raise broken("bad_filter", reason=f"{field} cannot be filtered on here")
        return _LEVELS[level], name
    known = schema.readable_fields("AdsInsights") | schema.enum_of("AdsInsights", "Breakdowns")
    if field != ACTION_TYPE and field.partition(":")[0] not in known:
        raise broken("bad_filter", reason=f"{field} cannot be filtered on here")
    return "", field


class AdFilter:
    """Says which ads a report is about."""

    def __init__(self, emulator: Emulator, conditions: Iterable[Condition]) -> None:
        self._emulator = emulator
        self._conditions = [one for one in conditions if one.level]
        self.names_status = any(
            "status" in one.name or "delivery" in one.name for one in self._conditions
        )

    def passes(self, ad: Object) -> bool:
        """Say whether the ad, its ad set and its campaign pass."""
        objects = self._emulator.state.objects
        chain = {"ad": ad, "adset": objects[ad.parents[2]], "campaign": objects[ad.parents[1]]}
        return all(
            one.test(_READ[one.name](self._emulator, chain[one.level])) for one in self._conditions
        )

    def lists(self, obj: Object) -> bool:
        """Say whether an object has rows of its own: archived and deleted ones only on demand.

        Meta counts them in their parents' rows all the same.
        """
        return self.names_status or final_status(self._emulator, obj) is None

    @property
    def empty(self) -> bool:
        """Whether every ad passes."""
        return not self._conditions


def row_passes(conditions: Iterable[Condition], row: Mapping[str, Any]) -> bool:
    """Say whether a row's values pass; those compared must be in it, else it does not."""
    for one in conditions:
        if one.level or one.name == ACTION_TYPE:
            continue
        try:
            if not one.test(_value(row, one.name)):
                return False
        except (TypeError, ValueError):
            return False
    return True


def _value(row: Mapping[str, Any], field: str) -> Any:
    name, _, kind = field.partition(":")
    value = row.get(name)
    if not isinstance(value, list):
        return value
    numbers = [float(one["value"]) for one in value if not kind or one[ACTION_TYPE] == kind]
    return sum(numbers) if numbers else None


def row_fields(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Return the fields a row must have to be tested."""
    return tuple(
        one.name.partition(":")[0]
        for one in conditions
        if not one.level and one.name != ACTION_TYPE
    )


def action_tests(conditions: Iterable[Condition]) -> list[Test]:
    """Return the tests of the action types shown."""
    return [one.test for one in conditions if one.name == ACTION_TYPE and not one.level]
