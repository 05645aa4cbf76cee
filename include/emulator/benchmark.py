"""Measures the server: ``python -m emulator.benchmark`` prints requests per second and memory.

It fills an account, starts a server on one processor core, and calls it over HTTP from another.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from emulator.settings import DEFAULT_WORLD
from emulator.state import Object, State
from emulator.world import read_world, seed

_ACCOUNT = "act_100000000000101"
_TOKEN = "emulator-token"
_FIELDS = "name,status,effective_status,objective,daily_budget,bid_strategy,created_time,adlabels"
_ROWS_PER_WRITE = 1000


@dataclass(frozen=True)
class Load:
    """One kind of call to measure; the paths are taken in turn."""

    name: str
    method: str
    paths: list[str]
    params: dict[str, str]


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; return the exit status."""
    asked = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        identities = _fill(state, asked.campaigns)
        with _Server(state) as server:
            print(f"{asked.campaigns:,} campaigns, server memory {server.megabytes():.0f} MB")
            for load in _loads(identities, _middle(server.port, asked.campaigns)):
                _measure(server.port, load, 0.2, asked.clients)  # Warm up.
                used = server.cpu_seconds()
                answers, seconds = _measure(server.port, load, asked.seconds, asked.clients)
                cost = (server.cpu_seconds() - used) / answers
                rate = answers / seconds
                print(f"{load.name:<28} {rate:7.0f} requests/s {1000 * cost:8.2f} ms of core each")
            print(f"server memory afterwards     {server.megabytes():7.0f} MB")
    return 0


def _fill(folder: Path, count: int) -> list[str]:
    """Write ``count`` campaigns into a new state folder; return their ids."""
    state = State(folder)
    now = time.time() - 3600
    seed(state, read_world(DEFAULT_WORLD), now)
    identities = []
    for first in range(0, count, _ROWS_PER_WRITE):
        numbers = range(first, min(count, first + _ROWS_PER_WRITE))
        rows = [_campaign(state.new_id(), number, now) for number in numbers]
        state.write(rows, None)
        identities += [row.id for row in rows]
    state.close()
    return identities


def _campaign(identity: str, number: int, now: float) -> Object:
    fields = {
        "name": f"Campaign {number}",
        "objective": "OUTCOME_SALES",
        "status": "ACTIVE",
        "buying_type": "AUCTION",
        "special_ad_categories": [],
        "daily_budget": "5000",
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        "adlabels": [{"id": "1", "name": f"label {number}"}],
    }
    return Object(identity, "campaign", _ACCOUNT, (_ACCOUNT,), now, now, fields)


def _loads(identities: list[str], middle: str) -> list[Load]:
    edge = f"/v26.0/{_ACCOUNT}/campaigns"
    nodes = [f"/v26.0/{node}" for node in identities]
    named = [{"field": "name", "operator": "CONTAIN", "value": "Campaign 99"}]
    items = [{"method": "GET", "relative_url": f"{node}?fields=name"} for node in identities[:50]]
    pages = {
        "page of 25 rows, 8 fields": {},
        "the same from the middle": {"after": middle},
        "the same, filtered by name": {"filtering": json.dumps(named)},
        "the same, by status": {"effective_status": '["ACTIVE"]'},
        "the same, with total_count": {"summary": "true"},
    }
    return [
        *(Load(name, "GET", [edge], {"fields": _FIELDS, **more}) for name, more in pages.items()),
        Load("one node, 8 fields", "GET", [f"/v26.0/{n}" for n in identities], {"fields": _FIELDS}),
        Load("batch of 50 nodes", "POST", ["/v26.0/"], {"batch": json.dumps(items)}),
        Load("campaign renamed", "POST", nodes, {"name": "Renamed"}),
    ]


def _middle(port: int, count: int) -> str:
    """Return the cursor of a row far from the first."""
    limit = min(5000, max(1, count // 2))
    load = Load("cursor", "GET", [f"/v26.0/{_ACCOUNT}/campaigns"], {"limit": str(limit)})
    connection = http.client.HTTPConnection("127.0.0.1", port)
    answer = json.loads(_call(connection, load, 0))
    connection.close()
    return str(answer["paging"]["cursors"]["after"])


class _Server:
    """The emulator as a process of its own, held to the first core it may use."""

    def __init__(self, state: Path) -> None:
        options = ["--port", "0", "--state", str(state), "--tier", "unlimited"]
        self._command = [sys.executable, "-m", "emulator", *options]

    def __enter__(self) -> "_Server":
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if "listening on" not in line:
            raise RuntimeError("the emulator did not start")
        self.port = urlsplit(line.split()[-1]).port or 0
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(self._process.pid, {cores[0]})
        if len(cores) > 1:
            os.sched_setaffinity(0, set(cores[1:]))
        return self

    def __exit__(self, *problem: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def cpu_seconds(self) -> float:
        """Return the processor time the process has used, which other programs do not change."""
        text = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8")
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Return the memory the process holds now."""
        text = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8")
        line = next(row for row in text.splitlines() if row.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


def _measure(port: int, load: Load, seconds: float, clients: int) -> tuple[int, float]:
    """Call the server from several connections for so long; return the answers and the seconds."""
    answers = [0] * clients
    end = time.perf_counter() + seconds

    def run(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        number = client
        while time.perf_counter() < end:
            _call(connection, load, number)
            answers[client] += 1
            number += clients
        connection.close()

    threads = [threading.Thread(target=run, args=(client,)) for client in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answers), time.perf_counter() - begun


def _call(connection: http.client.HTTPConnection, load: Load, number: int) -> bytes:
    path, text = load.paths[number % len(load.paths)], urlencode(load.params)
    headers = {"Authorization": f"Bearer {_TOKEN}"}
    if load.method == "GET":
        connection.request("GET", f"{path}?{text}", headers=headers)
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", path, body=text, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{load.name}: {answer.status} {body[:200]!r}")
    return body


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/bench_emulator",
        description="Print how many requests per second the emulator answers on one core.",
    )
    parser.add_argument(
        "--campaigns", type=int, default=1000, help="campaigns on the account (%(default)s)"
    )
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="seconds for each kind of call (%(default)s)"
    )
    parser.add_argument("--clients", type=int, default=4, help="connections at once (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
