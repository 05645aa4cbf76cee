"""Bring the insights of an account into Postgres: decide which days, read, merge slice by slice.

Each slice is asked for at once; what is too large for that becomes a report run at Meta. All state
is in the database: a sync that died goes on where it was, and one that is run twice only reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from meta_ads.campaigns.insight_reports import ADS, Report
from meta_ads.campaigns.insight_settings import InsightSettings
from meta_ads.errors import AskForLess, NotReadyYet, StopAndAsk
from meta_ads.syncing.background_merge import BackgroundMerge
from meta_ads.syncing.insight_ports import (
    AccountSums,
    InsightReads,
    InsightTables,
    Node,
    Question,
    Reading,
    RunPart,
    RunTables,
    SliceCounts,
)
from meta_ads.syncing.insight_rows import Page
from meta_ads.syncing.insight_slices import (
    Slice,
    days_to_read,
    expected_rows,
    slices_of,
    unread_days,
    without,
)
from meta_ads.syncing.report_runs import RUN_DEADLINE, ReportRuns, ready_slices

#: A sync that takes longer is ended; the next one goes on where it was.
SYNC_DEADLINE = timedelta(hours=4)
# A run of an earlier sync tells of that time.
_OLD_RUN = timedelta(hours=6)
# How long to leave Meta alone when its quotas are full.
_QUOTA_PAUSE = timedelta(minutes=2)
# How long to wait for a completed run that cannot be read yet.
_UNREADABLE_PAUSE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one pass did. `changed` are days on which anything differed.

    With `waiting_for` runs at Meta, or a time in `not_before`, the sync is not complete: call
    `advance` again when the runs are over, or at `until`, but not before that time.
    """

    rows: int
    changed: frozenset[date]
    waiting_for: tuple[str, ...] = ()
    not_before: datetime | None = None
    until: datetime | None = None

    @property
    def complete(self) -> bool:
        """Whether every day that was due is merged."""
        return self.until is None


