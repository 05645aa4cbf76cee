"""A local time is resolved exactly, or refused where clocks make it unclear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from meta_ads.campaigns.schedule import parse_moment

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 12, 31, tzinfo=UTC)
# Every zone with a rule of its own; the others are links to these, or never change.
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and zone[0] in "AEP")[::7]


def _changes(zone: ZoneInfo) -> list[datetime]:
    """Return the UTC moments from which the zone has another offset, exact to the minute."""
    found = []
    day = START
    while day < END:
        after = day + timedelta(days=14)
        if day.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = day, after
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                same = middle.astimezone(zone).utcoffset() == day.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high.replace(second=0, microsecond=0))
        day = after
    return found


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
