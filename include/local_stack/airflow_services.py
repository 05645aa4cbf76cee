"""Airflow's four processes and the migration of its database."""

import sys
from pathlib import Path

import httpx

from local_stack.airflow_settings import AirflowSettings
from local_stack.processes import ChildProcess, Command, ProcessSet

_MIGRATION_SECONDS = 180.0
_HEALTHY_SECONDS = 180.0
_COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")
# The log servers of scheduler and triggerer are left out: all processes share one log folder.
_SERVICES = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}


class AirflowServices:
    """Airflow as separate processes of one set, their output in one file each in `logs`."""

    def __init__(self, settings: AirflowSettings, processes: ProcessSet, logs: Path) -> None:
        self._settings = settings
        self._processes = processes
        self._logs = logs
        self._running: dict[str, ChildProcess] = {}
        self._migration: ChildProcess | None = None

    def begin_migration(self) -> None:
        """Start to bring Airflow's database up to date; `start` waits for the end of it."""
        self._settings.prepare()
        self._migration = self._processes.start(self._command("migrate", "db", "migrate"))

    def start(self) -> None:
        """Start the four processes and return at once.

        Raises ProcessDied when the migration before it failed.
        """
        if self._migration is not None:
            migration, self._migration = self._migration, None
            failed = migration.wait(_MIGRATION_SECONDS) != 0
            if failed:
                migration.check()
            self._processes.stop(migration)
        for name in _SERVICES:
            self.start_one(name)

    def start_one(self, name: str) -> None:
        """Start one of api-server, scheduler, dag-processor, triggerer."""
        self._running[name] = self._processes.start(self._command(name, *_SERVICES[name]))

    def stop_one(self, name: str, grace: float = 20.0) -> None:
        """Stop one of them in good order; with `grace` 0 kill it and all it started."""
        self._processes.stop(self._running.pop(name), grace=grace)

    def start_dead(self) -> list[str]:
        """Start those again that have ended by themselves, as an init system does; name them."""
        dead = [name for name, child in self._running.items() if child.exit_code is not None]
        for name in dead:
            self.stop_one(name)
            self.start_one(name)
        return dead

    def wait_until_healthy(self) -> None:
        """Wait until Airflow itself says that database and all processes are healthy.

        Raises ProcessDied as soon as one of them has ended, NotReady after three minutes.
        """
        self._processes.wait_until("Airflow", lambda: not self.unhealthy(), _HEALTHY_SECONDS)

    def unhealthy(self) -> list[str]:
        """Return the components that Airflow does not report healthy; all while it is silent."""
        try:
            # What the tasks talk to. Airflow builds it at the first call, which takes seconds that
            # the first task would spend otherwise.
            self._get("/execution/health")
            health = self._get("/api/v2/monitor/health").json()
        except (httpx.HTTPError, ValueError):
            return list(_COMPONENTS)
        return [name for name in _COMPONENTS if health.get(name, {}).get("status") != "healthy"]

    def _get(self, path: str) -> httpx.Response:
        answer = httpx.get(f"{self._settings.url}{path}", timeout=30.0, trust_env=False)
        return answer.raise_for_status()

    def _command(self, name: str, *words: str) -> Command:
        return Command(
            name=f"airflow {name}",
            words=(sys.executable, "-m", "airflow", *words),
            log=self._logs / f"airflow-{name}.log",
            environment=self._settings.environment(),
            folder=self._settings.home,
        )
