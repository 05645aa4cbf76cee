"""Every documented operator of ``filtering`` means what its name says."""

from typing import Any

import pytest

from emulator.reads.operators import make_test

LABELS = [{"id": "7", "name": "Spring"}, {"id": "8", "name": "Sale"}]
CASES: tuple[tuple[str, Any, tuple[Any, ...], tuple[Any, ...]], ...] = (
    # operator, wanted, values that pass, values that do not
    ("EQUAL", "Spring", ("Spring", "spring"), ("Spring 1", None)),
    ("NOT_EQUAL", "Spring", ("Autumn", None), ("spring",)),
    ("GREATER_THAN", 5, ("6", 5.5), ("5", None)),
    ("GREATER_THAN_OR_EQUAL", "5", (5, "6"), (4, None)),
    ("LESS_THAN", 5, ("4",), (5, None)),
    ("LESS_THAN_OR_EQUAL", 5, ("5",), ("6", None)),
    ("AFTER", "2026-01-02", ("2026-01-02T00:00:01+0000",), ("2026-01-02T00:00:00+0000",)),
    ("BEFORE", 1700000000, ("2023-11-14T00:00:00+0000",), ("2023-11-15T00:00:00+0000",)),
    ("ON_OR_AFTER", 1700000000, (1700000000,), (1699999999,)),
    ("ON_OR_BEFORE", 1700000000, (1700000000,), (1700000001,)),
    ("IN_RANGE", [2, 4], (2, "3", 4), (1, 5, None)),
    ("NOT_IN_RANGE", [2, 4], (1, 5), (2, 4, None)),
    ("CONTAIN", "ring", ("Spring",), ("Autumn", None)),
    ("NOT_CONTAIN", "ring", ("Autumn", None), ("Spring",)),
    ("CONTAINS_ANY", ["ring", "umn"], ("Spring", "Autumn"), ("Winter",)),
    ("CONTAINS_ALL", ["ring", "Sp"], ("Spring",), ("Ring",)),
    ("NOT_CONTAINS_ANY", ["ring", "umn"], ("Winter",), ("Autumn",)),
    ("STARTS_WITH", "spr", ("Spring",), ("Offspring",)),
    ("ENDS_WITH", "ing", ("Spring",), ("Springs",)),
    ("IN", ["PAUSED", "ACTIVE"], ("ACTIVE",), ("DELETED", None)),
    ("NOT_IN", ["PAUSED", "ACTIVE"], ("DELETED", None), ("PAUSED",)),
    ("ANY", ["spring", "other"], (LABELS,), ([], [{"id": "9", "name": "Late"}])),
    ("ALL", ["spring", "8"], (LABELS,), (LABELS[:1], [])),
    ("NONE", ["late"], (LABELS, []), ([{"id": "9", "name": "Late"}],)),
)


@pytest.mark.parametrize(("operator", "wanted", "passing", "failing"), CASES)
def test_an_operator_keeps_what_it_says(
    operator: str, wanted: Any, passing: tuple[Any, ...], failing: tuple[Any, ...]
) -> None:
    test = make_test(operator, wanted)
    assert test is not None
    assert [value for value in passing if not test(value)] == []
    assert [value for value in failing if test(value)] == []


@pytest.mark.parametrize("operator", ["TOP", "STEM_MATCH", "LIKE", ""])
def test_no_other_operator_is_known(operator: str) -> None:
    assert make_test(operator, "x") is None
