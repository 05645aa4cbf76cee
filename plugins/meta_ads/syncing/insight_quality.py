"""What is wrong with the insights of an account: decisions without any I/O, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from statistics import median
from zoneinfo import ZoneInfo

# Days on either side that a day's rows are held against, and how few are suspicious: fewer than
# this share of the usual, where the usual is enough to tell.
_NEIGHBOURS = 3
_FEW = 0.5
_ENOUGH = 20


class Rule(StrEnum):
    """What was checked."""

    SUMS = "sums"
    LATE = "late"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class InsightFinding:
    """One thing that is wrong: with a day, or with an account as a whole (`date` is None)."""

    account_id: str
    rule: Rule
    date: date | None
    message: str


@dataclass(frozen=True, slots=True)
class DaySums:
    """A day whose ads do not add up to the account's own report, in words."""

    date: date
    message: str


@dataclass(frozen=True, slots=True)
class DayRows:
    """How many rows a day has; not `complete` when it was read before it was over."""

    date: date
    rows: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Lateness:
    """An account that was not read when it should have been; moments are aware."""

    missed: datetime
    last_read: datetime | None
    now: datetime


def findings(
    account_id: str,
    sums: Iterable[DaySums],
    days: Sequence[DayRows],
    lateness: Lateness | None,
    timezone: str,
) -> list[InsightFinding]:
    """Return everything that is wrong with an account. `timezone` (IANA) is that of its words."""
    found = [
        InsightFinding(
            account_id,
            Rule.SUMS,
            one.date,
            f"{one.message}. Meta may have restated the day in between: clear the task `read` of "
            "this account to read it again; ask Meta if the gap stays.",
        )
        for one in sums
    ]
    found += [InsightFinding(account_id, Rule.ROWS, day, text) for day, text in _sparse(days)]
    if lateness is not None:
        found.append(InsightFinding(account_id, Rule.LATE, None, _late(lateness, timezone)))
    return found


def _sparse(days: Sequence[DayRows]) -> Iterator[tuple[date, str]]:
    """Yield each complete day with far fewer rows than the days before and after it.

    Both sides must have more: where ads end or begin, only one side does.
    """
    whole = sorted((day for day in days if day.complete), key=lambda day: day.date)
    for number, day in enumerate(whole):
        before = [one.rows for one in whole[max(number - _NEIGHBOURS, 0) : number]]
        after = [one.rows for one in whole[number + 1 : number + 1 + _NEIGHBOURS]]
        if not before or not after:
            continue
        usual = min(median(before), median(after))
        if usual >= _ENOUGH and day.rows < _FEW * usual:
            least, most = min(*before, *after), max(*before, *after)
            yield (
                day.date,
                f"{day.date} has {day.rows} rows, the days around it have {least} to {most}. "
                "Clear the task `read` of this account to read the day again; if it stays so, look "
                "in Ads Manager whether the ads were off that day.",
            )


def _late(lateness: Lateness, timezone: str) -> str:
    zone = ZoneInfo(timezone)
    hours = (lateness.now - lateness.missed).total_seconds() / 3600
    last = (
        f"was last read at {lateness.last_read.astimezone(zone):%Y-%m-%d %H:%M}"
        if lateness.last_read
        else "was never read"
    )
    return (
        f"It {last} and should have been at {lateness.missed.astimezone(zone):%Y-%m-%d %H:%M} "
        f"({timezone}): {hours:.0f} hours late. Look at the runs of sync_insights since then, and "
        "at the task `read` of this account."
    )


def counts(found: Iterable[InsightFinding]) -> Mapping[str, Mapping[str, int]]:
    """Return how many findings of each rule each account has; accounts without any are left out."""
    told: dict[str, dict[str, int]] = {}
    for one in found:
        account = told.setdefault(one.account_id, {})
        account[one.rule.value] = account.get(one.rule.value, 0) + 1
    return told


def first_kept_day(today: date, months: int) -> date:
    """Return the first day that is kept: of the month that many months before this one."""
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
