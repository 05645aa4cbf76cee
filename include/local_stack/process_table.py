"""What the operating system knows about running processes.

Each process of the stack leads a session of its own. What it starts, its family, is the unit that
is watched, measured and ended.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_HAS_PROC = sys.platform == "linux"


@dataclass(frozen=True)
class Identity:
    """One process for good: its number may be given to another, its start time too, not both."""

    pid: int
    started: str


def identity(pid: int) -> Identity | None:
    """Return who runs under this number now, or None when nobody does."""
    if _HAS_PROC:
        fields = _stat(pid)
        if fields is None or fields[0] in "ZX":
            return None
        return Identity(pid, f"{_boot_id()}:{fields[19]}")
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    if len(answer) < 2 or answer[0].startswith("Z"):
        return None
    return Identity(pid, answer[1].strip())


def is_alive(process: Identity) -> bool:
    """Tell whether exactly this process still runs."""
    return identity(process.pid) == process


def families(leaders: Collection[int]) -> dict[int, set[int]]:
    """Return, for each leader, it and everything it started that still runs; zombies do not count.

    That is its session, which orphans stay in, and its descendants, which may have left it
    (Postgres gives each of its processes a session). Where there is no /proc, its process group
    stands in for its session.
    """
    rows = _all_processes()
    children: dict[int, set[int]] = {}
    sessions: dict[int, set[int]] = {}
    for pid, parent, session in rows:
        children.setdefault(parent, set()).add(pid)
        sessions.setdefault(session, set()).add(pid)
    alive = {pid for pid, _, _ in rows}
    return {
        leader: _with_descendants({leader} & alive | sessions.get(leader, set()), children)
        for leader in leaders
    }


def send(signal_number: signal.Signals, pids: set[int]) -> None:
    """Send a signal to each of the processes; those that are gone already do not matter."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal_number)


def memory_bytes(pids: set[int]) -> int:
    """Return what the processes take together, in bytes, shared pages counted once.

    The proportional set size where the kernel tells it, else the resident set size.
    """
    return sum(_memory_of(pid) for pid in pids)


def uses_folder(folder: Path) -> set[int]:
    """Return the processes whose working folder this is, as far as this user may look."""
    if not _HAS_PROC:
        return set()
    users = set()
    for entry in os.listdir(_PROC):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                if os.readlink(_PROC / entry / "cwd") == str(folder):
                    users.add(int(entry))
    return users


def _with_descendants(roots: set[int], children: dict[int, set[int]]) -> set[int]:
    found: set[int] = set()
    new = roots
    while new:
        found |= new
        new = set().union(*(children.get(pid, set()) for pid in new)) - found
    return found


def _all_processes() -> list[tuple[int, int, int]]:
    """Return (process, parent, session) of everything that runs."""
    if not _HAS_PROC:
        listing = subprocess.run(
            ["ps", "-axo", "pid=,ppid=,pgid=,stat="], capture_output=True, text=True, check=False
        ).stdout
        rows = [line.split() for line in listing.splitlines()]
        return [
            (int(pid), int(parent), int(group))
            for pid, parent, group, state in rows
            if not state.startswith("Z")
        ]
    processes = []
    for entry in os.listdir(_PROC):
        fields = _stat(int(entry)) if entry.isdigit() else None
        if fields is not None and fields[0] not in "ZX":
            processes.append((int(entry), int(fields[1]), int(fields[3])))
    return processes


def _memory_of(pid: int) -> int:
    if not _HAS_PROC:
        answer = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout.strip()
        return int(answer or 0) * 1024
    for name, label in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        with contextlib.suppress(OSError):
            for line in (_PROC / str(pid) / name).read_text().splitlines():
                if line.startswith(label):
                    return int(line.split()[1]) * 1024
    return 0


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat from the third, the state, on."""
    try:
        content = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The second field is the program's name in parentheses and may itself hold any character.
    return content.rpartition(")")[2].split()


def _boot_id() -> str:
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
