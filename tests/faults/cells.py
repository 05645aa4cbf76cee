"""The matrix: which cells there are, and how one is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from unittest.mock import patch

from meta_ads.errors import WaitUntil
from meta_ads.launching import creation, revising
from meta_ads.launching.ports import UploadSession
from tests.faults import oracle
from tests.faults.case import Case, Injection
from tests.faults.healing import RESUME_SECONDS, attempt, drive, fingerprint
from tests.faults.injections import BY_NAME, INJECTIONS, heal
from tests.faults.instants import Instant
from tests.faults.launches import Base
from tests.faults.scenarios import BY_NAME as TASK_BY_NAME
from tests.faults.scenarios import TASKS
from tests.faults.tasks import Task
from tests.faults.worker import Aim, Worker
from tests.faults.world import World

LAGS = (0, 5, 20)
AFTER = (Instant.PUSHED, Instant.REPORTED)


@dataclass(frozen=True)
class Cell:
    """One step, one fault, one instant, one list lag (seconds)."""

    step: str
    fault: str
    instant: Instant
    lag: int

    def __str__(self) -> str:
        return f"{self.step} | {self.fault} | {self.instant} | lag {self.lag}"


@dataclass
class Verdict:
    """What a cell showed: violations by oracle, extra commits, and its history when it failed."""

    cell: Cell
    violations: list[tuple[str, str]] = field(default_factory=list)
    residuals: set[str] = field(default_factory=set)
    history: list[str] = field(default_factory=list)


def matrix() -> Iterator[Cell]:
    """Yield every cell."""
    for lag in LAGS:
        for task in TASKS:
            for injection in INJECTIONS:
                for instant in Instant:
                    if not injection.applies(task, instant):
                        continue
                    if lag and not (task.searches and injection.lags):
                        continue
                    yield Cell(task.name, injection.name, instant, lag)


def run_cell(world: World, base: Base, cell: Cell) -> Verdict:
    """Run one cell to quiescence and judge it."""
    injection = BY_NAME[cell.fault]
    number = next(world.numbers)
    with (
        patch.object(creation, "monotonic", world.monotonic),
        patch.object(revising, "monotonic", world.monotonic),
    ):
        task = TASK_BY_NAME[cell.step](world, base, number)
        world.lag_lists(cell.lag)
        world.tokens.several = injection.two_tokens
        case = Case(world, task, world.journal_length())

        def script(worker: Worker, instant: Instant) -> None:
            if case.doomed is worker and instant is Instant.COMMITTED:
                case.killed = True
                worker.die()
            if instant is cell.instant and not case.struck:
                case.struck = True
                injection.strike(case, worker)

        worker = Worker(
            world,
            world.sessions[0],
            _aim(task, injection),
            script,
            late=injection.late,
            clock_error=injection.clock_error,
        )
        try:
            _first_run(case, worker)
            heal(case, injection.aftermath)
            verdict = oracle.judge(case, cell, Verdict(cell))
            before = fingerprint(task)
            if injection.breaks_sessions:
                world.renew_sessions()
            drive(task)
            if fingerprint(task) != before:
                verdict.violations.append(("unquiet", "a second healing pass changed something"))
        except (AssertionError, Exception) as error:  # noqa: BLE001  # a crash is a finding
            verdict = Verdict(cell, [("crashed", f"{type(error).__name__}: {error}"[:400])])
        finally:
            _tidy(case, cell)
    if verdict.violations:
        verdict.history = case.history.lines
    return verdict


def _aim(task: Task, injection: Injection) -> Aim:
    """Return the task's own aim, or the chunk that holds the byte at which the upload ends."""
    if (offset := injection.offset) is None:
        return task.aim

    def holds(session: UploadSession) -> bool:
        return session.start_offset <= offset < session.end_offset

    return replace(task.aim, wanted=holds, skip=0)


def _first_run(case: Case, worker: Worker) -> None:
    """Run the task once, with the instants around the use case."""
    try:
        worker.reach(Instant.ENTER)
        error = attempt(case.task, worker, case.history)
        while isinstance(error, WaitUntil) and not case.struck:
            case.world.advance(RESUME_SECONDS)
            error = attempt(case.task, worker, case.history)
        if error is None:
            for instant in AFTER:
                worker.reach(instant)
    except BaseException as error:
        if worker.alive:
            raise
        case.history.note(worker.name, error)


def _tidy(case: Case, cell: Cell) -> None:
    case.world.clear_faults()
    case.world.late.clear()
    case.world.close_transports()
    case.world.tokens.forget()
    case.world.lift_limits()
    if BY_NAME[cell.fault].breaks_sessions:
        case.world.renew_sessions()
    if case.skew:
        case.world.jump_database_clock(-case.skew)
