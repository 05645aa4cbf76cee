"""One real stack for all end-to-end tests: Postgres, emulator, and Airflow's four processes."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from local_stack.airflow_api import RUN_ENDED, AirflowApi
from local_stack.airflow_settings import PASSWORD, USER, USERS
from local_stack.emulator_service import JournalEntry
from local_stack.stack import LocalStack
from tests.conftest import PROJECT

PARTS = ("dags", "plugins", "include/emulator", "configs", "creatives")
Result = TypeVar("Result")
# A limit for what hangs; how long things take depends on the machine.
RUN_SECONDS = 900.0
ZONE = ZoneInfo("Asia/Singapore")
POLICIES = {
    "Northwind": "    approval: required\n",
    "Kumo": "    approval: {other_than_author: true, expires_after: 3d}\n    override_up_to: 1d\n",
}
# What Airflow takes minutes for by itself: finding tasks that no longer report, and the tasks and
# triggers of services that died. Nothing of it belongs to the product.
IMPATIENT = {
    # LocalExecutor takes a worker that was killed for one that still works, until the scheduler
    # starts anew: it gets slots to lose, and the pool says how many tasks run at once.
    "core": {"parallelism": "32", "default_pool_task_slot_count": "5"},
    "scheduler": {
        "task_instance_heartbeat_timeout": "30",
        "task_instance_heartbeat_timeout_detection_interval": "5",
        "scheduler_health_check_threshold": "15",
        "orphaned_tasks_check_interval": "10",
    },
    "triggerer": {"triggerer_health_check_threshold": "15"},
}
# The second person; Airflow makes a password for them.
BOB = "bob"
OPTIONS = {
    **IMPATIENT,
    # Reading every DAG file every 3 seconds, as a demo does, takes most of a processor.
    "dag_processor": {"min_file_process_interval": "10"},
    "core": {**IMPATIENT["core"], "simple_auth_manager_users": f"{USERS},{BOB}:admin"},
}


def wait_for(what: str, condition: Callable[[], Result], seconds: float = RUN_SECONDS) -> Result:
    """Return the condition's first true value; fail with what was awaited."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.5)
    return result


def write_campaign(
    folder: Path, campaign_id: str, activates_in: timedelta | None = None, **keys: Any
) -> Path:
    """Write a campaign file; `keys` replace or add lines, None removes one."""
    lines: dict[str, Any] = {
        "campaign_id": campaign_id,
        "client_account_id": "sunrise_sg",
        "name": campaign_id.replace("_", " ").title(),
        "daily_budget": 5000,
        "video": "{file_path: samples/vertical.mp4}",
        "primary_text": "Spring is here.",
        "headline": "The spring sale",
        "call_to_action": "SHOP_NOW",
        "destination_url": "https://www.sunrise.example/spring",
    }
    if activates_in is not None:
        moment = (datetime.now(UTC) + activates_in).astimezone(ZONE)
        lines["schedule"] = f"{{activate_at: '{moment.isoformat(timespec='seconds')}'}}"
    lines.update(keys)
    path = folder / f"{campaign_id}.yaml"
    # Renamed into place, as git does: nobody ever reads half a file.
    draft = path.with_suffix(".draft")
    draft.write_text("".join(f"{k}: {v}\n" for k, v in lines.items() if v is not None))
    draft.rename(path)
    return path


