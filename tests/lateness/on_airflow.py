"""The same launches, each with a gate in a real Airflow, and the reconciler beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import psycopg

from local_stack.stack import LocalStack
from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from tests.e2e.conftest import copy_project
from tests.lateness.launches import Lateness, Launches, campaign_id
from tests.lateness.warm_activator import APP_SECRET, TOKEN

# The real operators; the tasks before them have been done by the use cases.
DAG_FILE = """
from airflow.sdk import DAG, get_parsing_context

from meta_ads.airflow.operators.launching import ActivateOperator
from meta_ads.airflow.sensors.activation_time import ActivationTimeSensor

wanted = get_parsing_context().dag_id
for name in {names!r}:
    if wanted in (None, f"gate__{{name}}"):
        with DAG(f"gate__{{name}}", schedule=None, catchup=False) as dag:
            same = {{"campaign_id": name, "home": {home!r}}}
            gate = ActivationTimeSensor(task_id="wait_until_activation", **same)
            gate >> ActivateOperator(task_id="activate", **same)
        globals()[f"gate__{{name}}"] = dag
"""
# Nothing is edited meanwhile: parsing again and again would only take the processors away.
OPTIONS = {"dag_processor": {"min_file_process_interval": "3600", "refresh_interval": "3600"}}
# A gate's task starts, reads the ledger and defers.
SECONDS_FOR_A_GATE = 1.6
SETTLE_SECONDS = 60.0
KILL_TRIGGERER_AHEAD = 25.0
GIVE_UP_SECONDS = 180.0
DAGS_SECONDS = 180.0


def on_airflow(
    count: int, folder: Path, tell: Callable[[str], None], *, triggerer_dies: bool
) -> Lateness:
    """Let gates and `reconcile_launches` switch launches on; maybe the triggerer dies before."""
    home = folder / "project"
    home.mkdir()
    copy_project(home)
    names = [campaign_id(number) for number in range(count)]
    (home / "dags" / "gates.py").write_text(DAG_FILE.format(names=names, home=str(home)))
    with LocalStack(folder / "state", home, airflow_port=0, options=OPTIONS) as stack:
        settings = GraphSettings(TOKEN, APP_SECRET, base_url=stack.emulator.url)
        launches = Launches(stack.postgres.url("ads"), MetaPlatform(settings), count)
        try:
            tell(f"Airflow is up; creating {count} launches")
            launches.make()
            due = launches.become_due(count * SECONDS_FOR_A_GATE + SETTLE_SECONDS)
            tell(f"all are due at {due:%T} UTC")
            _wait_for_dags(stack, names)
            for name in names:
                stack.api.trigger(f"gate__{name}")
            _wait_until(due, KILL_TRIGGERER_AHEAD)
            tell(f"{_waiting(stack)} gates wait in the triggerer")
            if triggerer_dies:
                stack.airflow.stop_one("triggerer", grace=0)
            _wait_until(due, 0)
            launches.wait_until_live(GIVE_UP_SECONDS)
            journal = stack.emulator.journal()
            return launches.lateness(
                ((entry.object_id, entry.time, entry.params) for entry in journal), due
            )
        finally:
            launches.close()


def _wait_for_dags(stack: LocalStack, names: list[str]) -> None:
    deadline = time.monotonic() + DAGS_SECONDS
    while stack.api.dag(f"gate__{names[-1]}") is None:
        if time.monotonic() > deadline:
            raise TimeoutError("Airflow does not show the DAGs of the gates")
        time.sleep(1)


def _waiting(stack: LocalStack) -> int:
    with psycopg.connect(stack.postgres.url("airflow")) as connection:
        row = connection.execute(
            "SELECT count(*) FROM task_instance WHERE state = 'deferred'"
            " AND task_id = 'wait_until_activation'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def _wait_until(due: datetime, ahead: float) -> None:
    while (left := due.timestamp() - ahead - time.time()) > 0:
        time.sleep(left)
