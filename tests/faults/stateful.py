"""Runs the state machine for many examples in several processes, and counts what was injected."""

from __future__ import annotations

import logging
import multiprocessing
import time
import traceback
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.machine import Machine
from tests.faults.runner import folder
from tests.faults.stage import Shared
from tests.faults.world import World, world

STEPS = 15


def stateful_settings(examples: int, *, derandomize: bool = False, shrink: bool = True) -> settings:
    """Return settings for so many examples; time limits mean nothing on a shared machine."""
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=derandomize,
        database=None,
        print_blob=True,
        verbosity=Verbosity.normal,
        phases=(Phase.explicit, Phase.generate, *((Phase.shrink,) if shrink else ())),
        suppress_health_check=list(HealthCheck),
    )


def machine_on(here: World) -> type[Machine]:
    """Return a machine whose examples run in this world."""
    shared = type("SharedHere", (Shared,), {"world": here, "examples": 0, "injected": Counter()})
    return type("MachineHere", (Machine,), {"shared": shared})


def _work(examples: int, number: int, done: Any) -> None:
    # What the product says of a token that dies is no news here.
    logging.disable(logging.WARNING)
    with folder() as path, world(path) as here:
        machine = machine_on(here)
        failure = None
        try:
            run_state_machine_as_test(  # type: ignore[no-untyped-call]
                seed(number)(machine), settings=stateful_settings(examples)
            )
        except BaseException:  # noqa: BLE001  # whatever it is, it is printed and counted
            failure = traceback.format_exc()
        done.put((machine.shared.examples, machine.shared.injected, failure))


def run_stateful(examples: int, jobs: int, number: int) -> int:
    """Run that many examples; print counts; return 1 when one failed."""
    context = multiprocessing.get_context("spawn")
    done = context.Queue()
    started = time.monotonic()
    share = -(-examples // jobs)
    workers = [
        context.Process(target=_work, args=(share, number * jobs + job, done))
        for job in range(jobs)
    ]
    for worker in workers:
        worker.start()
    total, injected, failures = 0, Counter[str](), []
    for _ in workers:
        ran, met, failure = done.get()
        total += ran
        injected += met
        if failure:
            failures.append(failure)
            print(failure, flush=True)
    for worker in workers:
        worker.join()
    for what, count in sorted(injected.items()):
        print(f"{count:7}  {what}")
    seconds = time.monotonic() - started
    print(f"{total} examples, {injected.total()} faults, {len(failures)} failed, {seconds:.0f} s")
    return 1 if failures or total < examples else 0
