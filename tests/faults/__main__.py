"""Runs the fault matrix, or the state machine, and prints what was injected and what broke."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time

from tests.faults.cells import Cell, matrix
from tests.faults.injections import BY_NAME
from tests.faults.residuals import residuals
from tests.faults.runner import Tally, in_processes
from tests.faults.scenarios import BY_NAME as BY_STEP

ORACLES = {
    "duplicate": "objects left at Meta besides the recorded one",
    "lost": "steps or launches that end neither done nor held",
    "commits": "calls carried out more than once outside the residual classes",
    "unapproved": "campaigns on without leave",
    "early": "campaigns on before their time",
    "overspent": "changes that let more be spent than people allowed",
    "unpaused": "objects not created paused",
    "foreign": "writes to objects that are not recorded",
    "parents": "children before their parents",
    "unexplained": "objects no attempt accounts for",
    "redone": "steps recorded with a second object",
    "content": "objects with other content than planned, videos with other bytes",
    "unquiet": "second healing passes that changed something",
    "crashed": "errors that are none of the product's",
    "not struck": "cells whose fault never happened",
}
PROGRESS = 500


def main() -> int:
    """Run the command line; return 1 when anything was violated."""
    asked = _arguments()
    if asked.stateful:
        from tests.faults.stateful import run_stateful

        return run_stateful(asked.stateful, asked.jobs, asked.seed)
    cells = [cell for cell in matrix() if asked.only.lower() in f"{cell} | {_family(cell)}".lower()]
    random.Random(asked.seed).shuffle(cells)
    cells = cells[: asked.cells or None]
    print(f"{len(cells)} cells in {asked.jobs} processes", flush=True)
    tally = Tally()
    for verdict in in_processes(cells, asked.jobs):
        tally.add(verdict)
        if verdict.violations:
            print(f"FAILED  {verdict.cell}")
            for oracle, detail in verdict.violations:
                print(f"    {oracle}: {detail}")
            for line in verdict.history:
                print(f"        {line}")
        if tally.total % PROGRESS == 0:
            print(f"{tally.total} cells, {time.monotonic() - tally.started:.0f} s", flush=True)
    _report(tally, len(cells))
    return 1 if tally.bad or tally.total != len(cells) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/faults", description="Inject every fault at every instant of every step."
    )
    parser.add_argument("--seed", type=int, default=0, help="order of the cells (%(default)s)")
    parser.add_argument("--cells", type=int, default=0, metavar="N", help="only N of them")
    parser.add_argument(
        "--only",
        default="",
        metavar="TEXT",
        help="only cells whose step, fault, instant or class holds the text",
    )
    # One more than processors: a world waits now and then, such as for a Postgres that starts.
    jobs = (os.cpu_count() or 1) + 1
    parser.add_argument("--jobs", type=int, default=jobs, help="processes (%(default)s)")
    parser.add_argument(
        "--stateful", type=int, default=0, metavar="N", help="run N examples of the state machine"
    )
    return parser.parse_args()


def _family(cell: Cell) -> str:
    return BY_NAME[cell.fault].family


def _report(tally: Tally, wanted: int) -> None:
    print(f"\n{'fault':34} {'cells':>6} {'failed':>7} {'residual':>9}")
    cuts = sum(count for fault, count in tally.cells.items() if BY_NAME[fault].offset is not None)
    for fault, injection in BY_NAME.items():
        if injection.offset is None and tally.cells[fault]:
            _line(fault, tally.cells[fault], tally.failed[fault], tally.residual[fault])
    if cuts:
        failed = sum(c for fault, c in tally.failed.items() if BY_NAME[fault].offset is not None)
        _line("upload ended at a random byte", cuts, failed, 0)
    _line("all", tally.total, len(tally.bad), sum(tally.residual.values()))
    print(f"\n{'step':34} {'cells':>6} {'failed':>7}")
    for step in BY_STEP:
        if tally.steps[step]:
            print(f"{step:34} {tally.steps[step]:6} {tally.failed_steps[step]:7}")
    print("\nviolations by oracle")
    for oracle, words in ORACLES.items():
        print(f"{tally.oracles[oracle]:6}  {oracle}: {words}")
    print("\nresidual classes (tests/faults/residuals.yaml)")
    for residual in residuals():
        print(f"{tally.residual_names[residual.name]:6}  {residual.name}")
    seconds = time.monotonic() - tally.started
    speed = tally.total / seconds
    print(f"\n{tally.total} of {wanted} cells in {seconds:.0f} s, {speed:.1f} a second")


def _line(fault: str, cells: int, failed: int, residual: int) -> None:
    print(f"{fault:34} {cells:6} {failed:7} {residual:9}")


if __name__ == "__main__":
    sys.exit(main())
