"""The stack's child processes: started, watched, stopped, and never left behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from local_stack import guardian, launch
from local_stack.errors import LocalStackError, NotReady, ProcessDied
from local_stack.process_table import Identity, families, identity, is_alive, uses_folder

_POLL_SECONDS = 0.1
_LOG_LINES_SHOWN = 25


@dataclass(frozen=True)
class UnixUser:
    """A user to run a process as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Command:
    """One program to run: its words, environment, working folder and the file its output goes to.

    `stop_signal` asks it to end in good order. `user` is another user to run it as, for root only.
    """

    name: str
    words: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    folder: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    user: UnixUser | None = None


class ChildProcess:
    """A running command. Made by ProcessSet.start."""

    def __init__(self, command: Command) -> None:
        self.command = command
        user = command.user
        # The kernel sends the signal when the starting *thread* ends, so only the main one may ask.
        parent_signal = (
            command.stop_signal if threading.current_thread() is threading.main_thread() else 0
        )
        command.log.parent.mkdir(parents=True, exist_ok=True)
        with command.log.open("ab") as log:
            self._popen = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    launch.__file__,
                    str(os.getpid()),
                    str(int(parent_signal)),
                    str(user.uid if user else -1),
                    str(user.gid if user else -1),
                    *command.words,
                ],
                env=dict(command.environment),
                cwd=command.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code once it has ended (a signal as its negative number), else None."""
        return self._popen.poll()

    def check(self) -> None:
        """Raise ProcessDied, with the end of its log, when it no longer runs."""
        if self.exit_code is not None:
            raise ProcessDied(
                f"{self.command.name} ended with exit code {self.exit_code}. "
                f"The end of {self.command.log}:\n{log_end(self.command.log)}"
            )

    def wait(self, timeout: float) -> int:
        """Wait until it has ended by itself and return its exit code.

        Raises NotReady when it still runs after `timeout` seconds.
        """
        try:
            return self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise NotReady(
                f"{self.command.name} did not end within {timeout:.0f} s. "
                f"The end of {self.command.log}:\n{log_end(self.command.log)}"
            ) from None

    def reap(self) -> None:
        """Take the exit code of the ended process, so that no zombie is left."""
        self._popen.wait()


class ProcessSet:
    """Child processes that end together, whatever ends their parent.

    `record` is a file that lists them for `stop_recorded` of a later run.
    """

    def __init__(self, record: Path | None = None) -> None:
        self._record = record
        self._children: list[ChildProcess] = []
        self._guardian: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self, command: Command) -> ChildProcess:
        """Start the command and return at once."""
        child = ChildProcess(command)
        self._children.append(child)
        self._tell_guardian(f"+ {child.pid} {int(command.stop_signal)}")
        self._write_record()
        return child

    def run(self, command: Command, timeout: float) -> None:
        """Run the command to its end; raise ProcessDied unless it exits 0 in `timeout` seconds."""
        child = self.start(command)
        try:
            if child.wait(timeout) != 0:
                child.check()
        finally:
            self.stop(child)

    def wait_until(
        self,
        what: str,
        ready: Callable[[], bool],
        timeout: float,
        needs: list[ChildProcess] | None = None,
    ) -> None:
        """Wait until `ready()`, asked ten times a second.

        Raises ProcessDied as soon as one of `needs` (default: all) has ended, NotReady after
        `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while not ready():
            for child in self._children if needs is None else needs:
                child.check()
            if time.monotonic() > deadline:
                raise NotReady(f"{what} was not ready within {timeout:.0f} s. {self._logs()}")
            time.sleep(_POLL_SECONDS)

    def check(self) -> None:
        """Raise ProcessDied when any of the processes has ended by itself."""
        for child in self._children:
            child.check()

    @property
    def children(self) -> tuple[ChildProcess, ...]:
        """Those started and not stopped, in the order of their start."""
        return tuple(self._children)

    def pids(self) -> set[int]:
        """Return every process of the set, those the children started themselves included."""
        return set().union(*families([child.pid for child in self.children]).values())

    def stop(self, *children: ChildProcess, grace: float = guardian.GRACE_SECONDS) -> None:
        """Stop these children at the same time, with everything they started.

        What still runs after `grace` seconds is killed. Returns when nothing is left.
        """
        guardian.end_families({child.pid: child.command.stop_signal for child in children}, grace)
        for child in children:
            child.reap()
            self._tell_guardian(f"- {child.pid}")
            with contextlib.suppress(ValueError):
                self._children.remove(child)
        self._write_record()

    def close(self, grace: float = guardian.GRACE_SECONDS) -> None:
        """Stop all of them, and the guardian."""
        self.stop(*self._children, grace=grace)
        if self._guardian is not None:
            self._pipe.close()
            self._guardian.wait()
            self._guardian = None
        if self._record is not None:
            self._record.unlink(missing_ok=True)

    @property
    def _pipe(self) -> IO[str]:
        if self._guardian is None:
            self._guardian = subprocess.Popen(
                [sys.executable, "-S", "-m", guardian.__name__],
                env={"PYTHONPATH": str(Path(guardian.__file__).parent.parent)},
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                text=True,
            )
        if self._guardian.stdin is None:
            raise LocalStackError("the guardian process has no pipe")
        return self._guardian.stdin

    def _tell_guardian(self, line: str) -> None:
        # A guardian killed by hand is a lost safety net, no reason to end what runs.
        with contextlib.suppress(BrokenPipeError):
            print(line, file=self._pipe, flush=True)

    def _logs(self) -> str:
        return "Its logs:\n" + "\n".join(str(child.command.log) for child in self._children)

    def _write_record(self) -> None:
        if self._record is None:
            return
        rows = []
        for child in self._children:
            who = identity(child.pid)
            if who is not None:
                rows.append(
                    {
                        "name": child.command.name,
                        "pid": who.pid,
                        "started": who.started,
                        "stop_signal": int(child.command.stop_signal),
                        "folder": str(child.command.folder),
                    }
                )
        self._record.parent.mkdir(parents=True, exist_ok=True)
        self._record.write_text(json.dumps(rows, indent=1))


def stop_recorded(record: Path) -> list[str]:
    """Stop the processes a killed run has listed in this file and left; return their names.

    A process counts as left only if number and start time are those recorded. What it started
    counts when it is gone itself, still forms its session and works in its private folder.
    """
    try:
        rows = json.loads(record.read_text())
    except FileNotFoundError:
        return []
    except ValueError:
        # Cut off by a kill or a full disk while it was written: nobody to be sure of.
        rows = []
    left = [row for row in rows if is_alive(Identity(row["pid"], row["started"])) or _orphans(row)]
    guardian.end_families({row["pid"]: signal.Signals(row["stop_signal"]) for row in left})
    record.unlink()
    return [row["name"] for row in left]


def _orphans(row: dict[str, Any]) -> set[int]:
    leader, folder = row["pid"], Path(row["folder"])
    if identity(leader) is not None or folder == Path("/"):
        return set()
    return families([leader])[leader] & uses_folder(folder)


def log_end(log: Path, lines: int = _LOG_LINES_SHOWN) -> str:
    """Return the last lines of a log file, indented; a note when there are none."""
    try:
        content = log.read_text(errors="replace").splitlines()
    except OSError:
        content = []
    return "\n".join(f"    {line}" for line in content[-lines:]) or "    (empty)"
