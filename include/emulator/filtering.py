"""Which rows of an edge a caller sees: status, age, ``filtering`` and the simulated list lag."""

from collections.abc import Callable, Sequence
from typing import Any

from emulator import schema
from emulator.clock import parse_moment
from emulator.emulator import Emulator
from emulator.kinds import Edge, Row
from emulator.param_types import decode_json
from emulator.protocol import Call
from emulator.rules import broken
from emulator.state import Object
from emulator.statuses import effective_status, final_status

ReadValue = Callable[[Emulator, Object, str], Any]
Test = Callable[[Any, Any], bool]

# How `<level>.delivery_info` spells the effective statuses.
_DELIVERY = {
    "ADSET_PAUSED": "inactive",
    "CAMPAIGN_PAUSED": "inactive",
    "PAUSED": "inactive",
    "DISAPPROVED": "rejected",
    "IN_PROCESS": "pending_processing",
    "WITH_ISSUES": "not_delivering",
}


def _text(value: Any) -> str:
    return str(value).lower()


def _listed(value: Any, wanted: Any) -> bool:
    return _text(value) in {_text(item) for item in wanted}


def _number(value: Any) -> float:
    return parse_moment(value, "UTC")


def _in_range(value: Any, wanted: Any) -> bool:
    return _number(wanted[0]) <= _number(value) <= _number(wanted[1])


_OPERATORS: dict[str, Test] = {
    "EQUAL": lambda value, wanted: _text(value) == _text(wanted),
    "NOT_EQUAL": lambda value, wanted: _text(value) != _text(wanted),
    "GREATER_THAN": lambda value, wanted: _number(value) > _number(wanted),
    "GREATER_THAN_OR_EQUAL": lambda value, wanted: _number(value) >= _number(wanted),
    "LESS_THAN": lambda value, wanted: _number(value) < _number(wanted),
    "LESS_THAN_OR_EQUAL": lambda value, wanted: _number(value) <= _number(wanted),
    "AFTER": lambda value, wanted: _number(value) > _number(wanted),
    "BEFORE": lambda value, wanted: _number(value) < _number(wanted),
    "IN_RANGE": _in_range,
    "NOT_IN_RANGE": lambda value, wanted: not _in_range(value, wanted),
    "IN": _listed,
    "NOT_IN": lambda value, wanted: not _listed(value, wanted),
    "CONTAIN": lambda value, wanted: _text(wanted) in _text(value),
    "NOT_CONTAIN": lambda value, wanted: _text(wanted) not in _text(value),
    "STARTS_WITH": lambda value, wanted: _text(value).startswith(_text(wanted)),
}
_LISTS = frozenset(("IN", "NOT_IN", "IN_RANGE", "NOT_IN_RANGE"))


def visible_rows(
    emulator: Emulator, call: Call, edge: Edge, rows: Sequence[Row], read: ReadValue
) -> list[Row]:
    """Return the rows that the call's parameters and the list lag leave over, in order."""
    filters = _filters(call)
    wanted = _wanted_statuses(call, edge)
    archived_named = wanted or any("status" in f["field"] or "info" in f["field"] for f in filters)
    lag = emulator.list_lag_seconds
    newest = emulator.clock.now() - lag
    since = _updated_since(call)
    shown: list[Row] = []
    for row in rows:
        if not isinstance(row, Object):
            shown.append(row)
            continue
        if lag and row.created > newest:
            continue
        if edge.statuses:
            final = final_status(emulator, row)
            if final == "DELETED" or (final == "ARCHIVED" and not archived_named):
                continue
            if wanted and effective_status(emulator, row) not in wanted:
                continue
        if since is not None and row.updated < since:
            continue
        if all(_passes(emulator, row, condition, read) for condition in filters):
            shown.append(row)
    return shown


def _wanted_statuses(call: Call, edge: Edge) -> frozenset[str]:
    raw = decode_json(call.params.get("effective_status"))
    if not edge.statuses or raw in (None, "", []):
        return frozenset()
    wanted = frozenset(str(item) for item in (raw if isinstance(raw, list) else [raw]))
    sdk_class = {"campaign": "Campaign", "adset": "AdSet"}.get(edge.kind or "", "Ad")
    allowed = schema.enum_of(sdk_class, "EffectiveStatus")
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


def _filters(call: Call) -> list[dict[str, Any]]:
    raw = decode_json(call.params.get("filtering", []))
    if isinstance(raw, dict):
        raw = list(raw.values())
    if not isinstance(raw, list):
        raise broken("bad_filter", reason="filtering must be an array")
    conditions = []
    for condition in raw:
        if not isinstance(condition, dict) or {"field", "operator"} - set(condition):
            raise broken("bad_filter", reason="each filter needs field, operator and value")
        operator = condition["operator"]
        if operator not in _OPERATORS:
            raise broken("bad_filter", reason=f"operator {operator} is not supported")
        value = decode_json(condition.get("value"))
        if operator in _LISTS and not isinstance(value, list):
            raise broken("bad_filter", reason=f"{operator} needs an array of values")
        conditions.append({"field": condition["field"], "operator": operator, "value": value})
    return conditions


def _passes(emulator: Emulator, row: Object, condition: dict[str, Any], read: ReadValue) -> bool:
    level, _, name = str(condition["field"]).rpartition(".")
    subject: Object | None = row
    if level and level not in (row.kind, "adgroup"):
        subject = next(
            (
                emulator.state.objects[parent]
                for parent in row.parents
                if emulator.state.objects[parent].kind == level
            ),
            None,
        )
    if subject is None:
        raise broken("bad_filter", reason=f"{condition['field']} cannot be filtered on here")
    if name == "delivery_info":
        status = effective_status(emulator, subject)
        value: Any = _DELIVERY.get(status, status.lower())
    else:
        value = read(emulator, subject, name)
    try:
        return _OPERATORS[condition["operator"]](value, condition["value"])
    except (TypeError, ValueError, IndexError):
        return False
