"""The launches of `test_launch.py`, side by side in one stack."""

from __future__ import annotations

import time
from datetime import timedelta
from urllib.parse import quote

from tests.e2e.conftest import Stack

# Every launch with a time must wait for it before it comes, on a slow machine too: they get so many
# times what the first launch took, and at least so much.
PATIENCE, LEAST = 3.0, timedelta(seconds=60)
US = {
    "client_account_id": "northwind_us",
    "destination_url": "https://www.northwind.example/",
}


class Launches:
    """Every launch, triggered once."""

    def __init__(self, airflow: Stack) -> None:
        self.airflow = airflow
        self.runs: dict[str, str] = {}
        self._states: dict[str, dict[str, str | None]] = {}
        began = time.monotonic()
        self._without_a_time()
        self.tasks("unscheduled")
        self._with_a_time(max(LEAST, timedelta(seconds=time.monotonic() - began) * PATIENCE))
        self.plans = {name: self._pinned(name) for name in ("scheduled", "deleted")}
        airflow.commit("scheduled", timedelta(seconds=1), daily_budget=999_00)
        (airflow.campaigns / "deleted.yaml").unlink()

    def _without_a_time(self) -> None:
        airflow = self.airflow
        airflow.commit("unscheduled")
        airflow.commit("dry")
        airflow.commit("by_commit", launch="on_commit")
        airflow.commit("too_cheap", daily_budget=1)
        airflow.commit("no_video", video="{file_path: samples/nothing.mp4}")
        airflow.commit("not_a_video", video="{file_path: README.md}")
        airflow.commit("late", timedelta(days=-1))
        airflow.commit("unknown_conf")
        airflow.commit("misspelled", headlin="x", daily_budget="010")
        for name in ("unscheduled", "too_cheap", "no_video", "not_a_video", "late"):
            self.runs[name] = airflow.trigger(name)
        self.runs["dry"] = airflow.trigger("dry", dry_run=True)
        self.runs["unknown_conf"] = airflow.trigger("unknown_conf", daily_budget=1)

    def _with_a_time(self, soon: timedelta) -> None:
        airflow = self.airflow
        airflow.commit("scheduled", soon)
        airflow.commit("deleted", soon)
        airflow.commit("approved", soon, **US)
        airflow.commit("rejected", soon, **US)
        for name in ("scheduled", "deleted", "approved", "rejected"):
            self.runs[name] = airflow.trigger(name)

    def _pinned(self, name: str) -> str:
        """Wait until the launch waits for its time; return the hash of its plan."""
        self.airflow.wait_for_task(name, self.runs[name], "wait_until_activation", "deferred")
        pinned: str = self.airflow.launch_row(name)["plan_hash"]
        return pinned

    def tasks(self, name: str) -> dict[str, str | None]:
        if name not in self._states:
            self._states[name] = self.airflow.finish(name, self.runs[name])
        return self._states[name]

    def log(self, name: str, task_id: str) -> str:
        self.tasks(name)
        return self.airflow.log(name, self.runs[name], task_id)

    def note(self, name: str) -> str:
        self.tasks(name)
        path = f"/api/v2/dags/launch__{name}/dagRuns/{quote(self.runs[name])}"
        return str(self.airflow.api.call("GET", path, None)["note"])

    def decide(self, name: str, option: str) -> None:
        self.airflow.decide(name, self.runs[name], option)
