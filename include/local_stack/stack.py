"""The whole stack: Postgres, the emulator, our own tables and Airflow."""

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from local_stack.airflow_api import AirflowApi
from local_stack.airflow_services import AirflowServices
from local_stack.airflow_settings import AirflowSettings
from local_stack.emulator_service import EmulatorService
from local_stack.errors import LocalStackError
from local_stack.memory import MemoryMeter
from local_stack.ports import PortClaims
from local_stack.postgres_home import PostgresHome
from local_stack.postgres_server import Postgres, open_postgres
from local_stack.processes import Command, ProcessSet
from local_stack.state_folder import StateFolder

PROJECT = Path(__file__).resolve().parents[2]
AIRFLOW_PORT = 8080
_MIGRATION_SECONDS = 120.0


class LocalStack:
    """Everything a launch needs, on this machine. A context manager: inside it, all is healthy.

    `state_folder` holds what it writes and can be held by one stack at a time; an earlier state
    is wiped unless `keep_state`. `project` has dags/, plugins/, include/, configs/ and creatives/.
    `airflow_port` is the preferred one: the next free port is taken when it is in use, any
    when it is 0. `options` are Airflow options, by section and name, instead of the stack's own.
    `tell` is given a line at each step.
    """

    postgres: Postgres
    emulator: EmulatorService
    settings: AirflowSettings
    airflow: AirflowServices
    api: AirflowApi

    def __init__(
        self,
        state_folder: Path,
        project: Path = PROJECT,
        *,
        airflow_port: int = AIRFLOW_PORT,
        keep_state: bool = False,
        options: Mapping[str, Mapping[str, str]] | None = None,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.project = project.resolve()
        self.folder = StateFolder(state_folder)
        self.processes = ProcessSet(self.folder.processes)
        self.memory = MemoryMeter(lambda: self.processes.pids() | {os.getpid()})
        self._airflow_port = airflow_port
        self._keep_state = keep_state
        self._options = options or {}
        self._tell = tell
        self._exits = contextlib.ExitStack()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and return when it is healthy.

        Raises AlreadyRunning when another stack holds the state folder, ProcessDied or NotReady
        when a part does not come up.
        """
        if not (self.project / "dags").is_dir():
            raise LocalStackError(f"{self.project} has no folder dags/: it is not the project")
        self._exits.enter_context(self.folder)
        ended = self.folder.end_earlier_run()
        if ended:
            self._tell(f"stopped what an earlier run had left: {', '.join(ended)}")
        if not self._keep_state:
            self._remove_state()
        self._exits.callback(self.processes.close)
        self._exits.enter_context(self.memory)

        self.postgres = self._exits.enter_context(
            open_postgres(self.folder.postgres, durable=self._keep_state, processes=self.processes)
        )
        self._exits.callback(self._stop_services)
        self._tell("Postgres is up")
        self._configure()
        self._exits.callback(self.emulator.close)
        # All three at the same time: none needs another.
        self.airflow.begin_migration()
        self.emulator.start()
        self._migrate_own_tables()
        self.emulator.wait_until_healthy()
        self._tell(f"the emulator of Meta's API is up on {self.emulator.url}")
        self.airflow.start()
        self._tell("the databases are ready; Airflow is starting")
        self.airflow.wait_until_healthy()
        self.api = self._exits.enter_context(AirflowApi(self.settings.url))
        self._tell(f"Airflow is up on {self.settings.url}")

    def stop(self) -> None:
        """Stop everything; nothing that was started is left when this returns."""
        self._tell("stopping")
        self._exits.close()
        self._tell("stopped; nothing is left running")

    def _configure(self) -> None:
        ports = self._exits.enter_context(PortClaims())
        airflow_port, emulator_port, worker_log_port, trigger_log_port = (
            ports.take(preferred) for preferred in (self._airflow_port, 0, 0, 0)
        )
        if self._airflow_port not in (0, airflow_port):
            self._tell(f"port {self._airflow_port} is in use; Airflow takes {airflow_port}")
        self.settings = AirflowSettings(
            home=self.folder.airflow,
            project=self.project,
            port=airflow_port,
            worker_log_port=worker_log_port,
            trigger_log_port=trigger_log_port,
            metadata_url=self.postgres.url("airflow"),
            ads_url=self.postgres.url("ads"),
            emulator_url=f"http://127.0.0.1:{emulator_port}",
            more=self._options,
        )
        self.settings.prepare()
        environment = self.settings.environment()
        self.airflow = AirflowServices(self.settings, self.processes, self.folder.logs)
        self.emulator = EmulatorService(
            emulator_port,
            self.folder.emulator,
            self.folder.logs / "emulator.log",
            self.processes,
            environment,
        )

    def _migrate_own_tables(self) -> None:
        self.processes.run(
            Command(
                name="adlaunch migrate",
                words=(sys.executable, "-m", "meta_ads", "migrate"),
                log=self.folder.logs / "migrate.log",
                environment=self.settings.environment(),
            ),
            _MIGRATION_SECONDS,
        )

    def _stop_services(self) -> None:
        # Postgres last: the others say good-bye in it.
        self.processes.stop(
            *(child for child in self.processes.children if child.command.name != "postgres")
        )

    def _remove_state(self) -> None:
        PostgresHome(self.folder.postgres).remove()
        for path in (self.folder.airflow, self.folder.emulator, self.folder.logs):
            shutil.rmtree(path, ignore_errors=True)
