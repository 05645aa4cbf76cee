"""Which stretches of days a report covers, and how they are cut into rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

#: Meta keeps this many months, and fewer for some breakdowns.
KEPT_MONTHS = 37
DEFAULT_PRESET = "last_30d"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The days one row is about, both ends included."""

    since: date
    until: date

    def __len__(self) -> int:
        return (self.until - self.since).days + 1


def months_before(day: date, months: int) -> date:
    """Return the day so many months earlier; the last of the month where that has fewer days."""
    place = day.year * 12 + day.month - 1 - months
    year, month = divmod(place, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - _DAY).day
    return date(year, month + 1, min(day.day, last))


def preset(name: str, today: date, born: date) -> Period:
    """Return the days of a ``date_preset``; ``born`` is when the account was made.

    Weeks, months and quarters that are not over reach to today, as Meta's names say.
    """
    yesterday = today - _DAY
    if name.startswith("last_") and name.endswith("d"):
        # Meta's last days end yesterday.
        return Period(today - timedelta(days=int(name[5:-1])), yesterday)
    first = today.replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    monday = today - timedelta(days=today.weekday())
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    week = timedelta(days=7)
    everything = Period(max(born, months_before(today, KEPT_MONTHS)), today)
    return {
        "today": Period(today, today),
        "yesterday": Period(yesterday, yesterday),
        "this_month": Period(first, today),
        "last_month": Period((first - _DAY).replace(day=1), first - _DAY),
        "this_quarter": Period(quarter, today),
        "last_quarter": Period(months_before(quarter, 3), quarter - _DAY),
        "this_year": Period(date(today.year, 1, 1), today),
        "last_year": Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        "this_week_mon_today": Period(monday, today),
        "this_week_sun_today": Period(sunday, today),
        "last_week_mon_sun": Period(monday - week, monday - _DAY),
        "last_week_sun_sat": Period(sunday - week, sunday - _DAY),
        "maximum": everything,
        "data_maximum": everything,
    }[name]


def pieces(whole: Period, increment: int | str) -> Iterator[Period]:
    """Cut a period: ``all_days``, ``monthly`` (by the calendar), or a number of days."""
    if increment == "all_days":
        yield whole
        return
    since = whole.since
    while since <= whole.until:
        until = (
            (since.replace(day=28) + timedelta(days=4)).replace(day=1) - _DAY
            if increment == "monthly"
            else since + timedelta(days=int(increment) - 1)
        )
        yield Period(since, min(until, whole.until))
        since = until + _DAY
