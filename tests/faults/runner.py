"""Runs cells in several processes, each with a world of its own, and counts what they showed."""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.cells import Cell, Verdict, run_cell
from tests.faults.launches import make_base
from tests.faults.world import World, world

# Lists at Meta grow with every cell; a new start keeps searches short.
CELLS_PER_BASE = 120
MEMORY = Path("/dev/shm")


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a temporary folder, in memory where the machine has such a file system."""
    parent = MEMORY if os.access(MEMORY, os.W_OK) else None
    path = Path(tempfile.mkdtemp(prefix="adlaunch-faults-", dir=parent))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def run_cells(here: World, cells: Iterable[Cell]) -> Iterator[Verdict]:
    """Run cells one after the other in one world."""
    for number, cell in enumerate(cells):
        if number % CELLS_PER_BASE == 0:
            here.forget()
            base = make_base(here)
        yield run_cell(here, base, cell)


def _work(todo: Any, done: Any) -> None:
    """Run what the queue holds, a few cells at a time, until it holds None."""
    # What the product says of a token that dies is no news here.
    logging.disable(logging.WARNING)
    with folder() as path, world(path) as here:
        while (cells := todo.get()) is not None:
            for verdict in run_cells(here, cells):
                done.put(verdict)
    done.put(None)


def in_processes(cells: Sequence[Cell], jobs: int) -> Iterator[Verdict]:
    """Yield the verdicts of all cells as they come, from `jobs` processes."""
    context = multiprocessing.get_context("spawn")
    todo, done = context.Queue(), context.Queue()
    batch = min(CELLS_PER_BASE, -(-len(cells) // jobs))
    for start in range(0, len(cells), batch):
        todo.put(cells[start : start + batch])
    workers = [context.Process(target=_work, args=(todo, done)) for _ in range(jobs)]
    for worker in workers:
        todo.put(None)
        worker.start()
    running = jobs
    while running:
        verdict = done.get(timeout=120)
        if verdict is None:
            running -= 1
        else:
            yield verdict
    for worker in workers:
        worker.join()


@dataclass
class Tally:
    """Counts of cells by fault and by step, and of violations by oracle."""

    cells: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    failed_steps: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    residual: Counter[str] = field(default_factory=Counter)
    residual_names: Counter[str] = field(default_factory=Counter)
    oracles: Counter[str] = field(default_factory=Counter)
    bad: list[Verdict] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        fault = verdict.cell.fault
        self.cells[fault] += 1
        self.steps[verdict.cell.step] += 1
        self.residual[fault] += bool(verdict.residuals)
        self.residual_names.update(verdict.residuals)
        if verdict.violations:
            self.failed[fault] += 1
            self.failed_steps[verdict.cell.step] += 1
            self.bad.append(verdict)
        self.oracles.update({name for name, _ in verdict.violations})

    @property
    def total(self) -> int:
        """How many cells were run."""
        return sum(self.cells.values())
