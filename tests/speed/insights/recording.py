"""Writes down an account's rows as the emulator gives them: one a line, ad by ad, day by day."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.emulator.server import EmulatorProcess, Graph
from tests.speed.insights.account import ACCOUNT, WORLD, cut, question

DAY_SECONDS = 86400
# The days of the account that are over, wherever on earth this is.
_DAYS = 27
_NAMES = ("first.jsonl", "a_day_later.jsonl")


@dataclass(frozen=True)
class Recording:
    """A file of recorded rows: the account's facts in its first line, then a row in each."""

    file: Path

    @property
    def rows(self) -> int:
        """How many rows there are."""
        with self.file.open() as lines:
            return sum(1 for _ in lines) - 1

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        with self.file.open() as lines:
            next(lines)
            days = [json.loads(next(lines))["date_start"] for _ in range(_DAYS)]
        return date.fromisoformat(min(days)), date.fromisoformat(max(days))


@contextmanager
def emulator(folder: Path) -> Iterator[EmulatorProcess]:
    """Yield a server of the account, with its state in the folder."""
    server = EmulatorProcess(folder / "emulator", "--world", str(WORLD), "--tier", "unlimited")
    server.http.timeout = 300
    try:
        yield server
    finally:
        server.stop()


def finished_days(server: EmulatorProcess) -> tuple[date, date]:
    """Return the first and the last day that is over."""
    today = datetime.fromisoformat(server.control("GET", "clock")["now"]).date()
    return today - timedelta(days=_DAYS), today - timedelta(days=1)


def recordings_in(folder: Path) -> list[Recording]:
    """Return the recordings of two days in a row; they are made when the folder has none."""
    files = [folder / name for name in _NAMES]
    if not all(file.exists() for file in files):
        with tempfile.TemporaryDirectory() as state, emulator(Path(state)) as server:
            days = finished_days(server)
            for file in files:
                _record(server, *days, file)
                server.pass_time(DAY_SECONDS)
    return [Recording(file) for file in files]


def _record(server: EmulatorProcess, since: date, until: date, into: Path) -> None:
    graph = Graph(server)
    asked: dict[str, str] = question(since.isoformat(), until.isoformat())
    unfinished = into.with_suffix(".unfinished")
    with unfinished.open("w") as file:
        facts = graph.get(ACCOUNT, fields="id,name,account_status,currency,timezone_name")
        file.write(json.dumps(facts) + "\n")
        while True:
            page = graph.get(f"{ACCOUNT}/insights", **asked)
            for row in page["data"]:
                file.write(json.dumps(cut(row), separators=(",", ":")) + "\n")
            if "next" not in page["paging"]:
                break
            asked["after"] = page["paging"]["cursors"]["after"]
    unfinished.rename(into)
