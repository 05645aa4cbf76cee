"""The folder one stack keeps its state in, held by one stack at a time."""

import fcntl
import json
import os
import signal
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from local_stack.errors import AlreadyRunning, LocalStackError, NotReady
from local_stack.process_table import Identity, identity, is_alive, send
from local_stack.processes import stop_recorded

_STOP_SECONDS = 60.0
_POLL_SECONDS = 0.1


class StateFolder:
    """Folders and files of a stack's state; a context manager that holds the folder.

    The hold is a lock of the operating system's, so it ends with its holder, however that ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.postgres = self.path / "postgres"
        self.airflow = self.path / "airflow"
        self.emulator = self.path / "emulator"
        self.logs = self.path / "logs"
        self.processes = self.path / "processes.json"
        self._lock_file = self.path / "lock"
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        self.hold()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def hold(self) -> None:
        """Take the folder for this process.

        Raises AlreadyRunning when another one holds it, LocalStackError when it cannot be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = self._lock_file.open("a+")
        except OSError as error:
            raise LocalStackError(
                f"cannot write to {self.path}: {error.strerror}. Name another folder for the "
                "state: --state FOLDER"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            holder = self.holder()
            raise AlreadyRunning(
                f"another stack ({f'process {holder.pid}' if holder else 'just starting'}) runs "
                f"in {self.path}. Stop it with Ctrl-C where it runs or with scripts/stop, or name "
                "another folder for this one: --state FOLDER"
            ) from None
        lock.truncate(0)
        me = identity(os.getpid())
        if me is not None:
            json.dump({"pid": me.pid, "started": me.started}, lock)
            lock.flush()
        self._lock = lock

    def release(self) -> None:
        """Give the folder back."""
        if self._lock is not None:
            self._lock.truncate(0)
            self._lock.close()
            self._lock = None

    def holder(self) -> Identity | None:
        """Return the living process that holds the folder, None when nobody does."""
        try:
            holder = Identity(**json.loads(self._lock_file.read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return holder if is_alive(holder) else None

    def end_earlier_run(self) -> list[str]:
        """Stop what a killed run has left behind; return the names. For the holder only."""
        return stop_recorded(self.processes)

    def stop_holder(self) -> bool:
        """Ask the stack that holds the folder to stop, and wait until it has. False: nobody does.

        Raises NotReady when it has not stopped within a minute.
        """
        holder = self.holder()
        if holder is None:
            return False
        send(signal.SIGTERM, {holder.pid})
        deadline = time.monotonic() + _STOP_SECONDS
        while is_alive(holder):
            if time.monotonic() > deadline:
                raise NotReady(
                    f"the stack in {self.path} (process {holder.pid}) did not stop within "
                    f"{_STOP_SECONDS:.0f} s. End it with: kill -9 {holder.pid}"
                )
            time.sleep(_POLL_SECONDS)
        return True