@dataclass
class InsightSync:
    """The sync of one report of one account.

    `begun` (aware) is when it began, by the database's clock or earlier: what was read since is
    done. `clock` returns the present, aware UTC; `wanted` are the only days to read, for a
    backfill; `tell` writes a line for people. `tables` and `run_tables` are those of the report.
    """

    account_id: str
    meta: InsightReads
    tables: InsightTables
    run_tables: RunTables
    settings: InsightSettings
    begun: datetime
    clock: Callable[[], datetime]
    tell: Callable[..., object]
    wanted: Slice | None = None
    report: Report = ADS
    _rows: int = field(default=0, init=False)
    _changed: set[date] = field(default_factory=set, init=False)
    _hopeless: list[str] = field(default_factory=list, init=False)

    def advance(self) -> Outcome:
        """Do all that can be done now; may be called again at any time, also after it raised.

        Raises StopAndAsk for what Meta does not report however little is asked for, after
        everything else was done, and when the sync takes longer than `SYNC_DEADLINE`.
        """
        facts = self.meta.account_facts(self.account_id)
        zone = ZoneInfo(facts.timezone)
        self._question = Question(self.report, self.settings.windows)
        self._runs = ReportRuns(
            self.account_id, self.meta, self.run_tables, self._question, self.tell
        )
        self._forget_old_runs()
        self._hopeless = self._runs.settle(self.tables.now())
        with BackgroundMerge(self._merged) as self._merge:
            unread = self._merge_ready(facts.currency, zone)
        with BackgroundMerge(self._merged) as self._merge:
            for part in self._todo(zone):
                self._read(part, facts.currency, zone)
        self._runs.start_queued(self.settings.runs_at_once)
        return self._outcome(unread)

    def _todo(self, zone: ZoneInfo) -> list[Slice]:
        """Return the slices to ask for now: due, and not under way as a run."""
        today = self.clock().astimezone(zone).date()
        if self.wanted is None:
            wanted_from = today - timedelta(days=self.settings.first_load_days)
            whole = Slice(self.tables.start_load(self.account_id, wanted_from), today)
        elif self.wanted.since <= today:
            whole = Slice(self.wanted.since, min(self.wanted.until, today))
        else:
            return []
        known = self._known = self.tables.days(self.account_id, whole)
        if self.wanted is None:
            reread = self.settings.reread_days
            due = days_to_read(whole.since, today, known, reread, self.begun)
        else:
            due = unread_days(whole, known, self.begun)
        taken = [one.part for one in self.run_tables.runs(self.account_id)]
        days = [day for part in without([Slice(d, d) for d in due], taken) for day in part.days]
        return slices_of(days, known, self.settings.slice_days, self.settings.slice_rows)

    def _read(self, part: Slice, currency: str, zone: ZoneInfo) -> None:
        account = Node(self.account_id, "account")
        if expected_rows(part, self._known) <= self.settings.run_rows:
            try:
                pages = self.meta.insight_pages(account, part, self._question)
                self._stage(part, self._reading(self.tables.now(), zone), currency, pages)
            except AskForLess as error:
                self.tell("%s: %s", part, error)
            else:
                return
        self.run_tables.queue(self.account_id, part, account)

    def _merge_ready(self, currency: str, zone: ZoneInfo) -> bool:
        """Merge every slice whose runs are over; return whether any could not be read yet."""
        unread = False
        parts = self.run_tables.runs(self.account_id)
        for part in ready_slices(parts):
            mine = [one for one in parts if one.part == part]
            now = self.tables.now()
            oldest = min((one.started_at for one in mine if one.started_at), default=now)
            try:
                self._stage(part, self._reading(oldest, zone), currency, self._runs.pages(mine))
            except NotReadyYet as wait:
                unread = True
                self._hopeless += self._runs.unreadable(mine, wait, now)
        return unread

    def _stage(self, part: Slice, reading: Reading, currency: str, pages: Iterable[Page]) -> None:
        merge = self.tables.stage(self.account_id, part, reading, currency, pages)
        self._merge.add(part, merge)

    def _merged(self, part: Slice, counts: SliceCounts) -> None:
        self._rows += counts.rows
        self._changed.update(counts.changed)
        self.tell("%s: %d rows, %d days changed", part, counts.rows, len(counts.changed))

    def _reading(self, moment: datetime, zone: ZoneInfo) -> Reading:
        """Return when rows were asked for: `moment` by the database's clock, the day by ours."""
        asked = self.clock() - (self.tables.now() - moment)
        return Reading(moment, asked.astimezone(zone).date())

    def _forget_old_runs(self) -> None:
        for one in self.run_tables.runs(self.account_id):
            if one.started_at is not None and one.started_at < self.begun - _OLD_RUN:
                self.run_tables.forget(self.account_id, one.part)

    def _outcome(self, unread: bool) -> Outcome:
        if self._hopeless:
            listed = "\n".join(f"  - {text}" for text in self._hopeless)
            raise StopAndAsk(
                f"Insights of {self.account_id} ({self.report.name}): Meta does not report\n"
                f"{listed}\n"
                "Everything else was read. The next run tries again; ask Meta if it stays so."
            )
        parts = self.run_tables.runs(self.account_id)
        changed = frozenset(self._changed)
        if not parts:
            return Outcome(self._rows, changed)
        now = self.tables.now()
        if now > self.begun + SYNC_DEADLINE:
            raise StopAndAsk(
                f"Insights of {self.account_id} ({self.report.name}) are not complete after "
                f"{SYNC_DEADLINE}: "
                f"{len(parts)} report runs are unfinished. The next run goes on with them."
            )
        started = [one for one in parts if one.run_id is not None and not one.finished]
        pause = timedelta(0) if started else _QUOTA_PAUSE
        if unread:
            pause = _UNREADABLE_PAUSE
        return Outcome(
            self._rows,
            changed,
            waiting_for=tuple(one.run_id for one in started if one.run_id is not None),
            not_before=now + pause,
            until=min((_deadline(one, now) for one in started), default=now + pause),
        )


def advance_in_turn(syncs: Sequence[InsightSync]) -> Outcome:
    """Advance one sync after the other, up to the first one that must wait; return its outcome.

    One that Meta cannot answer holds up none after it: its StopAndAsk is raised at the end.
    """
    stopped: list[StopAndAsk] = []
    outcome = Outcome(0, frozenset())
    for sync in syncs:
        try:
            outcome = sync.advance()
        except StopAndAsk as error:
            stopped.append(error)
            continue
        if not outcome.complete:
            return outcome
    if stopped:
        raise StopAndAsk("\n".join(str(error) for error in stopped))
    return outcome


def _deadline(part: RunPart, now: datetime) -> datetime:
    assert part.started_at is not None, "it has a run"
    return max(part.started_at + RUN_DEADLINE, now)


def compare_with_account(
    account_id: str, part: Slice, meta: InsightReads, tables: AccountSums
) -> list[str]:
    """Hold the days of a slice against the account's own report; return a line for each gap."""
    return tables.compare(account_id, part, meta.account_days(account_id, part))