class Stack:
    """The running stack, in the words of a test."""

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self.api = stack.api
        self.campaigns = stack.project / "include" / "campaigns"

    def commit(self, campaign_id: str, activates_in: timedelta | None = None, **keys: Any) -> Path:
        """Write a campaign file; `keys` replace or add lines, None removes one."""
        return write_campaign(self.campaigns, campaign_id, activates_in, **keys)

    def dag(self, campaign_id: str) -> dict[str, Any]:
        """Wait until Airflow shows the campaign's DAG."""
        dag_id = f"launch__{campaign_id}"
        return wait_for(f"DAG {dag_id}", lambda: self.api.dag(dag_id))

    def trigger(self, campaign_id: str, **conf: Any) -> str:
        """Trigger the campaign's DAG as soon as it is there."""
        self.dag(campaign_id)
        return self.api.trigger(f"launch__{campaign_id}", conf)

    def finish(self, campaign_id: str, run_id: str) -> dict[str, str | None]:
        """Wait for the run's end; return the tasks' states."""
        dag_id = f"launch__{campaign_id}"
        wait_for(f"the end of {dag_id}", lambda: self.api.run_state(dag_id, run_id) in RUN_ENDED)
        return {task.task_id: task.state for task in self.api.tasks(dag_id, run_id)}

    def wait_for_task(self, campaign_id: str, run_id: str, task_id: str, state: str) -> None:
        """Wait until one task is in a state."""

        def there() -> bool:
            tasks = self.api.tasks(f"launch__{campaign_id}", run_id)
            return any(task.task_id == task_id and task.state == state for task in tasks)

        wait_for(f"{campaign_id}.{task_id} {state}", there)

    def decide(
        self, campaign_id: str, run_id: str, option: str, api: AirflowApi | None = None
    ) -> None:
        """Answer the approval of a run, as its own user or through another's `api`.

        Once for each try: Airflow may take the end of the process that asked, when it hears of it
        after the answer, for the end of the one that works on the answer. Then the task asks again.
        """
        dag_id, answered = f"launch__{campaign_id}", set[int]()

        def over() -> bool:
            [task] = [task for task in self.api.tasks(dag_id, run_id) if task.task_id == "approve"]
            if task.state == "awaiting_input" and task.try_number not in answered:
                (api or self.api).call(
                    "PATCH",
                    f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/approve/-1/hitlDetails",
                    {"chosen_options": [option], "params_input": {}},
                )
                answered.add(task.try_number)
            return bool(answered) and task.ended

        wait_for(f"the answer of {dag_id} to be taken", over)

    def another_person(self) -> AirflowApi:
        """Return the API as Bob sees it."""
        [passwords] = self.stack.folder.airflow.rglob("passwords.json")
        return AirflowApi(self.stack.settings.url, BOB, json.loads(passwords.read_text())[BOB])

    def log(self, campaign_id: str, run_id: str, task_id: str) -> str:
        """Return the log of a task's last try."""
        dag_id = f"launch__{campaign_id}"
        for task in self.api.tasks(dag_id, run_id):
            if task.task_id == task_id:
                return "\n".join(self.api.task_log(dag_id, run_id, task))
        raise AssertionError(f"{dag_id} has no task {task_id}")

    def page(self, path: str) -> httpx.Response:
        """Return a page of Airflow's API server, as its user."""
        url = self.stack.settings.url
        who = {"username": USER, "password": PASSWORD}
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
            token = client.post("/auth/token", json=who).raise_for_status().json()["access_token"]
            return client.get(path, headers={"Authorization": f"Bearer {token}"})

    def mapped_log(self, dag_id: str, run_id: str, task_id: str) -> str:
        """Return the log of the first of a mapped task's instances, all of its tries.

        A scheduler that is late takes a task that came back from a short wait for a failed one.
        """
        path = f"/api/v2/dags/{dag_id}/dagRuns/{quote(run_id)}/taskInstances/{task_id}"
        tries = self.api.call("GET", f"{path}/0", None)["try_number"]
        logs = [
            self.api.call("GET", f"{path}/logs/{number}?map_index=0&full_content=true", None)
            for number in range(1, tries + 1)
        ]
        return "\n".join(str(entry.get("event", "")) for log in logs for entry in log["content"])

    def journal(self, campaign_id: str) -> list[JournalEntry]:
        """Return Meta's writes to objects that this campaign owns."""
        ids = {
            row["object_id"]
            for row in self.rows(
                "SELECT object_id FROM meta_ads.step WHERE split_part(key, '/', 2) = %s",
                campaign_id,
            )
        }
        markers = [
            row["marker"]
            for row in self.rows(
                "SELECT marker FROM meta_ads.step WHERE split_part(key, '/', 2) = %s", campaign_id
            )
        ]
        return [
            entry
            for entry in self.stack.emulator.journal()
            if entry.object_id in ids or any(entry.carries(marker) for marker in markers)
        ]

    def creates(self, campaign_id: str) -> list[str]:
        """Return the kinds of the objects created at Meta for this campaign, sorted."""
        return sorted(entry.object_kind for entry in self.journal(campaign_id) if entry.creates)

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Return rows of the ledger's database."""
        with psycopg.connect(self.stack.postgres.url("ads"), row_factory=dict_row) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[arg-type]

    def launch_row(self, campaign_id: str) -> dict[str, Any]:
        """Return the launch's row."""
        return self.rows("SELECT * FROM meta_ads.launch WHERE campaign_id = %s", campaign_id)[0]

    def statuses(self, campaign_id: str) -> dict[str, str]:
        """Return what Meta itself says of campaign, ad set and ad."""
        return {
            row["kind"]: self.stack.emulator.read(row["object_id"], ("effective_status",))[
                "effective_status"
            ]
            for row in self.rows(
                "SELECT kind, object_id FROM meta_ads.launch_step WHERE campaign_id = %s"
                " AND kind IN ('campaign', 'ad_set', 'ad')",
                campaign_id,
            )
        }


def copy_project(home: Path) -> None:
    """Copy the project without campaigns; in the copy two accounts ask for approvals.

    In kumo_jp another person than who triggered must give them, and a trigger may put a launch off.
    """
    for part in PARTS:
        shutil.copytree(PROJECT / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
    (home / "include" / "campaigns").mkdir()
    accounts = home / "configs" / "accounts.yaml"
    text = accounts.read_text()
    for name, policy in POLICIES.items():
        text = text.replace(f"client_name: {name}\n", f"client_name: {name}\n{policy}")
    accounts.write_text(text)


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack on a copy of the project."""
    home = tmp_path_factory.mktemp("project")
    copy_project(home)
    state = tmp_path_factory.mktemp("state")
    with LocalStack(state, home, airflow_port=0, options=OPTIONS) as stack:
        yield Stack(stack)
