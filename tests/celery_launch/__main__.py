"""Launches a campaign on CeleryExecutor, and looks which worker did what."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from local_stack.campaign_file import write_campaign
from local_stack.launch_run import LaunchRun
from local_stack.outcome import read_outcome
from local_stack.ports import free_port
from local_stack.processes import Command, ProcessSet
from local_stack.stack import PROJECT, LocalStack
from local_stack.terminal import Terminal

PARTS = ("dags", "plugins", "include/emulator", "configs", "creatives")
ACTIVATION = "activation"
ACTIVATES_IN = timedelta(seconds=150)
RUN_SECONDS = 420.0


def main() -> int:
    """Launch, judge, and return 1 when anything did not hold."""
    terminal = Terminal()
    with tempfile.TemporaryDirectory() as folder, ProcessSet() as processes:
        home = Path(folder)
        home.chmod(0o755)  # Postgres' own user looks for its folder below
        project = home / "project"
        for part in PARTS:
            shutil.copytree(PROJECT / part, project / part)
        options = {
            "core": {"executor": "CeleryExecutor"},
            "celery": {"broker_url": redis(processes, home), "sync_parallelism": "1"},
            "meta_ads": {"activation_queue": ACTIVATION},
        }
        stack = LocalStack(
            home / "state", project, airflow_port=0, options=options, tell=terminal.step
        )
        with stack, workers(stack, terminal):
            failures = launch(stack, terminal)
    for failure in failures:
        terminal.line(f"DID NOT HOLD: {failure}")
    return 1 if failures else 0


def redis(processes: ProcessSet, home: Path) -> str:
    """Start a Redis for this run only; return its address."""
    port = free_port()
    words = ("redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "")
    processes.start(Command("redis", (*words, "--dir", str(home)), home / "redis.log"))
    return f"redis://127.0.0.1:{port}/0"


@contextmanager
def workers(stack: LocalStack, terminal: Terminal) -> Iterator[None]:
    """Run a worker for everything and one for going live."""
    children = []
    for name, slots in (("default", 3), (ACTIVATION, 2)):
        words = ["celery", "worker", "--queues", name, "--concurrency", str(slots)]
        words += ["--celery-hostname", f"{name}@%h", "--skip-serve-logs"]
        command = Command(
            f"worker of {name}",
            (sys.executable, "-m", "airflow", *words),
            stack.folder.logs / f"worker-{name}.log",
            stack.settings.environment(),
            stack.settings.home,
        )
        children.append(stack.processes.start(command))
    terminal.step("two Celery workers were started")
    try:
        yield
    finally:
        stack.processes.stop(*children)


def launch(stack: LocalStack, terminal: Terminal) -> list[str]:
    """Launch the sample campaign; return what did not hold."""
    campaign = write_campaign(stack.project, ACTIVATES_IN)
    stack.processes.wait_until(
        campaign.dag_id, lambda: stack.api.dag(campaign.dag_id) is not None, 120
    )
    run = LaunchRun(stack.api, campaign.dag_id, terminal, stack.processes.check)
    run.watch(campaign.activate_at, RUN_SECONDS)
    outcome = read_outcome(stack.postgres.url("ads"), stack.emulator, campaign.campaign_id, 0)
    failures = [] if run.state == "success" else [f"the run ended {run.state}"]
    failures += outcome.failures(campaign.activate_at)
    path = f"/api/v2/dags/{campaign.dag_id}/dagRuns/{run.run_id}/taskInstances"
    tasks: list[dict[str, Any]] = stack.api.call("GET", path, None)["task_instances"]
    for task in tasks:
        wanted = ACTIVATION if task["task_id"] == "activate" else "default"
        terminal.line(f"  {task['task_id']:<24} {task['state']:<10} queue {task['queue']}")
        if task["queue"] != wanted:
            failures.append(f"{task['task_id']} went to the queue {task['queue']}, not to {wanted}")
    return failures


if __name__ == "__main__":
    sys.exit(main())
