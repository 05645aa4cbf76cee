"""Which parts of the views are copied elsewhere, and in which order."""

from __future__ import annotations

from datetime import date

from meta_ads.syncing.mirroring import Part, due_parts

VIEW = "vw_graph_ads"
OCTOBER, NOVEMBER = (Part(VIEW, "act_1", date(2026, month, 1)) for month in (10, 11))


def test_a_part_is_copied_when_it_differs_newest_first() -> None:
    there = {OCTOBER: "a", NOVEMBER: "b"}
    assert due_parts(there, {}) == ([NOVEMBER, OCTOBER], [])
    assert due_parts(there, {OCTOBER: "a", NOVEMBER: "old"}) == ([NOVEMBER], [])
    assert due_parts(there, there) == ([], [])


def test_a_part_that_is_no_longer_there_is_taken_away() -> None:
    assert due_parts({NOVEMBER: "b"}, {OCTOBER: "a", NOVEMBER: "b"}) == ([], [OCTOBER])


def test_a_part_ends_where_the_next_month_begins() -> None:
    assert NOVEMBER.end == date(2026, 12, 1)
    assert Part(VIEW, "act_1", date(2026, 12, 1)).end == date(2027, 1, 1)
    assert str(OCTOBER) == "vw_graph_ads act_1 2026-10"
