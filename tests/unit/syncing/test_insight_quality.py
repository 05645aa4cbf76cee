"""What counts as wrong with insights, and what does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from meta_ads.syncing.insight_quality import (
    DayRows,
    DaySums,
    InsightFinding,
    Lateness,
    Rule,
    counts,
    findings,
    first_kept_day,
)

FIRST = date(2026, 11, 1)


def days(rows: list[int], incomplete: int = 0) -> list[DayRows]:
    return [
        DayRows(FIRST + timedelta(days=number), count, number < len(rows) - incomplete)
        for number, count in enumerate(rows)
    ]


def judged(*rows: int, incomplete: int = 0) -> list[InsightFinding]:
    return findings("act_1", [], days(list(rows), incomplete), None, "Asia/Singapore")


@pytest.mark.parametrize(
    ("rows", "sparse"),
    [
        ((100, 100, 100, 40, 100, 100), [4]),
        ((100, 100, 100, 50, 100, 100), []),
        ((100, 100, 100, 0, 100, 100), [4]),
        ((100, 100, 10, 10, 100, 100), [3, 4]),
        ((100, 100, 100, 10, 100, 100, 100, 30, 90, 100), [4, 8]),
    ],
    ids=["far fewer", "half is not few", "none", "two side by side", "two apart"],
)
def test_a_day_with_far_fewer_rows_than_both_sides_is_found(
    rows: tuple[int, ...], sparse: list[int]
) -> None:
    found = judged(*rows)
    assert [one.date.day for one in found if one.date] == sparse
    assert {one.rule for one in found} <= {Rule.ROWS}


def test_ads_that_begin_or_end_are_no_holes() -> None:
    assert judged(100, 100, 100, 3, 3, 3, 3) == []
    assert judged(3, 3, 3, 100, 100, 100) == []
    assert judged(100, 100, 100, 3) == [], "nothing tells yet whether they ended"


def test_small_accounts_and_days_that_go_on_are_not_judged() -> None:
    assert judged(8, 8, 8, 1, 8, 8, 8) == []
    assert judged(100, 100, 100, 100, 10, 5, incomplete=1) == []


def test_a_finding_of_a_day_names_both_numbers_and_the_remedy() -> None:
    [found] = judged(100, 104, 100, 12, 98, 100)
    assert found.message.startswith("2026-11-04 has 12 rows, the days around it have 98 to 104.")
    assert "Clear the task `read`" in found.message


def test_an_account_is_late_by_its_own_clock() -> None:
    late = Lateness(
        missed=datetime(2026, 11, 20, 6, tzinfo=UTC),
        last_read=datetime(2026, 11, 20, 0, 4, tzinfo=UTC),
        now=datetime(2026, 11, 20, 18, 5, tzinfo=UTC),
    )
    [found] = findings("act_1", [], [], late, "Asia/Singapore")
    assert (found.rule, found.date) == (Rule.LATE, None)
    assert found.message.startswith(
        "It was last read at 2026-11-20 08:04 and should have been at 2026-11-20 14:00 "
        "(Asia/Singapore): 12 hours late."
    )
    never = Lateness(late.missed, None, late.now)
    [found] = findings("act_1", [], [], never, "Asia/Singapore")
    assert found.message.startswith("It was never read")


def test_counts_are_by_account_and_rule() -> None:
    found = findings("act_1", [DaySums(FIRST, "gap")], days([90, 90, 90, 1, 90, 90]), None, "UTC")
    assert counts(found) == {"act_1": {"sums": 1, "rows": 1}}
    assert counts([]) == {}


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [
        (date(2026, 11, 21), 1, date(2026, 10, 1)),
        (date(2026, 1, 31), 1, date(2025, 12, 1)),
        (date(2026, 11, 30), 13, date(2025, 10, 1)),
        (date(2024, 2, 29), 12, date(2023, 2, 1)),
    ],
)
def test_whole_months_before_the_present_one_are_kept(
    today: date, months: int, first: date
) -> None:
    assert first_kept_day(today, months) == first
