"""What a sync of insights needs of Meta and of the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from meta_ads.campaigns.insight_reports import Report
from meta_ads.syncing.insight_rows import Page
from meta_ads.syncing.insight_slices import DayRead, Slice


class RunState(StrEnum):
    """Where Meta is with a report run."""

    WORKING = "working"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReportRun:
    """A report run as Meta shows it. `too_large`: it failed because it asks for too much.

    `percent` of it is done, as Meta says.
    """

    state: RunState
    too_large: bool = False
    why: str = ""
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """What a report is asked of: an account, campaign, ad set or ad, by Graph id and level."""

    id: str
    level: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: a report, and the attribution windows of its actions."""

    report: Report
    windows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountDay:
    """What the account's own report says of one day; spend in whole units of the currency."""

    date: date
    spend: Decimal
    impressions: int


@dataclass(frozen=True, slots=True)
class Reading:
    """When rows were asked for: the moment (aware), and the day of the account's calendar."""

    at: datetime
    on: date


@dataclass(frozen=True, slots=True)
class SliceCounts:
    """How many rows a merged slice has, and the days on which anything differed from before."""

    rows: int
    changed: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class RunPart:
    """One part of a slice that is, or will be, asked for as a report run.

    A slice has one part for its account, or several for campaigns, ad sets or ads below it.
    """

    key: int
    part: Slice
    node: Node
    attempts: int = 0
    run_id: str | None = None
    started_at: datetime | None = None
    finished: bool = False


class _Account(Protocol):
    @property
    def currency(self) -> str:
        """ISO 4217."""

    @property
    def timezone(self) -> str:
        """IANA name."""


class InsightReads(Protocol):
    """Meta's reports by day, those by ad of archived and deleted ads too.

    Reading raises AskForLess when Meta finds the question too large, and what `AdPlatform` reads
    raise otherwise.
    """

    def account_facts(self, account_id: str) -> _Account:
        """Return the account's currency and time zone."""

    def insight_pages(self, node: Node, part: Slice, question: Question) -> Iterator[Page]:
        """Yield the rows of a node's report page by page, asking at once."""

    def start_report_run(self, node: Node, part: Slice, question: Question) -> str:
        """Have Meta make the same report; return the run's id."""

    def report_run(self, run_id: str) -> ReportRun:
        """Return where Meta is with a run."""

    def report_pages(self, run_id: str) -> Iterator[Page]:
        """Yield the rows of a completed run. NotReadyYet while Meta cannot show them."""

    def nodes_below(self, node: Node, part: Slice) -> Sequence[Node]:
        """Return the objects one level below that have rows in the slice."""

    def account_days(self, account_id: str, part: Slice) -> Iterator[AccountDay]:
        """Yield the account's own sums of each day that has any."""

    @property
    def used_percent(self) -> float:
        """The fullest quota, as the last answer told, of 100."""


class Merge(Protocol):
    """Puts a staged slice's rows in the place of those known, in one transaction."""

    def __call__(self) -> SliceCounts:
        """Merge; rows that no longer come are gone, the days count as read, its runs are dropped.

        Changes nothing when it raises, nor when a later reading is merged already.
        """


class InsightTables(Protocol):
    """The tables of one report."""

    def now(self) -> datetime:
        """Return the database's time, aware: the one that all readings are ordered by."""

    def start_load(self, account_id: str, first_day: date) -> date:
        """Note the first day that is wanted; return the earliest that ever was."""

    def days(self, account_id: str, wanted: Slice) -> Mapping[date, DayRead]:
        """Return which of these days were read."""

    def stage(
        self,
        account_id: str,
        part: Slice,
        reading: Reading,
        currency: str,
        pages: Iterable[Page],
    ) -> Merge:
        """Take in a slice's rows, one page at a time, beside the tables; return what puts them in.

        An error of `pages` leaves everything as it was. The next slice may be staged while one is
        merged, also in another thread.
        """


class AccountSums(Protocol):
    """What the account's own report says of each day."""

    def compare(self, account_id: str, part: Slice, days: Iterable[AccountDay]) -> list[str]:
        """Keep the account's own sums; return a line for each day that its ads do not add up to."""


class RunTables(Protocol):
    """The runs of one report that are under way, which outlive every worker."""

    def runs(self, account_id: str) -> Sequence[RunPart]:
        """Return the account's parts, oldest first."""

    def queue(self, account_id: str, part: Slice, node: Node) -> None:
        """Add a part that has no run yet."""

    def started(self, part: RunPart, run_id: str) -> None:
        """Note the run of a part; one more attempt."""

    def restart(self, part: RunPart) -> None:
        """Take the run from a part, so that another one is started."""

    def finished(self, part: RunPart) -> None:
        """Note that a part's run is over and can be read."""

    def nothing_there(self, part: RunPart) -> None:
        """Note that a part has no rows: it counts as finished without a run."""

    def split(self, account_id: str, part: RunPart, into: Sequence[tuple[Slice, Node]]) -> None:
        """Put smaller parts in the place of one, all at once."""

    def forget(self, account_id: str, part: Slice) -> None:
        """Drop every part of a slice."""
