"""What is done about a report run, and how many are kept under way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from meta_ads.syncing.insight_ports import Node, ReportRun, RunPart, RunState
from meta_ads.syncing.insight_slices import Slice
from meta_ads.syncing.report_runs import RUN_DEADLINE, Move, next_move, ready_slices, runs_allowed

DAY = Slice(date(2026, 11, 1), date(2026, 11, 1))
OTHER = Slice(date(2026, 11, 2), date(2026, 11, 2))
NOW = datetime(2026, 11, 21, tzinfo=UTC)
YOUNG, STUCK = NOW - timedelta(minutes=1), NOW - RUN_DEADLINE
WORKING, FAILED = ReportRun(RunState.WORKING), ReportRun(RunState.FAILED)
TOO_LARGE = ReportRun(RunState.FAILED, too_large=True)
COMPLETED = ReportRun(RunState.COMPLETED)


def part(started: datetime = YOUNG, attempts: int = 1, **more: object) -> RunPart:
    values = {"part": DAY, "node": Node("act_1", "account"), "run_id": "5", **more}
    return RunPart(1, attempts=attempts, started_at=started, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("run", "started", "attempts", "move"),
    [
        (WORKING, YOUNG, 1, Move.WAIT),
        (WORKING, STUCK, 1, Move.RESTART),
        (WORKING, STUCK, 2, Move.SPLIT),
        (FAILED, YOUNG, 1, Move.RESTART),
        (FAILED, YOUNG, 2, Move.SPLIT),
        (TOO_LARGE, YOUNG, 1, Move.SPLIT),
        (COMPLETED, STUCK, 2, Move.READ),
    ],
)
def test_a_run_gets_one_more_try_and_is_then_split(
    run: ReportRun, started: datetime, attempts: int, move: Move
) -> None:
    assert next_move(part(started, attempts), run, NOW) is move


@pytest.mark.parametrize(
    ("percent", "most", "allowed"),
    [(0, 10, 10), (50, 10, 5), (74, 1, 1), (75, 10, 1), (90, 10, 0), (130, 10, 0)],
)
def test_fuller_quotas_mean_fewer_runs(percent: float, most: int, allowed: int) -> None:
    assert runs_allowed(percent, most) == allowed


def test_a_slice_is_ready_when_all_of_its_parts_are() -> None:
    parts = [part(finished=True), part(), part(part=OTHER, finished=True)]
    assert ready_slices(parts) == [OTHER]
