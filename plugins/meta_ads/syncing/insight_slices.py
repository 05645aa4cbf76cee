"""Which days of an account are read, and in which slices: decisions without any I/O.

A day is a day of the account's calendar. Meta restates it for 28 days ("Insights", best practices:
no change after 28 days), so it is read again and again until it was read once after that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Slice:
    """Days that are read and merged together, both ends included."""

    since: date
    until: date

    def __str__(self) -> str:
        return f"{self.since}" if self.since == self.until else f"{self.since} to {self.until}"

    def __len__(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def days(self) -> Iterator[date]:
        """Each day, in order."""
        return (self.since + number * _DAY for number in range(len(self)))

    def halves(self) -> tuple[Slice, Slice]:
        """Return both halves of a slice of more than one day."""
        middle = self.since + (len(self) // 2 - 1) * _DAY
        return Slice(self.since, middle), Slice(middle + _DAY, self.until)


@dataclass(frozen=True, slots=True)
class DayRead:
    """A day that was read: when (aware), on which day of the account's calendar, and its rows."""

    read_at: datetime
    read_on: date
    rows: int


def days_to_read(
    first_day: date,
    today: date,
    known: Mapping[date, DayRead],
    reread_days: int,
    begun: datetime,
) -> list[date]:
    """Return the days that must be read, newest window first, then the first load forwards.

    A day is due while it was never read, or was last read before it was `reread_days` old; what
    was read since this sync has `begun` is done.
    """
    due = [
        day
        for day in Slice(first_day, today).days
        if day not in known
        or (known[day].read_at < begun and known[day].read_on < day + reread_days * _DAY)
    ]
    fresh_from = today - reread_days * _DAY
    fresh = [day for day in due if day >= fresh_from]
    return fresh + [day for day in due if day < fresh_from]


def unread_days(whole: Slice, known: Mapping[date, DayRead], begun: datetime) -> list[date]:
    """Return the days not read since a sync has `begun`, whatever their age."""
    return [day for day in whole.days if day not in known or known[day].read_at < begun]


def slices_of(
    days: Iterable[date], known: Mapping[date, DayRead], most_days: int, most_rows: int
) -> list[Slice]:
    """Return days as slices of neighbours within the limits, in the order of the days.

    A day that was read before counts with its rows then, another one with those of the fullest
    day known.
    """
    fullest = max((day.rows for day in known.values()), default=0)
    found: list[Slice] = []
    rows = 0
    for day in days:
        expected = known[day].rows if day in known else fullest
        if (
            found
            and found[-1].until + _DAY == day
            and len(found[-1]) < most_days
            and rows + expected <= most_rows
        ):
            found[-1] = Slice(found[-1].since, day)
            rows += expected
        else:
            found.append(Slice(day, day))
            rows = expected
    return found


def expected_rows(part: Slice, known: Mapping[date, DayRead]) -> int:
    """Return how many rows a slice will have, as far as earlier readings tell; 0 if they do not."""
    fullest = max((day.rows for day in known.values()), default=0)
    return sum(known[day].rows if day in known else fullest for day in part.days)


def without(slices: Iterable[Slice], taken: Iterable[Slice]) -> list[Slice]:
    """Return the slices that share no day with any that is taken."""
    others = list(taken)
    return [
        one
        for one in slices
        if all(one.until < other.since or one.since > other.until for other in others)
    ]


def backfill_days(fired_on: date, fired_before_on: date) -> Slice | None:
    """Return the days a backfill run reads: those that ended since the run before it.

    So that each day is read by exactly one of the runs of a backfill, whatever their times.
    """
    if fired_before_on >= fired_on:
        return None
    return Slice(fired_before_on, fired_on - _DAY)
