"""Compare this package's sync of insights with the earlier design: rows a second, and memory.

Both read the same account from the same server into the same Postgres, in processes of their own,
one after the other: a first load, and the same days again a day later, when Meta has restated
them. Every ad and day has 8 actions, each stored as a row. The earlier design is requests, pandas,
DELETE by range and to_sql(chunksize=1000), all in one process that waits for each step.

The rows come from memory: recorded at the emulator first, whose arithmetic would otherwise be most
of the time. `--from-emulator` measures with it: then both designs mostly wait.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from local_stack.postgres import LocalPostgres
from meta_ads.store.migrate import migrate
from tests.emulator.server import EmulatorProcess
from tests.speed.insights.recording import (
    DAY_SECONDS,
    Recording,
    emulator,
    finished_days,
    recordings_in,
)
from tests.speed.insights.sameness import PAIRS, fingerprint

HERE = Path(__file__).parent
GOAL = 8.0
MOST_MEGABYTES = 150.0
PHASES = ("first load", "reload a day later")


@dataclass(frozen=True)
class Bench:
    """The databases of both designs, and the days they read."""

    postgres: LocalPostgres
    earlier_python: Path
    since: date
    until: date

    def prepare(self) -> None:
        """Make empty tables for both."""
        self.postgres.create_database("ours")
        migrate(self.postgres.url("ours"))
        self.postgres.create_database("earlier")
        with psycopg.connect(self.postgres.url("earlier")) as connection:
            connection.execute((HERE / "earlier.sql").read_text())

    def earlier(self, url: str) -> dict[str, Any]:
        """Load by the earlier design; return what its process measured."""
        program = [str(self.earlier_python), str(HERE / "earlier.py")]
        return _measured(
            [*program, self.postgres.url("earlier"), url, str(self.since), str(self.until), "SGD"]
        )

    def ours(self, url: str) -> dict[str, Any]:
        """Load by this package; return what its process measured."""
        program = [sys.executable, "-m", "tests.speed.insights.ours"]
        return _measured(
            [*program, self.postgres.url("ours"), url, str(self.since), str(self.until)]
        )

    def differences(self) -> list[str]:
        """Return a line for each table in which both designs did not store the same."""
        found = []
        for name, (mine, theirs) in PAIRS.items():
            ours = _one(self.postgres.url("ours"), fingerprint(mine))
            earlier = _one(self.postgres.url("earlier"), fingerprint(theirs))
            if ours != earlier:
                found.append(f"{name}: ours {ours}, earlier {earlier}")
        return found


def _one(url: str, query: str) -> Any:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()  # type: ignore[arg-type]


def _measured(command: Sequence[str]) -> dict[str, Any]:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _work(numbers: dict[str, Any]) -> float:
    """Return the processor's seconds, which other programs on the machine change little."""
    return float(numbers["busy"] + numbers["server_busy"])


def _tell(text: str) -> None:
    print(text, flush=True)


def _shown(name: str, numbers: dict[str, Any]) -> str:
    parts = "".join(f", {part} {took:.1f} s" for part, took in numbers.get("parts", {}).items())
    return (
        f"  {name:8} {numbers['rows']:,} rows in {numbers['seconds']:.1f} s{parts}: "
        f"{numbers['rows'] / numbers['seconds']:,.0f} rows/s; worked {numbers['busy']:.1f} s, "
        f"Postgres {numbers['server_busy']:.1f} s; memory at most "
        f"{numbers['peak']:.0f} MB, {numbers['peak'] - numbers['idle']:.0f} over the idle process"
    )


def compare(bench: Bench, sources: Iterator[str]) -> bool:
    """Print both designs' numbers; return whether all goals are met."""
    met = True
    for phase, url in zip(PHASES, sources, strict=True):
        earlier, ours = bench.earlier(url), bench.ours(url)
        ratio = earlier["seconds"] / ours["seconds"]
        work = _work(earlier) / _work(ours)
        _tell(
            f"{phase}: {ratio:.1f} times as fast, the goal is {GOAL:.0f}; "
            f"{work:.1f} times less work for the processors"
        )
        _tell(_shown("earlier", earlier))
        _tell(_shown("ours", ours))
        differing = bench.differences()
        _tell("  " + ("; ".join(differing) or "both stored the same rows"))
        met &= ratio >= GOAL and not differing
    return met


def alone(bench: Bench, sources: Iterator[str]) -> bool:
    """Print this package's numbers; return whether it keeps within its memory."""
    met = True
    for phase, url in zip(PHASES, sources, strict=True):
        ours = bench.ours(url)
        _tell(f"{phase}: at most {MOST_MEGABYTES:.0f} MB over the idle process are allowed")
        _tell(_shown("ours", ours))
        met &= ours["peak"] - ours["idle"] <= MOST_MEGABYTES
    return met


def live(server: EmulatorProcess) -> Iterator[str]:
    """Yield the emulator's address today and a day later."""
    for _ in PHASES:
        yield server.url
        server.pass_time(DAY_SECONDS)


def replayed(recordings: Sequence[Recording], rows: int) -> Iterator[str]:
    """Yield the address of a server of each recording, with at least so many rows."""
    for one in recordings:
        command = [sys.executable, "-m", "tests.speed.insights.replay"]
        command += [str(one.file), str(max(1, -(-rows // one.rows)))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                yield server.stdout.readline().strip()
            finally:
                server.terminate()


def main() -> int:
    """Print the comparison; 1 when a goal is not met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--earlier-python", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--from-emulator", action="store_true", help="measure with the emulator")
    parser.add_argument("--rows", type=int, default=0, help="only this package, with so many rows")
    parser.add_argument("--only-ours", action="store_true", help="only this package")
    parser.add_argument("--recordings", type=Path, help="a folder that keeps what was recorded")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        if asked.from_emulator:
            server = stack.enter_context(emulator(folder))
            days, sources = finished_days(server), live(server)
        else:
            recordings = recordings_in(asked.recordings or folder)
            days, sources = recordings[0].days, replayed(recordings, asked.rows)
        postgres = stack.enter_context(LocalPostgres(folder / "postgres", databases=("ads",)))
        bench = Bench(postgres, asked.earlier_python, *days)
        bench.prepare()
        measure = alone if asked.rows or asked.only_ours else compare
        return int(not measure(bench, sources))


if __name__ == "__main__":
    sys.exit(main())
