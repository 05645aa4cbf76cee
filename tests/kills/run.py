"""One run: launches, kills, healing, judgement."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from local_stack.errors import LocalStackError
from local_stack.stack import LocalStack
from tests.e2e.conftest import IMPATIENT, Stack, copy_project
from tests.kills.fleet import Fleet, Launch, prepare, write
from tests.kills.oracle import Oracle, Verdict
from tests.kills.victims import Killer

OPTIONS = {
    **IMPATIENT,
    # All campaign files are there from the start: nothing has to be parsed again.
    "dag_processor": {"min_file_process_interval": "120", "refresh_interval": "120"},
}
LOOK_SECONDS = 4.0
SOMEDAY = timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """How many processes to kill, how often, and how long to wait for the end of everything."""

    kills: int
    seed: int
    campaigns: int
    at_once: int = 6
    #: So many kills wait until another launch is planned: else a few launches would take them all.
    kills_per_launch: int = 4
    #: Seconds between two kills.
    pause: tuple[float, float] = (0.2, 1.5)
    #: Seconds from a launch's trigger to its activation time.
    soon: tuple[float, float] = (120.0, 200.0)
    kill_seconds: float = 2400.0
    heal_seconds: float = 1500.0


@contextmanager
def stack_for(plan: Plan, tell: Callable[[str], None]) -> Iterator[tuple[Stack, list[Launch]]]:
    """Run a stack that knows all campaigns of the plan."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "project"
        home.mkdir()
        copy_project(home)
        launches = prepare(home, plan.campaigns)
        stack = LocalStack(Path(folder) / "state", home, airflow_port=0, options=OPTIONS, tell=tell)
        for launch in launches:
            write(home / "include" / "campaigns", launch, SOMEDAY)
        with stack:
            yield Stack(stack), launches


def kill(stack: Stack, plan: Plan, fleet: Fleet, tell: Callable[[str], None]) -> Killer:
    """Keep launches under way, and kill until all kills are done."""
    killer = Killer(stack, random.Random(plan.seed))
    deadline = time.monotonic() + plan.kill_seconds
    next_look = next_word = 0.0
    while sum(killer.killed.values()) < plan.kills and time.monotonic() < deadline:
        if time.monotonic() >= next_look:
            with _patience():
                fleet.next()
                fleet.decide()
            next_look = time.monotonic() + LOOK_SECONDS
        killer.restart()
        too_many = fleet.planned * plan.kills_per_launch + plan.at_once
        if sum(killer.killed.values()) >= too_many or killer.kill_one() is None:
            time.sleep(0.2)
            continue
        if (done := sum(killer.killed.values())) >= next_word:
            tell(f"{done} killed, {fleet.planned} of {len(fleet.launches)} launches planned")
            next_word = done + max(1, plan.kills // 20)
        time.sleep(killer.rng.uniform(*plan.pause))
    killer.restart_all()
    # A scheduler that knows nothing of dead workers has all its slots again.
    stack.stack.airflow.stop_one("scheduler", grace=0)
    stack.stack.airflow.start_one("scheduler")
    return killer


def heal(fleet: Fleet, plan: Plan, tell: Callable[[str], None]) -> None:
    """Wait until every launch has come to its end, triggering again what failed."""
    deadline = time.monotonic() + plan.heal_seconds
    tell(f"{fleet.give_up_unplanned()} launches had not even planned, and are given up")
    said = -1
    while time.monotonic() < deadline:
        left: list[str] | None = None
        with _patience():
            left = fleet.heal()
        if left == []:
            break
        if left is not None and len(left) != said:
            said = len(left)
            tell(f"{said} launches have still to end: {', '.join(left[:6])}")
        time.sleep(LOOK_SECONDS)
    _settle(fleet.stack, max(0.0, deadline - time.monotonic()))


def judge(fleet: Fleet) -> Verdict:
    """Return what the journal says."""
    return Oracle(fleet.stack).judge(fleet.ends())


def _settle(stack: Stack, seconds: float) -> None:
    """Wait until no outcome is open and every second look for twins that is due was taken."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        open_steps = stack.rows(
            "SELECT key FROM meta_ads.step WHERE kind <> 'video'"
            " AND (state = 'INFLIGHT' OR meta_ads.step_sweep_due(step))"
        )
        if not open_steps:
            return
        time.sleep(LOOK_SECONDS)


@contextmanager
def _patience() -> Iterator[None]:
    """Let what Airflow does not answer now be asked again at the next look."""
    with suppress(LocalStackError):
        yield
