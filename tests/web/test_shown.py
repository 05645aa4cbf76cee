"""Values as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from meta_ads.web import shown
from meta_ads.web.charts import bars
from meta_ads.web.pacing import pace

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It stays paused.", "It stays paused."),
        ("1 problem found:\n  - a.yaml:10:2\n    has passed.", "a.yaml:10:2 has passed."),
        ("\n\n", ""),
        (None, ""),
        ("word " * 60, ("word " * 31).strip() + "…"),
    ],
)
def test_an_error_is_cut_to_its_cause(text: str | None, said: str) -> None:
    assert shown.first_line(text) == said


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (timedelta(days=2, hours=4, minutes=9), "in 2 d 4 h"),
        (timedelta(days=2, minutes=9), "in 2 d"),
        (timedelta(minutes=3, seconds=20), "in 3 min"),
        (timedelta(seconds=12), "in 12 s"),
        (timedelta(hours=-5), "5 h ago"),
    ],
)
def test_a_countdown_has_two_parts_at_most(after: timedelta, said: str) -> None:
    assert shown.countdown(NOW + after, NOW) == said


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Singapore", "Fri 20 Nov 2026, 09:30 UTC+08"),
        ("Asia/Tokyo", "Fri 20 Nov 2026, 10:30 JST"),
        ("America/New_York", "Thu 19 Nov 2026, 20:30 EST"),
    ],
)
def test_a_moment_is_told_in_the_zone_of_its_account(zone: str, said: str) -> None:
    assert shown.moment(NOW, zone) == said


def test_money_has_the_decimals_its_currency_has() -> None:
    assert shown.minor_money(5000, "SGD") == "SGD 50.00"
    assert shown.minor_money(5000, "JPY") == "JPY 5,000"
    assert shown.whole_money(Decimal("1234.5"), "SGD") == "SGD 1,234.50"
    assert shown.whole_money(Decimal("1234.5"), "JPY") == "JPY 1,234"


def test_the_month_goes_on_as_the_last_days_went() -> None:
    today = NOW.date()
    days = {today - timedelta(days=back): Decimal(150) for back in range(1, 8)}
    days |= {today: Decimal(50), today - timedelta(days=12): Decimal(1900)}
    days |= {today - timedelta(days=25): Decimal(9999)}
    found = pace(20000, None, days, "SGD", "SGD", today)
    assert (found.committed, found.per_day, found.percent) == (200, 150, 75)
    assert (found.month, found.month_end) == (3000, 3000 + 10 * 150)
    assert found.limit is None


def test_spend_in_another_currency_is_no_part_of_the_budgets() -> None:
    yesterday = NOW.date() - timedelta(days=1)
    found = pace(20000, None, {yesterday: Decimal(50)}, "SGD", "TWD", NOW.date())
    assert (found.percent, found.per_day) == (None, 50)


def test_an_account_without_figures_has_no_pace() -> None:
    found = pace(None, None, {}, "SGD", None, NOW.date())
    assert (found.percent, found.month, found.month_end) == (None, None, None)


def test_bars_stand_on_their_base_and_stay_inside() -> None:
    days = [(NOW.date(), Decimal(value), "x") for value in (0, 3, 7)]
    chart = bars(days)
    assert chart is not None
    assert [round(bar.y + bar.height) for bar in chart.bars] == [chart.base] * 3
    assert chart.lines[-1][1] == "10"
    assert bars([(NOW.date(), Decimal(0), "x")]) is None
