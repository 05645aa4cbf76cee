"""Reports that Meta makes in its own time: start, watch, restart, split, merge.

Everything that is under way stands in the database, so a worker may end at any point and another
one goes on. A slice is merged once all of its parts can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from meta_ads.errors import AskForLess, NotReadyYet
from meta_ads.syncing.insight_ports import (
    InsightReads,
    Node,
    Question,
    ReportRun,
    RunPart,
    RunState,
    RunTables,
)
from meta_ads.syncing.insight_rows import Page
from meta_ads.syncing.insight_slices import Slice

#: A run that takes longer than this is stuck; Meta names no time.
RUN_DEADLINE = timedelta(minutes=30)
_ATTEMPTS = 2
# Quota use, in percent, above which fewer runs are kept under way.
_BUSY, _BUSIER, _FULL = 50.0, 75.0, 90.0


class Move(StrEnum):
    """What to do about a run."""

    WAIT = "wait"
    READ = "read"
    RESTART = "restart"
    SPLIT = "split"


def next_move(part: RunPart, run: ReportRun, now: datetime) -> Move:
    """Decide about one started run: a failed or stuck one gets one more try, then is split."""
    assert part.started_at is not None, "only started runs are looked at"
    if run.state is RunState.COMPLETED:
        return Move.READ
    if run.too_large:
        return Move.SPLIT
    if run.state is RunState.WORKING and now - part.started_at < RUN_DEADLINE:
        return Move.WAIT
    return Move.RESTART if part.attempts < _ATTEMPTS else Move.SPLIT


def runs_allowed(used_percent: float, most: int) -> int:
    """Return how many runs may be under way at once, by how full Meta's quotas are."""
    if used_percent >= _FULL:
        return 0
    if used_percent >= _BUSIER:
        return 1
    return max(1, most // 2) if used_percent >= _BUSY else most


def ready_slices(parts: Sequence[RunPart]) -> list[Slice]:
    """Return the slices of which every part is finished."""
    unfinished = {part.part for part in parts if not part.finished}
    return [part for part in dict.fromkeys(one.part for one in parts) if part not in unfinished]


@dataclass
class ReportRuns:
    """The report runs of one account. `tell` writes a line for people."""

    account_id: str
    meta: InsightReads
    tables: RunTables
    question: Question
    tell: Callable[..., object]

    def settle(self, now: datetime) -> list[str]:
        """Look at every started run and act; return what can be split no further, for people."""
        hopeless = []
        for part in self.tables.runs(self.account_id):
            if part.run_id is None or part.finished:
                continue
            run = self.meta.report_run(part.run_id)
            move = next_move(part, run, now)
            if move is Move.WAIT:
                self.tell("%s: report run %s is at %d%%", part.part, part.run_id, run.percent)
            elif move is Move.READ:
                self.tables.finished(part)
            elif not self._again(part, move, run.why):
                hopeless.append(self._failure(part, run.why))
        return hopeless

    def pages(self, parts: Sequence[RunPart]) -> Iterator[Page]:
        """Yield the rows of all parts of a slice."""
        for part in parts:
            if part.run_id is not None:
                yield from self.meta.report_pages(part.run_id)

    def unreadable(self, parts: Sequence[RunPart], wait: NotReadyYet, now: datetime) -> list[str]:
        """Decide about a slice whose runs are completed and cannot be read, as `settle` does.

        Meta needs a moment more, mostly; after the deadline of a run it is made anew.
        """
        self.tell("%s", wait)
        hopeless = []
        for part in parts:
            if part.started_at is None or now - part.started_at < RUN_DEADLINE:
                continue
            move = Move.RESTART if part.attempts < _ATTEMPTS else Move.SPLIT
            if not self._again(part, move, str(wait)):
                hopeless.append(self._failure(part, str(wait)))
        return hopeless

    def start_queued(self, most: int) -> None:
        """Start as many queued runs as quotas and `most` allow."""
        parts = self.tables.runs(self.account_id)
        under_way = sum(part.run_id is not None and not part.finished for part in parts)
        for part in parts:
            if part.run_id is not None or part.finished:
                continue
            if under_way >= runs_allowed(self.meta.used_percent, most):
                return
            run_id = self.meta.start_report_run(part.node, part.part, self.question)
            self.tables.started(part, run_id)
            self.tell("%s: report run %s for %s", part.part, run_id, part.node.id)
            under_way += 1

    def _again(self, part: RunPart, move: Move, why: str) -> bool:
        """Restart or split; False when there is nothing smaller to ask for."""
        what = f"{part.part} of {part.node.id}: report run {part.run_id}"
        self.tell("%s: %s (%s)", what, move.value, why or "it does not end")
        if move is Move.RESTART:
            self.tables.restart(part)
            return True
        smaller: list[tuple[Slice, Node]]
        if len(part.part) > 1:
            smaller = [(half, part.node) for half in part.part.halves()]
        elif part.node.level == self.question.report.level:
            return False
        else:
            try:
                below = self.meta.nodes_below(part.node, part.part)
            except AskForLess as error:
                self.tell("%s", error)
                return False
            smaller = [(part.part, one) for one in below]
        if not smaller:
            self.tables.nothing_there(part)
            return True
        self.tables.split(self.account_id, part, smaller)
        return True

    def _failure(self, part: RunPart, why: str) -> str:
        self.tables.forget(self.account_id, part.part)
        return f"{part.part}, {part.node.level} {part.node.id}: {why or 'the run never ended'}"
