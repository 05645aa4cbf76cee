"""A Postgres server of our own, or the user's, for the demo and the tests."""

import contextlib
import os
import secrets
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from local_stack.databases import create_database
from local_stack.errors import LocalStackError, ProcessDied
from local_stack.ports import LOOPBACK, free_port
from local_stack.postgres_binaries import PostgresBinaries
from local_stack.postgres_home import PostgresHome
from local_stack.process_table import identity, send, uses_folder
from local_stack.processes import ChildProcess, Command, ProcessSet, log_end

_SUPERUSER = "adlaunch"
_READY_SECONDS = 60.0
_STOP_SECONDS = 15.0
_PORT_ATTEMPTS = 5
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    # A socket's path may have about 100 characters, which a deep clone exceeds; TCP is enough.
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "timezone": "UTC",
    "jit": "off",
}
# Commits are still handed to the operating system, so they survive the death of the server.
_THROWAWAY = {"fsync": "off", "full_page_writes": "off"}


class LocalPostgres:
    """A Postgres server on the loopback address with its data in `folder`.

    A context manager: started and with `databases` inside it, stopped after it. `port` 0 is any
    free one; it stays the same over restarts. What is not `durable` is faster, is lost when the
    machine, not merely Postgres, goes down, and is removed at the end. Also usable as root: the
    server then runs as another user, with its files in a private folder below the temporary ones
    where that user cannot reach `folder`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        durable: bool = False,
        databases: tuple[str, ...] = ("airflow", "ads"),
        processes: ProcessSet | None = None,
    ) -> None:
        self.port = port
        self.log = folder / "postgres.log"
        self._folder = folder
        self._settings = _SETTINGS | ({} if durable else _THROWAWAY)
        self._durable = durable
        self._databases = databases
        self._own_processes = processes is None
        self._processes = processes if processes is not None else ProcessSet()
        self._server: ChildProcess | None = None
        self._home = PostgresHome(folder)
        self._password_file = folder / "password"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def url(self, database: str) -> str:
        """Return the URL of one database, password included."""
        password = quote(self._password_file.read_text(), safe="")
        address = f"{LOOPBACK}:{self.port}"
        return f"postgresql://{_SUPERUSER}:{password}@{address}/{quote(database, safe='')}"

    def start(self) -> None:
        """Make the cluster unless it is there, start the server, wait until it answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        data = self._home.path() / "data"
        binaries = self._home.binaries()
        if not (data / "PG_VERSION").exists():
            self._make_cluster(binaries, data)
        self._end_earlier_server(data)
        self._server = self._serve(binaries, data)
        for database in self._databases:
            self.create_database(database)

    def stop(self) -> None:
        """Disconnect everybody and stop the server in good order. The data stays."""
        if self._server is not None:
            self._processes.stop(self._server, grace=_STOP_SECONDS)
            self._server = None

    def crash(self) -> None:
        """Kill the server and all its processes at once, as a power cut would."""
        if self._server is not None:
            self._processes.stop(self._server, grace=0)
            self._server = None

    def restart(self) -> None:
        """Stop the server in good order and start it again on the same port."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop the server for good; remove its data unless it is durable."""
        self.stop()
        if not self._durable:
            self._home.remove()
        if self._own_processes:
            self._processes.close()

    def create_database(self, database: str) -> None:
        """Create the database unless it is there."""
        create_database(self.url("postgres"), database)

    def _serve(self, binaries: PostgresBinaries, data: Path) -> ChildProcess:
        chosen = self.port
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            self.port = chosen or free_port()
            settings = self._settings | {"port": str(self.port)}
            server = self._processes.start(
                Command(
                    name="postgres",
                    words=(
                        str(binaries.folder / "postgres"),
                        "-D",
                        str(data),
                        *(word for item in settings.items() for word in ("-c", "=".join(item))),
                    ),
                    log=self.log,
                    environment=_environment(),
                    # SIGINT is "fast": it does not wait for clients to leave.
                    stop_signal=signal.SIGINT,
                    user=self._home.user,
                )
            )
            try:
                self._processes.wait_until("Postgres", self._answers, _READY_SECONDS, [server])
            except ProcessDied:
                self._processes.stop(server)
                # Somebody else took the free port between the choice and the start.
                if chosen or attempt == _PORT_ATTEMPTS or "could not bind" not in log_end(self.log):
                    raise
            else:
                return server
        raise LocalStackError("Postgres found no free port")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_cluster(self, binaries: PostgresBinaries, data: Path) -> None:
        # One that was cut off while it was made has no PG_VERSION yet, or is refused by initdb.
        shutil.rmtree(data, ignore_errors=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(24))
        with self._password_for_initdb(data.parent) as password_file:
            self._processes.run(
                Command(
                    name="initdb",
                    words=(
                        str(binaries.folder / "initdb"),
                        f"--pgdata={data}",
                        f"--username={_SUPERUSER}",
                        f"--pwfile={password_file}",
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--no-sync",
                    ),
                    log=self.log,
                    environment=_environment(),
                    user=self._home.user,
                ),
                timeout=_READY_SECONDS,
            )

    @contextlib.contextmanager
    def _password_for_initdb(self, home: Path) -> Iterator[Path]:
        path = home / "initdb-password"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        try:
            path.write_text(self._password_file.read_text())
            if self._home.user is not None:
                os.chown(path, self._home.user.uid, self._home.user.gid)
            yield path
        finally:
            path.unlink()

    def _end_earlier_server(self, data: Path) -> None:
        """End what a killed run has left on this data, and the file that claims it still runs."""
        pid_file = data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            postmaster = int(pid_file.read_text().split()[0])
            if postmaster in uses_folder(data):
                send(signal.SIGINT, {postmaster})
                self._processes.wait_until(
                    f"the end of an earlier Postgres (process {postmaster})",
                    lambda: identity(postmaster) is None,
                    _STOP_SECONDS,
                    [],
                )
        # Its helpers end by themselves once they notice; a new server must not meet them.
        self._processes.wait_until(
            f"the end of an earlier Postgres on {data}",
            lambda: not uses_folder(data),
            _STOP_SECONDS,
            [],
        )
        # Left by a server that was killed. Its number may belong to any other process by now.
        if _can_tell_users():
            pid_file.unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    # Nothing of the user's: PGPORT, PGDATA and others would change what the programs do.
    return {"PATH": os.defpath, "LC_ALL": "C"}


def _can_tell_users() -> bool:
    return bool(uses_folder(Path.cwd()))
