"""Which days are read and in which slices: by hand, without Meta or a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from meta_ads.syncing.insight_slices import (
    DayRead,
    Slice,
    backfill_days,
    days_to_read,
    slices_of,
    without,
)

TODAY = date(2026, 11, 21)
BEGUN = datetime(2026, 11, 21, 4, tzinfo=UTC)
EARLIER = BEGUN - timedelta(hours=6)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def read(on: date, rows: int = 10, at: datetime = EARLIER) -> DayRead:
    return DayRead(at, on, rows)


def test_a_first_load_begins_with_what_is_fresh_and_then_goes_forwards() -> None:
    due = days_to_read(ago(40), TODAY, {}, 28, BEGUN)
    assert due[:2] == [ago(28), ago(27)]
    assert due[28:30] == [TODAY, ago(40)]
    assert len(due) == len(set(due)) == 41


@pytest.mark.parametrize(("age", "again"), [(0, True), (27, True), (28, True), (29, False)])
def test_a_day_read_yesterday_is_read_again_until_it_was_read_at_28_days(
    age: int, again: bool
) -> None:
    known = {ago(age): read(on=ago(1))}
    due = days_to_read(ago(age), ago(age), known, 28, BEGUN)
    assert bool(due) is again


def test_a_day_that_was_last_read_young_is_read_again_however_old_it_is_now() -> None:
    assert days_to_read(ago(90), ago(90), {ago(90): read(on=ago(80))}, 28, BEGUN) == [ago(90)]
    assert days_to_read(ago(90), ago(90), {ago(90): read(on=ago(62))}, 28, BEGUN) == []


def test_what_this_sync_has_read_is_not_read_again() -> None:
    assert days_to_read(TODAY, TODAY, {TODAY: read(TODAY, at=BEGUN)}, 28, BEGUN) == []


def test_slices_hold_neighbours_within_both_limits() -> None:
    days = [ago(9), ago(8), ago(7), ago(5), ago(4), ago(3), ago(2)]
    known = {ago(3): read(TODAY, rows=90), ago(2): read(TODAY, rows=20)}
    assert slices_of(days, {}, 3, 100) == [
        Slice(ago(9), ago(7)), Slice(ago(5), ago(3)), Slice(ago(2), ago(2))
    ]  # fmt: skip
    # Days never read are taken to be as full as the fullest: two of them are too much.
    assert [str(one) for one in slices_of(days[-3:], known, 7, 115)] == [
        str(ago(4)), f"{ago(3)} to {ago(2)}"
    ]  # fmt: skip


def test_halves_are_whole_and_do_not_overlap() -> None:
    for length in range(2, 9):
        whole = Slice(ago(length - 1), TODAY)
        first, second = whole.halves()
        assert [*first.days, *second.days] == list(whole.days)


def test_slices_under_way_are_left_out() -> None:
    parts = [Slice(ago(9), ago(7)), Slice(ago(6), ago(4))]
    assert without(parts, [Slice(ago(7), ago(7))]) == parts[1:]


def test_the_runs_of_a_backfill_read_each_day_once() -> None:
    # Friday and Saturday at 8, 14 and 20 o'clock, then Monday: Sunday has no run of its own.
    fired = [date(2026, 11, day) for day in (20, 20, 20, 21, 21, 21, 23, 23)]
    pairs = zip(fired[1:], fired, strict=False)
    parts = [part for now, before in pairs if (part := backfill_days(now, before))]
    assert parts == [Slice(fired[0], fired[0]), Slice(fired[3], date(2026, 11, 22))]
