"""Which days a preset means, and how a stretch of days is cut."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from emulator.calls import schema
from emulator.insights.days import day_of
from emulator.insights.periods import Period, months_before, pieces, preset

_BORN = date(2025, 11, 5)
# Today is Thursday, 20 August 2026.
PRESETS = {
    "today": ("2026-08-20", "2026-08-20"),
    "yesterday": ("2026-08-19", "2026-08-19"),
    "last_3d": ("2026-08-17", "2026-08-19"),
    "last_7d": ("2026-08-13", "2026-08-19"),
    "last_14d": ("2026-08-06", "2026-08-19"),
    "last_28d": ("2026-07-23", "2026-08-19"),
    "last_30d": ("2026-07-21", "2026-08-19"),
    "last_90d": ("2026-05-22", "2026-08-19"),
    "this_week_mon_today": ("2026-08-17", "2026-08-20"),
    "this_week_sun_today": ("2026-08-16", "2026-08-20"),
    "last_week_mon_sun": ("2026-08-10", "2026-08-16"),
    "last_week_sun_sat": ("2026-08-09", "2026-08-15"),
    "this_month": ("2026-08-01", "2026-08-20"),
    "last_month": ("2026-07-01", "2026-07-31"),
    "this_quarter": ("2026-07-01", "2026-08-20"),
    "last_quarter": ("2026-04-01", "2026-06-30"),
    "this_year": ("2026-01-01", "2026-08-20"),
    "last_year": ("2025-01-01", "2025-12-31"),
    "maximum": ("2025-11-05", "2026-08-20"),
    "data_maximum": ("2025-11-05", "2026-08-20"),
}


@pytest.mark.parametrize("name", sorted(schema.enum_of("AdsInsights", "DatePreset")))
def test_every_preset_of_the_sdk_means_these_days(name: str) -> None:
    found = preset(name, date(2026, 8, 20), _BORN)
    assert (found.since.isoformat(), found.until.isoformat()) == PRESETS[name]


def test_the_maximum_is_what_meta_keeps() -> None:
    found = preset("maximum", date(2026, 8, 20), date(2019, 1, 1))
    assert (found.since, found.until) == (date(2023, 7, 20), date(2026, 8, 20))


def test_on_a_sunday_the_week_that_begins_then_is_one_day_old() -> None:
    sunday = date(2026, 8, 16)
    assert preset("this_week_sun_today", sunday, _BORN).since == sunday
    assert preset("this_week_mon_today", sunday, _BORN).since == date(2026, 8, 10)
    assert preset("last_week_sun_sat", sunday, _BORN).since == date(2026, 8, 9)


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 3, 2), 37, date(2023, 2, 2)),
        (date(2026, 12, 31), 13, date(2025, 11, 30)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, earlier: date) -> None:
    assert months_before(day, months) == earlier


@pytest.mark.parametrize("increment", [1, 3, 7, 90, "monthly", "all_days"])
def test_pieces_cover_each_day_once(increment: int | str) -> None:
    whole = Period(date(2026, 1, 20), date(2026, 4, 10))
    days = [
        piece.since + timedelta(days=place)
        for piece in pieces(whole, increment)
        for place in range(len(piece))
    ]
    assert days == [whole.since + timedelta(days=place) for place in range(len(whole))]


def test_months_are_cut_at_their_ends() -> None:
    found = list(pieces(Period(date(2026, 1, 20), date(2026, 3, 3)), "monthly"))
    assert [(one.since.day, one.until.day) for one in found] == [(20, 31), (1, 28), (1, 3)]


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2026, 3, 29), "Asia/Singapore", 24),
        (date(2026, 11, 1), "America/New_York", 25),
    ],
)
def test_a_day_has_the_hours_its_zone_gives_it(day: date, zone: str, hours: int) -> None:
    found = day_of(day, zone)
    parts = found.hours(zone)
    assert len(parts) == hours
    assert parts[0][1] == found.start
    assert parts[-1][2] == found.end == day_of(day + timedelta(days=1), zone).start
    labels = [label for label, _, _ in parts]
    assert labels[0].startswith("00:00:00")
    assert len(set(labels)) == min(hours, 24)


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2026, 3, 29), date(2026, 10, 25)])
def test_all_of_a_days_traffic_comes_by_its_end(day: date) -> None:
    found = day_of(day, "Europe/Berlin")
    moments = [found.start + (found.end - found.start) * place / 200 for place in range(201)]
    shares = [found.share(moment) for moment in moments]
    assert (shares[0], shares[-1]) == (0, 1)
    assert all(before < after for before, after in pairwise(shares))
    assert shares[-2] > 0.99
