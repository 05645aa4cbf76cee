"""Faults of processes, databases, clocks, tokens and Meta's server."""

from __future__ import annotations

from datetime import timedelta

from meta_ads.launching.timing import Timing
from tests.faults.case import Case, Strike
from tests.faults.healing import NOBODY, attempt, retry
from tests.faults.worker import Worker

# How long an orphan is behind its successor; less than quiescence.
ORPHAN_SECONDS = 100.0
PAST_QUIESCENCE = Timing().quiescence + 3 * Timing().between_searches + timedelta(seconds=60)


def kill(case: Case, worker: Worker) -> None:
    """The worker dies."""
    case.killed = True
    worker.die()


def orphan(case: Case, worker: Worker) -> None:
    """Its supervisor dies; Airflow tries again while the worker stands still."""
    retry(case.task, case.history, session=1, within=ORPHAN_SECONDS)


def duplicate(case: Case, worker: Worker) -> None:
    """Another run takes the same step."""
    second = Worker(case.world, case.world.sessions[1], NOBODY)
    attempt(case.task, second, case.history)


def zombie(case: Case, worker: Worker) -> None:
    """The worker loses its session, and is taken for dead."""
    case.world.cut_sessions(worker.session)
    orphan(case, worker)


def frozen(case: Case, worker: Worker) -> None:
    """The worker stands still for longer than quiescence."""
    case.world.advance(PAST_QUIESCENCE.total_seconds())
    retry(case.task, case.history, session=1, within=PAST_QUIESCENCE.total_seconds())


def cut(case: Case, worker: Worker) -> None:
    """Its Postgres session ends."""
    case.world.cut_sessions(worker.session)


def restart(case: Case, worker: Worker) -> None:
    """Postgres is killed and started again."""
    case.world.restart_postgres()


def overtaken(case: Case, worker: Worker) -> None:
    """Freeze past quiescence; the successor's answer is lost; then Meta refuses our own call."""
    case.world.advance(PAST_QUIESCENCE.total_seconds())
    case.world.fail(action="reset_after_commit", method="POST")
    for _ in range(3):
        duplicate(case, worker)
        if case.world.journal_length() > case.since:
            break
        case.world.advance(Timing().look_again + 1)
    case.world.fail(action="error", code=100, message="Invalid parameter")


def clock(seconds: float) -> Strike:
    """The database's clock jumps."""

    def jump(case: Case, worker: Worker) -> None:
        case.skew += seconds
        case.world.jump_database_clock(seconds)

    return jump


def server(**fault: object) -> Strike:
    """The next call meets a fault at Meta's side."""

    def script(case: Case, worker: Worker) -> None:
        case.world.fail(**fault)

    return script


def nothing(case: Case, worker: Worker) -> None:
    """The fault is in the call itself."""
    pass


def token_dies(case: Case, worker: Worker) -> None:
    """Meta no longer takes the token in use."""
    case.world.tokens.die(worker.platform.token)


def token_full(case: Case, worker: Worker) -> None:
    """Meta asks whoever has the token in use to wait."""
    case.world.tokens.fill(worker.platform.token, minutes=30)
