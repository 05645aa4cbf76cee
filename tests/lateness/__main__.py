"""Measures how late launches go live when many are due in the same second."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from local_stack.postgres import LocalPostgres
from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from meta_ads.store.migrate import migrate
from tests.emulator.server import EmulatorProcess
from tests.lateness.launches import Lateness, Launches
from tests.lateness.on_airflow import on_airflow
from tests.lateness.warm_activator import APP_SECRET, TOKEN

AIM_SECONDS = 5.0
# The warm activator prepares launches 45 seconds ahead.
AHEAD_SECONDS = 60.0
GIVE_UP_SECONDS = 120.0


def alone(count: int, folder: Path) -> Lateness:
    """Let the warm activator switch them on in a process of its own, nothing else running."""
    with LocalPostgres(folder / "postgres", databases=("ads",)) as postgres:
        url = postgres.url("ads")
        migrate(url)
        emulator = EmulatorProcess(folder / "emulator")
        meta = MetaPlatform(GraphSettings(TOKEN, APP_SECRET, base_url=emulator.url))
        launches = Launches(url, meta, count)
        try:
            _tell(f"creating {count} launches")
            launches.make()
            due = launches.become_due(AHEAD_SECONDS)
            _tell(f"all are due at {due:%T} UTC")
            words = [sys.executable, "-m", "tests.lateness.warm_activator", url, emulator.url]
            with (folder / "activator.log").open("w") as log:
                subprocess.run([*words, str(AHEAD_SECONDS + 30)], stderr=log, check=True)
            launches.wait_until_live(GIVE_UP_SECONDS)
            rows = ((row["object_id"], row["time"], row["params"]) for row in emulator.journal())
            return launches.lateness(rows, due)
        finally:
            launches.close()
            emulator.stop()


VARIANTS: Mapping[str, tuple[str, Callable[[int, Path], Lateness]]] = {
    "alone": ("the warm activator alone", alone),
    "both": (
        "gates in Airflow and the warm activator",
        lambda count, folder: on_airflow(count, folder, _tell, triggerer_dies=False),
    ),
    "no-triggerer": (
        "the same, the triggerer killed before the gates open",
        lambda count, folder: on_airflow(count, folder, _tell, triggerer_dies=True),
    ),
}


def main() -> int:
    """Run the command line; return 1 when a launch was early or missing, or the aim missed."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench_activation",
        description="Measure how late launches go live that are all due in the same second.",
    )
    parser.add_argument("--launches", type=int, default=200, metavar="N", help="(%(default)s)")
    parser.add_argument(
        "--variant", choices=(*VARIANTS, "all"), default="all", help="(%(default)s)"
    )
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave logs and data there")
    asked = parser.parse_args()
    good = True
    for name, (words, measure) in VARIANTS.items():
        if asked.variant not in (name, "all"):
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
            folder = (asked.keep or Path(temporary)) / name
            folder.mkdir(parents=True)
            lateness = measure(asked.launches, folder)
        print(f"{words}: {lateness} ({time.monotonic() - began:.0f} s in all)", flush=True)
        good = good and not lateness.early and not lateness.missing
        if lateness.at(0.99) > AIM_SECONDS:
            print(f"    the aim, p99 within {AIM_SECONDS:.0f} s, is missed", flush=True)
            good = False
    return 0 if good else 1


def _tell(line: str) -> None:
    print(f"{time.strftime('%T')}  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
