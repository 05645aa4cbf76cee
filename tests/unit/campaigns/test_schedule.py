"""A local time is resolved exactly, or refused where clocks make it unclear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from meta_ads.campaigns.schedule import parse_moment

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 12, 31, tzinfo=UTC)
FORTNIGHTS = [START + timedelta(days=days) for days in range(0, (END - START).days + 1, 14)]


def _changes(zone: ZoneInfo) -> list[datetime]:
    """Return the UTC moments from which the zone has another offset, exact to the minute."""
    found = []
    for day, after in pairwise(FORTNIGHTS):
        if day.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = day, after
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                same = middle.astimezone(zone).utcoffset() == day.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high.replace(second=0, microsecond=0))
    return found


def _different_zones() -> list[str]:
    """Return one zone of each history of changes: the others are the same by another name."""
    by_history: dict[tuple[tuple[datetime, timedelta | None], ...], str] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        moments = [START, *_changes(zone)]
        history = tuple((moment, moment.astimezone(zone).utcoffset()) for moment in moments)
        by_history.setdefault(history, name)
    return sorted(by_history.values())


ZONES = _different_zones()


@pytest.mark.parametrize("name", ZONES)
def test_around_every_change_of_clocks_a_time_is_exact_or_refused(name: str) -> None:
    zone = ZoneInfo(name)
    for change in _changes(zone):
        for minutes in range(-150, 151, 30):
            moment = change + timedelta(minutes=minutes)
            local = moment.astimezone(zone)
            text = f"{local:%Y-%m-%d %H:%M}"
            folds = {local.replace(fold=fold).utcoffset() for fold in (0, 1)}
            if len(folds) == 1:
                assert parse_moment(text, name) == moment
            else:
                with pytest.raises(ValueError, match="twice"):
                    parse_moment(text, name)
            offset = local.strftime("%z")
            assert parse_moment(f"{text}{offset[:3]}:{offset[3:5]}", name) == moment


def test_the_zones_have_every_kind_of_change() -> None:
    changing = {name for name in ZONES if _changes(ZoneInfo(name))}
    assert len(changing) > 20
    # Half an hour, two hours, and clocks that go back for a month and not for a season.
    assert {"Antarctica/Troll", "Australia/LHI"} <= changing
    assert changing & {"Africa/Casablanca", "Africa/El_Aaiun"}


@pytest.mark.parametrize("name", ZONES)
def test_a_time_that_clocks_skip_is_refused(name: str) -> None:
    zone = ZoneInfo(name)
    for change in _changes(zone):
        before = (change - timedelta(minutes=1)).astimezone(zone)
        after = change.astimezone(zone)
        skipped = before.replace(tzinfo=None) + timedelta(minutes=31)
        if after.replace(tzinfo=None) > skipped:
            with pytest.raises(ValueError, match="skip"):
                parse_moment(f"{skipped:%Y-%m-%d %H:%M}", name)


@pytest.mark.parametrize(
    "text",
    ["2027-03-01 09:00", "2027-03-01T09:00", "2027-03-01 09:00:00", "2027-03-01T09:00+08:00"],
)
def test_the_ways_to_write_one_moment_are_equal(text: str) -> None:
    assert parse_moment(text, "Asia/Singapore") == datetime(2027, 3, 1, 1, tzinfo=UTC)
