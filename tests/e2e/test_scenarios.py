"""What people and machines do to a launch while it runs, with real processes.

The launches run side by side; each test then looks at its own. Scenarios with tests elsewhere:

- answers that are lost, throttling, clearing a refused task: test_faults.py
- a file edited or deleted while its launch waits: test_launch.py
- dead tasks, supervisors, scheduler and triggerer at random moments: test_kills.py
- a withdrawal during the very call that switches on, objects paused, archived or deleted by a
  person: tests/integration/test_activation.py and test_activation_races.py
- Postgres restarts, clock jumps, uploads cut at a random byte: tests/faults
"""

from __future__ import annotations

import os
import re
import signal
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Stack, wait_for

pytestmark = pytest.mark.e2e
OBJECTS = ["ad", "adset", "campaign", "creative"]
# Long enough for all launches of the module to be complete before the first is due.
SOON = timedelta(seconds=150)
OTHER_BUDGET = 9900
CALL_SECONDS = 12


class Scenarios:
    """Every launch of this module, triggered once, and what is done to them meanwhile."""

    def __init__(self, airflow: Stack) -> None:
        self.airflow = airflow
        self.runs: dict[str, str] = {}
        for name in ("gone", "taken_back", "renamed"):
            airflow.commit(name, SOON)
        for name in ("orphan", "edited", "revoked", "twice"):
            airflow.commit(name)
        self.fault("adsets", "Edited", action="error", code=100, message="Scripted refusal")
        self.fault("adsets", "Revoked", action="token_expired")
        self.fault("campaigns", "Orphan", action="slow", seconds=CALL_SECONDS)
        for name in ("orphan", "gone", "taken_back", "renamed", "edited", "revoked", "twice"):
            self.runs[name] = airflow.trigger(name)
        self.second = airflow.trigger("twice")
        self._kill_supervisor_during_a_call("orphan")
        wait_for("the orphan's record", self.recorded)
        airflow.stack.emulator.stop(grace=0)
        airflow.stack.emulator.start()
        airflow.stack.emulator.wait_until_healthy()
        for name in ("gone", "taken_back", "renamed"):
            airflow.wait_for_task(name, self.runs[name], "wait_until_activation", "deferred")
        self._lose_everything("gone")
        self.withdrawal = airflow.api.trigger("withdraw_launch", {"campaign_id": "taken_back"})
        self.edit("renamed", "ad", name="Renamed by a person")

    def fault(self, edge: str, name: str, **what: Any) -> None:
        """Let the next create on an edge whose name contains `name` meet a fault at Meta."""
        url = f"{self.airflow.stack.emulator.url}/_emulator/faults"
        body = {"method": "POST", "path": f"/{edge}$", "contains": name, "count": 1, **what}
        httpx.post(url, json=body).raise_for_status()

    def edit(self, name: str, kind: str, **fields: Any) -> None:
        """Change an object as a person in Ads Manager does."""
        [row] = self.airflow.rows(
            "SELECT object_id FROM meta_ads.launch_step WHERE campaign_id = %s AND kind = %s",
            name,
            kind,
        )
        url = f"{self.airflow.stack.emulator.url}/_emulator/edit/{row['object_id']}"
        httpx.post(url, json=fields).raise_for_status()

    def recorded(self) -> bool:
        """Whether the orphan, or its successor, has recorded its campaign."""
        rows = self.airflow.rows(
            "SELECT state FROM meta_ads.step WHERE owner = 'orphan' AND kind = 'campaign'"
        )
        return bool(rows and rows[0]["state"] == "DONE")

    def clear(self, name: str, *, only_failed: bool) -> dict[str, str | None]:
        """Clear the run's tasks, and return their states when it has ended again."""
        self.airflow.api.call(
            "POST",
            f"/api/v2/dags/launch__{name}/clearTaskInstances",
            {
                "dag_run_id": self.runs[name],
                "dry_run": False,
                "only_failed": only_failed,
                "reset_dag_runs": True,
            },
        )
        return self.airflow.finish(name, self.runs[name])

    def _kill_supervisor_during_a_call(self, name: str) -> None:
        """Kill the supervisor of a task whose create is under way; the task lives on."""

        def calling() -> int | None:
            rows = self.airflow.rows(
                "SELECT lease_owner FROM meta_ads.step WHERE state = 'INFLIGHT'"
                " AND kind = 'campaign' AND owner = %s",
                name,
            )
            found = re.search(r"@(\d+)-", rows[0]["lease_owner"] or "") if rows else None
            return int(found[1]) if found else None

        task = wait_for(f"the call of {name}", calling)
        assert task is not None
        with open(f"/proc/{task}/stat") as stat:
            supervisor = int(stat.read().rpartition(")")[2].split()[1])
        os.kill(supervisor, signal.SIGKILL)

    def _lose_everything(self, name: str) -> None:
        """Take the launch's file, its gate and the triggerer away."""
        self.airflow.api.call(
            "PATCH",
            f"/api/v2/dags/launch__{name}/dagRuns/{self.runs[name]}"
            "/taskInstances/wait_until_activation",
            {"new_state": "failed"},
        )
        (self.airflow.campaigns / f"{name}.yaml").unlink()
        self.airflow.stack.airflow.stop_one("triggerer", grace=0)


