"""What happens to a launch after a fault: retries, then the reconciler, until all is quiet.

`drive` is the one place that knows which healer the product has.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from meta_ads.errors import (
    FixInput,
    MetaAdsError,
    NotAllowedToActivate,
    StopAndAsk,
    WaitUntil,
)
from meta_ads.launching.reconciliation import Outcome, Reconciler, stops_a_launch
from meta_ads.launching.timing import Rhythm
from tests.faults.instants import Killed
from tests.faults.tasks import Task, log
from tests.faults.worker import Aim, Worker

RHYTHM = Rhythm()
NOBODY = Aim("")
RETRIES = 12
RETRY_SECONDS = 5.0
# A deferred task comes back some time after the moment it asked for.
RESUME_SECONDS = 30.0
# Unknown outcomes of a whole launch settle in less: five attempts of 230 seconds each.
PASSES = 40
PASS_SECONDS = 60.0
# The reconciler's first look: long after anybody was at work, even by a clock that was an hour off.
FIRST_LOOK = RHYTHM.idle + 7200.0
# A withdrawn launch stays on the list for a day; this many silent looks, and the one before the
# judgement, stand for the rest.
QUIET_LOOKS = 1


@dataclass
class History:
    """What tasks and passes ended with, for the report of a failed cell."""

    lines: list[str] = field(default_factory=list)
    #: A task failed for good: Airflow would not try again.
    gave_up: bool = False
    #: What it was to do was refused, and repairing nothing would help.
    refused: bool = False

    def note(self, worker: str, error: BaseException | None) -> None:
        said = f"{type(error).__name__}: {str(error)[:160]}" if error else "success"
        self.lines.append(f"{worker}: {said}")


def attempt(task: Task, worker: Worker, history: History) -> MetaAdsError | Killed | None:
    """Run the task once, as Airflow's operator does; return what it ended with."""
    error: MetaAdsError | Killed | None = None
    try:
        task.run(worker)
    except Killed as killed:
        error = killed
    except MetaAdsError as problem:
        error = problem
        if isinstance(problem, FixInput | StopAndAsk) and worker.alive:
            history.gave_up = True
            history.refused |= isinstance(problem, NotAllowedToActivate)
            task.people.record_error(task.owner, str(problem), stopped=stops_a_launch(problem))
    history.note(worker.name, error)
    return error


def retry(task: Task, history: History, session: int, within: float) -> bool:
    """Run the task again and again as Airflow does, for at most that long; whether it succeeded."""
    world = task.world
    end = world.elapsed + within
    for _ in range(RETRIES):
        error = attempt(task, Worker(world, world.sessions[session], NOBODY), history)
        if error is None:
            return True
        if isinstance(error, FixInput | StopAndAsk):
            return False
        wait = RETRY_SECONDS
        if isinstance(error, WaitUntil):
            wait = max((error.not_before - world.now()).total_seconds(), RESUME_SECONDS)
        if world.elapsed + wait > end:
            return False
        world.advance(wait)
    return False


def drive(task: Task) -> Outcome:
    """Let the reconciler look at the launch once."""
    world = task.world
    worker = Worker(world, world.sessions[2], NOBODY)
    return Reconciler(
        worker.platform, worker.launches, worker.steps, task.files, worker.name, log
    ).drive(task.owner)


def reconcile(task: Task, history: History) -> None:
    """Let the reconciler's runs pass until it leaves the launch alone."""
    world = task.world
    quiet = 0
    world.advance(FIRST_LOOK)
    before = fingerprint(task)
    for _ in range(PASSES):
        if not listed(task):
            return
        looked = False
        try:
            outcome = drive(task)
        except MetaAdsError as error:
            history.note("reconciler", error)
        else:
            looked = True
            said = f"{outcome.state} {outcome.waits_until or ''} {outcome.problems}"
            history.lines.append(f"reconciler: {said[:300]}")
        after = fingerprint(task)
        quiet = quiet + 1 if looked and after == before else 0
        before = after
        if quiet == QUIET_LOOKS:
            return
        world.advance(PASS_SECONDS)


def listed(task: Task) -> bool:
    """Whether the reconciler would look at the launch now."""
    return task.owner in task.people.unfinished(RHYTHM.idle, RHYTHM.watch)


def fingerprint(task: Task) -> tuple[object, ...]:
    """Return what a pass may change: Meta's journal, the steps, where the launch stands."""
    keys = [step.key for step in task.plan.steps]
    rows = task.world.person.rows(
        "SELECT key, state, epoch, object_id, searches FROM meta_ads.step"
        " WHERE key = ANY(%(keys)s) ORDER BY key",
        {"keys": keys},
    )
    launch = task.people.launch(task.owner)
    steps = [tuple(row.values()) for row in rows]
    stands = (launch.state, launch.plan.hash, launch.revision is None, launch.paused)
    return (task.world.journal_length(), steps, stands)
