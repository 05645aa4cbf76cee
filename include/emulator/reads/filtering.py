"""Which rows of an edge a caller sees: status, age, ``filtering`` and the simulated list lag."""

import re
from collections.abc import Callable
from typing import Any

from emulator.calls import schema
from emulator.calls.kinds import Edge, Kind, Row
from emulator.calls.param_types import decode_json
from emulator.calls.protocol import Call
from emulator.clock import parse_moment
from emulator.emulator import Emulator
from emulator.objects.statuses import effective_status, final_status
from emulator.policy.rules import broken
from emulator.reads.operators import LIST_OPERATORS, Test, make_test
from emulator.state import Object

#: Returns how to read a field of a kind: None where an object has none; raises if it cannot exist.
ValueReader = Callable[[Emulator, Kind, str], Callable[[Object], Any]]
#: Says whether a row is shown.
ShowsRow = Callable[[Row], bool]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# How `<level>.delivery_info` spells the effective statuses.
_DELIVERY = {
    "ADSET_PAUSED": "inactive",
    "CAMPAIGN_PAUSED": "inactive",
    "PAUSED": "inactive",
    "DISAPPROVED": "rejected",
    "IN_PROCESS": "pending_processing",
    "WITH_ISSUES": "not_delivering",
}
# What filters call the levels, beside the kinds' own names.
_LEVELS = {"adgroup": "ad", "ad_set": "adset"}


def row_test(emulator: Emulator, call: Call, edge: Edge, reader: ValueReader) -> ShowsRow:
    """Return the test of which rows the call's parameters and the list lag leave over."""
    tests: list[Callable[[Object], bool]] = []
    if lag := emulator.list_lag_seconds:
        newest = emulator.clock.now() - lag
        tests.append(lambda row: row.created <= newest)
    filters = _filters(call)
    if edge.statuses:
        _check_period(call, edge)
        wanted = _wanted_statuses(call, edge)
        named = bool(wanted) or any("status" in row[0] or "info" in row[0] for row in filters)
        hidden = ("DELETED",) if named else ("DELETED", "ARCHIVED")
        tests.append(lambda row: final_status(emulator, row) not in hidden)
        if wanted:
            tests.append(lambda row: effective_status(emulator, row) in wanted)
    since = _updated_since(call)
    if since is not None:
        tests.append(lambda row: row.updated >= since)
    tests.extend(_condition(emulator, field, test, reader) for field, test in filters)

    def shows(row: Row) -> bool:
        if isinstance(row, Object):
            for test in tests:
                if not test(row):
                    return False
        return True

    return shows


def _sdk_class(edge: Edge) -> str:
    return {"campaign": "Campaign", "adset": "AdSet"}.get(edge.kind or "", "Ad")


def _check_period(call: Call, edge: Edge) -> None:
    """Check the days for which insights inside ``fields`` are asked; they filter nothing here."""
    preset = call.params.get("date_preset")
    # The SDK spells those of ad sets in capitals; Meta takes both.
    allowed = {name.lower() for name in schema.enum_of(_sdk_class(edge), "DatePreset")}
    if preset not in (None, "") and str(preset).lower() not in allowed:
        words = ", ".join(sorted(allowed))
        raise broken("not_in_enum", blame="date_preset", param="date_preset", allowed=words)
    days = decode_json(call.params.get("time_range"))
    if days in (None, ""):
        return
    if not isinstance(days, dict):
        raise broken("wrong_type", blame="time_range", param="time_range", expected="an object")
    for key in ("since", "until"):
        if not _DAY.fullmatch(str(days.get(key))):
            name, words = f"time_range[{key}]", "a day as YYYY-MM-DD"
            raise broken("wrong_type", blame="time_range", param=name, expected=words)


def _wanted_statuses(call: Call, edge: Edge) -> frozenset[str]:
    raw = decode_json(call.params.get("effective_status"))
    if raw in (None, "", []):
        return frozenset()
    wanted = frozenset(str(item) for item in (raw if isinstance(raw, list) else [raw]))
    allowed = schema.enum_of(_sdk_class(edge), "EffectiveStatus")
    for status in sorted(wanted - allowed):
        raise broken("status_filter", status=status, allowed=", ".join(sorted(allowed)))
    return wanted


def _updated_since(call: Call) -> float | None:
    raw = call.params.get("updated_since")
    if raw in (None, ""):
        return None
    try:
        return parse_moment(raw, "UTC")
    except ValueError:
        raise broken("wrong_type", param="updated_since", expected="an integer") from None


def _filters(call: Call) -> list[tuple[str, Test]]:
    raw = decode_json(call.params.get("filtering", []))
    if isinstance(raw, dict):
        raw = list(raw.values())
    if not isinstance(raw, list):
        raise broken("filtering_no_array")
    return [
        read_condition(condition, place) for place, condition in enumerate(map(decode_json, raw))
    ]


def read_condition(condition: Any, place: int) -> tuple[str, Test]:
    """Return the field and the test of one condition of ``filtering``; ``place`` is for errors."""
    for key in ("field", "operator"):
        if not isinstance(condition, dict) or not condition.get(key):
            raise broken("missing_param", blame="filtering", param=f"filtering[{place}][{key}]")
    field, operator = str(condition["field"]), str(condition["operator"])
    value = decode_json(condition.get("value"))
    if operator in LIST_OPERATORS and not isinstance(value, list):
        raise broken("bad_filter", reason=f"{operator} needs an array of values")
    try:
        test = make_test(operator, value)
    except (TypeError, ValueError):
        raise broken("bad_filter", reason=f"{operator} cannot use {value!r}") from None
    if test is None:
        raise broken("bad_filter", reason=f"operator {operator} is not supported")
    return field, test


def _condition(
    emulator: Emulator, field: str, test: Test, reader: ValueReader
) -> Callable[[Object], bool]:
    level, _, name = field.rpartition(".")
    level = _LEVELS.get(level, level)
    values: dict[str, Callable[[Object], Any]] = {}

    def holds(row: Object) -> bool:
        subject = _subject(emulator, row, level)
        if subject is None:
            raise broken("bad_filter", reason=f"{field} cannot be filtered on here")
        value_of = values.get(subject.kind)
        if value_of is None:
            value_of = values[subject.kind] = _value_reader(emulator, subject.kind, name, reader)
        try:
            return test(value_of(subject))
        except (TypeError, ValueError):
            # A value that cannot be compared, such as a name with GREATER_THAN: no match.
            return False

    return holds


def _subject(emulator: Emulator, row: Object, level: str) -> Object | None:
    """Return the object a filter is about: the row itself, or its parent of that level."""
    if not level or level == row.kind:
        return row
    parents = (emulator.state.objects[parent] for parent in row.parents)
    return next((parent for parent in parents if parent.kind == level), None)


def _value_reader(
    emulator: Emulator, kind: str, name: str, reader: ValueReader
) -> Callable[[Object], Any]:
    if name != "delivery_info":
        return reader(emulator, emulator.kinds[kind], name)

    def delivery(obj: Object) -> str:
        status = effective_status(emulator, obj)
        return _DELIVERY.get(status, status.lower())

    return delivery