@pytest.fixture(scope="module")
def scenarios(airflow: Stack) -> Scenarios:
    return Scenarios(airflow)


def _switches(airflow: Stack, name: str) -> list[tuple[datetime, str]]:
    """Return when the campaign's status was changed at Meta, and to what."""
    return [
        (datetime.fromisoformat(entry.time), entry.params["status"])
        for entry in airflow.journal(name)
        if entry.object_kind == "campaign" and entry.change == "update" and "status" in entry.params
    ]


def test_without_file_run_and_triggerer_a_launch_goes_live_at_its_second_and_is_verified(
    airflow: Stack, scenarios: Scenarios
) -> None:
    wait_for("gone VERIFIED", lambda: airflow.launch_row("gone")["state"] == "VERIFIED")
    states = airflow.finish("gone", scenarios.runs["gone"])
    assert states["activate"] == "upstream_failed"
    [(on, status)] = _switches(airflow, "gone")
    assert status == "ACTIVE"
    assert on >= airflow.launch_row("gone")["activate_at"]
    airflow.stack.airflow.start_one("triggerer")


def test_a_task_whose_supervisor_died_finishes_its_call_and_nothing_is_sent_again(
    airflow: Stack, scenarios: Scenarios
) -> None:
    assert airflow.creates("orphan").count("campaign") == 1
    intents = airflow.rows(
        "SELECT FROM meta_ads.attempt JOIN meta_ads.step ON step.key = attempt.step_key"
        " WHERE owner = 'orphan' AND kind = 'campaign' AND event = 'intent'"
    )
    assert len(intents) == 1


def test_a_withdrawn_launch_never_goes_live_and_a_live_one_is_paused(
    airflow: Stack, scenarios: Scenarios
) -> None:
    def done(run: str) -> bool:
        return airflow.api.run_state("withdraw_launch", run) == "success"

    wait_for("the withdrawal", lambda: done(scenarios.withdrawal))
    wait_for("gone VERIFIED", lambda: airflow.launch_row("gone")["state"] == "VERIFIED")
    assert "ACTIVE" not in [status for _, status in _switches(airflow, "taken_back")]
    run = airflow.api.trigger("withdraw_launch", {"campaign_id": "gone"})
    wait_for("the second withdrawal", lambda: done(run))
    assert [status for _, status in _switches(airflow, "gone")] == ["ACTIVE", "PAUSED"]
    assert airflow.launch_row("gone")["state"] == "WITHDRAWN"


def test_two_runs_of_one_campaign_make_everything_once_and_clearing_one_writes_nothing(
    airflow: Stack, scenarios: Scenarios
) -> None:
    for run in (scenarios.runs["twice"], scenarios.second):
        assert airflow.finish("twice", run)["create_ad"] == "success"
    assert airflow.creates("twice") == OBJECTS
    before = len(airflow.journal("twice"))
    assert scenarios.clear("twice", only_failed=False)["create_ad"] == "success"
    assert len(airflow.journal("twice")) == before


def test_a_file_edited_between_two_tries_changes_nothing_of_the_launch(
    airflow: Stack, scenarios: Scenarios
) -> None:
    assert airflow.finish("edited", scenarios.runs["edited"])["create_ad_set"] == "failed"
    airflow.commit("edited", daily_budget=OTHER_BUDGET)
    assert scenarios.clear("edited", only_failed=True)["create_ad"] == "success"
    assert airflow.creates("edited") == OBJECTS
    [campaign] = [e for e in airflow.journal("edited") if e.object_kind == "campaign"]
    assert int(campaign.params["daily_budget"]) != OTHER_BUDGET


def test_a_launch_whose_token_was_revoked_goes_on_when_it_is_repaired(
    airflow: Stack, scenarios: Scenarios
) -> None:
    assert airflow.finish("revoked", scenarios.runs["revoked"])["create_ad_set"] == "failed"
    assert scenarios.clear("revoked", only_failed=True)["create_ad"] == "success"
    assert airflow.creates("revoked") == OBJECTS


def test_a_launch_that_a_person_changed_at_meta_stays_paused_and_is_reported(
    airflow: Stack, scenarios: Scenarios
) -> None:
    wait_for("the report", lambda: airflow.launch_row("renamed")["stopped"])
    assert "Renamed by a person" in airflow.launch_row("renamed")["last_error"]
    assert _switches(airflow, "renamed") == []
