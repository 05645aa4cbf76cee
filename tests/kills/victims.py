"""Which process dies next. Airflow 3 runs a task in three generations of processes.

The scheduler forks LocalExecutor's workers; each supervises one task at a time, and forks the
process the task's code runs in. A SIGKILL of a supervisor leaves its task alive.
"""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from local_stack.process_table import Identity, families, identity, is_alive
from tests.e2e.conftest import Stack

TASK, SUPERVISOR, SCHEDULER, TRIGGERER = "task", "task supervisor", "scheduler", "triggerer"
# Shares of the victims: services take seconds to come back, in which nothing can be killed.
SHARES = {TASK: 54, SUPERVISOR: 32, SCHEDULER: 5, TRIGGERER: 9}
# So many of the tasks killed are to be in the middle of a call to Meta.
AIMED = 0.75
_SUPERVISES = re.compile(r"airflow worker -- LocalExecutor: [0-9a-f-]{36}")
_OWNER = re.compile(r"@(\d+)-")
# So long a killed scheduler's workers live on before the init system ends what is left of it.
LINGER_SECONDS = 6.0
# So long a victim is waited for before another class is drawn: services are there at all times, and
# would otherwise die in place of tasks.
PATIENCE_SECONDS = 20.0
# So long a call is waited for before the classes' turn is looked at again.
CALL_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Running:
    """One task that runs now: its supervisor and the process of its code."""

    supervisor: Identity
    task: Identity


@dataclass
class Killer:
    """Kills processes of a stack, and starts services again as an init system would.

    `met` counts, by the kind of step, the kills that were aimed at a task between the intent of a
    call to Meta and its record.
    """

    stack: Stack
    rng: random.Random
    killed: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    orphans: list[Identity] = field(default_factory=list)
    _next: str | None = None
    _give_up: float = 0.0
    _lingering: dict[str, float] = field(default_factory=dict)

    def kill_one(self) -> str | None:
        """Kill one process of a class drawn at random, and return the class.

        None when there is no such process now: the next call looks for it again.
        """
        if self._next is None or time.monotonic() > self._give_up:
            self._next = self.rng.choices(list(SHARES), weights=list(SHARES.values()))[0]
            self._give_up = time.monotonic() + PATIENCE_SECONDS
        what = self._next
        killed = (
            self._kill_service(what) if what in (SCHEDULER, TRIGGERER) else self._kill_of_task(what)
        )
        if not killed:
            return None
        self._next = None
        self.killed[what] += 1
        return what

    def restart(self) -> None:
        """Start again what was killed, once the rest of it has had its time."""
        for name, since in list(self._lingering.items()):
            if time.monotonic() >= since:
                del self._lingering[name]
                self.stack.stack.airflow.stop_one(name, grace=0)
                self.stack.stack.airflow.start_one(name)

    def restart_all(self) -> None:
        """Start everything again that is not running."""
        self._lingering = dict.fromkeys(self._lingering, 0.0)
        self.restart()

    def _kill_service(self, name: str) -> bool:
        if name in self._lingering:
            return False
        pid = self._leader(name)
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        linger = self.rng.uniform(0, LINGER_SECONDS)
        self._lingering[name] = time.monotonic() + linger
        return True

    def _kill_of_task(self, what: str) -> bool:
        running = self._running()
        if not running:
            return False
        if self.rng.random() < AIMED:
            called = self._calling(running)
            if called is None:
                return False
            chosen, kind = called
        else:
            chosen, kind = self.rng.choice(running), None
        victim = chosen.task if what == TASK else chosen.supervisor
        if not is_alive(victim):
            return False
        with suppress(ProcessLookupError):
            os.kill(victim.pid, signal.SIGKILL)
        if kind is not None:
            self.met[kind] += 1
        if what == SUPERVISOR:
            self.orphans.append(chosen.task)
        return True

    def _calling(self, running: list[Running]) -> tuple[Running, str] | None:
        """Return a task whose call to Meta is under way, and the kind of its step, within seconds.

        Uploads take so much longer than creates that they are taken only when no create comes.
        """
        began = time.monotonic()
        while (waited := time.monotonic() - began) < CALL_PATIENCE_SECONDS:
            rows = self.stack.rows(
                "SELECT kind, lease_owner FROM meta_ads.step WHERE state = 'INFLIGHT'"
                " AND lease_until > clock_timestamp() AND lease_owner IS NOT NULL"
                " AND (kind NOT IN ('video', 'image') OR %s)",
                waited > CALL_PATIENCE_SECONDS / 2,
            )
            kinds = {int(m[1]): r["kind"] for r in rows if (m := _OWNER.search(r["lease_owner"]))}
            for one in running:
                if one.task.pid in kinds and is_alive(one.task):
                    return one, kinds[one.task.pid]
            time.sleep(0.05)
            running = self._running()
        return None

    def _running(self) -> list[Running]:
        leader = self._leader("scheduler")
        if leader is None:
            return []
        found = []
        family = families([leader])[leader]
        parents = {pid: _parent(pid) for pid in family}
        for pid in family:
            if not _SUPERVISES.search(_words(pid)) or parents[pid] != leader:
                continue
            for child in (other for other, parent in parents.items() if parent == pid):
                supervisor, task = identity(pid), identity(child)
                if supervisor and task:
                    found.append(Running(supervisor, task))
        return found

    def _leader(self, name: str) -> int | None:
        for child in self.stack.stack.processes.children:
            if child.command.name == f"airflow {name}" and child.exit_code is None:
                return child.pid
        return None


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _parent(pid: int) -> int | None:
    try:
        content = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return int(content.rpartition(")")[2].split()[1])
