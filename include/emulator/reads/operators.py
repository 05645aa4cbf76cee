"""The operators of ``filtering``: how a row's value is held against the wanted one."""

from collections.abc import Callable, Iterable
from typing import Any

from emulator.clock import parse_moment

#: Says whether a row's value passes; built once per call, used for every row.
Test = Callable[[Any], bool]

# Which operators take a list. Meta's reference names these and TOP and STEM_MATCH besides,
# which rank or stem over a whole report and mean nothing on an edge.
_LISTED = ("IN", "NOT_IN", "CONTAINS_ANY", "CONTAINS_ALL", "NOT_CONTAINS_ANY")
_LABELLED = ("ANY", "ALL", "NONE")
_RANGES = ("IN_RANGE", "NOT_IN_RANGE")
LIST_OPERATORS = frozenset((*_LISTED, *_LABELLED, *_RANGES))


def make_test(operator: str, wanted: Any) -> Test | None:
    """Return the test of an operator, None for one that is not supported.

    ``wanted`` is a list for ``LIST_OPERATORS``. Text is compared without regard to case.
    Raises ValueError for a value the operator cannot use, such as a word to be greater than.
    """
    if operator in _COMPARISONS:
        return _compared(_COMPARISONS[operator], _number(wanted))
    if operator in _RANGES:
        low, high = (_number(limit) for limit in wanted)
        inside = operator == "IN_RANGE"
        return lambda value: value is not None and (low <= _number(value) <= high) is inside
    if operator in ("IN", "NOT_IN", *_LABELLED):
        return _among(operator, frozenset(_text(item) for item in wanted))
    if operator in _LISTED:
        return _containing(operator, [_text(item) for item in wanted])
    if operator in _TEXTS:
        matches, text = _TEXTS[operator], _text(wanted)
        return lambda value: matches(_text(value), text)
    return None


def _among(operator: str, wanted: frozenset[str]) -> Test:
    if operator in ("IN", "ANY"):
        return lambda value: not wanted.isdisjoint(_texts(value))
    if operator == "ALL":
        return lambda value: wanted <= set(_texts(value))
    return lambda value: wanted.isdisjoint(_texts(value))


def _containing(operator: str, wanted: list[str]) -> Test:
    if operator == "CONTAINS_ALL":
        return lambda value: all(text in _text(value) for text in wanted)
    found = operator == "CONTAINS_ANY"
    return lambda value: any(text in _text(value) for text in wanted) is found


def _compared(holds: Callable[[float, float], bool], limit: float) -> Test:
    return lambda value: value is not None and holds(_number(value), limit)


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower()


def _texts(value: Any) -> Iterable[str]:
    """Return what a value can be named by: list items, and labels by id or name."""
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        return [_text(value[name]) for name in ("id", "name") if name in value]
    return (_text(value),)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else _moment_or_number(str(value))


def _moment_or_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return parse_moment(text, "UTC")


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GREATER_THAN": float.__gt__,
    "GREATER_THAN_OR_EQUAL": float.__ge__,
    "LESS_THAN": float.__lt__,
    "LESS_THAN_OR_EQUAL": float.__le__,
    "AFTER": float.__gt__,
    "BEFORE": float.__lt__,
    "ON_OR_AFTER": float.__ge__,
    "ON_OR_BEFORE": float.__le__,
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "EQUAL": str.__eq__,
    "NOT_EQUAL": str.__ne__,
    "CONTAIN": str.__contains__,
    "NOT_CONTAIN": lambda value, wanted: wanted not in value,
    "STARTS_WITH": str.startswith,
    "ENDS_WITH": str.endswith,
}
