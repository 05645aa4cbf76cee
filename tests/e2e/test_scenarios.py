"""What people and machines do to launches while they run, with real processes.

The launches run side by side, and everything is done to them while they do; each test then looks
at its own. The table in plugins/meta_ads/README.md says which test holds which scenario.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from local_stack.postgres import LocalPostgres
from local_stack.process_table import families
from tests.e2e.conftest import Stack, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
OBJECTS = ["ad", "adset", "campaign", "creative"]
# The launches with a time must all wait for it before it comes, on a slow machine too: they get so
# many times what the first part took, and at least so much.
PATIENCE, LEAST = 1.5, timedelta(seconds=60)
OTHER_BUDGET = 9900
CALL_SECONDS = 12
WAITING = ("gone", "idle", "taken_back", "renamed")
AT_ONCE = ("retried", "revoked", "twice")


class Scenarios:
    """Every launch of this module, triggered once, and what is done to them meanwhile."""

    def __init__(self, airflow: Stack) -> None:
        self.airflow = airflow
        self.runs: dict[str, str] = {}
        began = time.monotonic()
        self._break_what_runs()
        self._break_what_waits(max(LEAST, timedelta(seconds=time.monotonic() - began) * PATIENCE))

    def _break_what_runs(self) -> None:
        """Kill a supervisor, Meta and Postgres; let calls be refused, and workers meet."""
        airflow = self.airflow
        for name in ("orphan", "outage", *AT_ONCE):
            airflow.commit(name)
        self.fault("adsets", "Retried", action="error", code=100, message="Scripted refusal")
        self.fault("adsets", "Revoked", action="token_expired")
        self.fault("campaigns", "Orphan", action="slow", seconds=CALL_SECONDS)
        self.fault("adsets", "Outage", action="slow", seconds=CALL_SECONDS)
        self.runs |= {name: airflow.trigger(name) for name in ("orphan", *AT_ONCE)}
        self.second = airflow.trigger("twice")
        self._kill_supervisor_during_a_call("orphan")
        self.beside = self._reconcile_beside_the_run("twice")
        wait_for("the orphan's record", lambda: self.state("orphan", "campaign") == "DONE")
        # What is to fail for a reason of its own must have failed before Meta and Postgres go away.
        for name in ("retried", "revoked"):
            airflow.finish(name, self.runs[name])
        self._restart_meta()
        self.runs["outage"] = airflow.trigger("outage")
        self.restarted = self._lose_postgres_during_a_call("outage")

    def _break_what_waits(self, soon: timedelta) -> None:
        """Take away from launches that wait for their time what seems to drive them."""
        airflow = self.airflow
        for name in WAITING:
            airflow.commit(name, soon)
        self.runs |= {name: airflow.trigger(name) for name in WAITING}
        for name in WAITING:
            airflow.wait_for_task(name, self.runs[name], "wait_until_activation", "deferred")
        self._lose_file_and_gate("gone")
        self.withdrawal = airflow.api.trigger("withdraw_launch", {"campaign_id": "taken_back"})
        self.edit("renamed", "ad", name="Renamed by a person")
        self.signal_triggerer(signal.SIGSTOP)

    def fault(self, edge: str, launch: str, **what: Any) -> None:
        """Let the launch's next create on an edge meet a fault at Meta."""
        url = f"{self.airflow.stack.emulator.url}/_emulator/faults"
        body = {"method": "POST", "path": f"/{edge}$", "contains": launch, "count": 1, **what}
        httpx.post(url, json=body).raise_for_status()

    def edit(self, launch: str, kind: str, /, **fields: Any) -> None:
        """Change an object as a person in Ads Manager does."""
        [row] = self.airflow.rows(
            "SELECT object_id FROM meta_ads.launch_step WHERE campaign_id = %s AND kind = %s",
            launch,
            kind,
        )
        url = f"{self.airflow.stack.emulator.url}/_emulator/edit/{row['object_id']}"
        httpx.post(url, json=fields).raise_for_status()

    def state(self, launch: str, kind: str) -> str | None:
        """Return the state of a launch's step."""
        rows = self._step(launch, kind)
        return rows[0]["state"] if rows else None

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

    def signal_triggerer(self, what: signal.Signals) -> None:
        """Let the triggerer stand still, alive and idle, or go on."""
        for child in self.airflow.stack.processes.children:
            if child.command.name == "airflow triggerer":
                for pid in families([child.pid])[child.pid]:
                    os.kill(pid, what)

    def _step(self, launch: str, kind: str) -> list[dict[str, Any]]:
        return self.airflow.rows(
            "SELECT * FROM meta_ads.step WHERE owner = %s AND kind = %s", launch, kind
        )

    def _kill_supervisor_during_a_call(self, launch: str) -> None:
        """Kill the supervisor of a task whose create is under way; the task lives on."""

        def calling() -> int | None:
            rows = [row for row in self._step(launch, "campaign") if row["state"] == "INFLIGHT"]
            found = re.search(r"@(\d+)-", rows[0]["lease_owner"] or "") if rows else None
            return int(found[1]) if found else None

        task = wait_for(f"the call of {launch}", calling)
        assert task is not None
        supervisor = Path(f"/proc/{task}/stat").read_text().rpartition(")")[2].split()[1]
        os.kill(int(supervisor), signal.SIGKILL)

    def _reconcile_beside_the_run(self, launch: str) -> subprocess.Popen[bytes]:
        """Let a second worker take the launch on while its own run does."""

        def planned() -> bool:
            return bool(
                self.airflow.rows("SELECT FROM meta_ads.launch WHERE campaign_id = %s", launch)
            )

        wait_for(f"the plan of {launch}", planned)
        words = [sys.executable, "-m", "meta_ads", "reconcile", launch]
        return subprocess.Popen(words, env=self.airflow.stack.settings.environment())

    def _restart_meta(self) -> None:
        emulator = self.airflow.stack.emulator
        emulator.stop(grace=0)
        emulator.start()
        emulator.wait_until_healthy()

    def _lose_postgres_during_a_call(self, launch: str) -> bool:
        """Kill Postgres during a call, start it again after; whether the stack lets us do so."""
        wait_for(f"the call of {launch}", lambda: self.state(launch, "ad_set") == "INFLIGHT")
        postgres = self.airflow.stack.postgres
        if not isinstance(postgres, LocalPostgres):
            return False
        marker = self._step(launch, "ad_set")[0]["marker"]
        postgres.crash()
        journal = self.airflow.stack.emulator.journal
        wait_for("Meta's commit", lambda: any(entry.carries(marker) for entry in journal()), 60)
        postgres.start()
        services = self.airflow.stack.airflow
        wait_for("Airflow", lambda: not (services.start_dead() or services.unhealthy()))
        return True

    def _lose_file_and_gate(self, launch: str) -> None:
        """Mark the waiting task failed by hand, and delete the campaign file."""
        self.airflow.api.call(
            "PATCH",
            f"/api/v2/dags/launch__{launch}/dagRuns/{self.runs[launch]}"
            "/taskInstances/wait_until_activation",
            {"new_state": "failed"},
        )
        (self.airflow.campaigns / f"{launch}.yaml").unlink()


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


def _intents(airflow: Stack, name: str, kind: str) -> int:
    """Return how often a call was about to be sent."""
    rows = airflow.rows(
        "SELECT FROM meta_ads.attempt JOIN meta_ads.step ON step.key = attempt.step_key"
        " WHERE step.owner = %s AND step.kind = %s AND attempt.event = 'intent'",
        name,
        kind,
    )
    return len(rows)


def test_without_its_file_its_run_and_the_triggerer_a_launch_goes_live_at_its_second(
    airflow: Stack, scenarios: Scenarios
) -> None:
    try:
        for name in ("gone", "idle"):
            wait_for(f"{name} VERIFIED", lambda name=name: _is(airflow, name, "VERIFIED"))
    finally:
        scenarios.signal_triggerer(signal.SIGCONT)
    for name in ("gone", "idle"):
        [(on, status)] = _switches(airflow, name)
        assert status == "ACTIVE"
        # The journal shows whole seconds.
        assert on >= airflow.launch_row(name)["activate_at"].replace(microsecond=0)
    assert airflow.finish("gone", scenarios.runs["gone"])["activate"] == "upstream_failed"
    assert airflow.finish("idle", scenarios.runs["idle"])["verify"] == "success"
    assert len(_switches(airflow, "idle")) == 1


def test_a_task_whose_supervisor_died_finishes_its_call_and_nothing_is_sent_again(
    airflow: Stack, scenarios: Scenarios
) -> None:
    assert airflow.finish("orphan", scenarios.runs["orphan"])["create_ad"] == "success"
    assert airflow.creates("orphan") == OBJECTS
    assert _intents(airflow, "orphan", "campaign") == 1


def test_a_create_answered_while_postgres_is_away_is_adopted_and_not_sent_again(
    airflow: Stack, scenarios: Scenarios
) -> None:
    if not scenarios.restarted:
        pytest.skip("Postgres is the user's own; it is not ours to restart")
    assert airflow.finish("outage", scenarios.runs["outage"])["create_ad"] == "success"
    assert airflow.creates("outage") == OBJECTS
    assert _intents(airflow, "outage", "ad_set") == 1


def test_a_withdrawn_launch_never_goes_live_and_a_live_one_is_paused(
    airflow: Stack, scenarios: Scenarios
) -> None:
    def done(run: str) -> bool:
        return airflow.api.run_state("withdraw_launch", run) == "success"

    wait_for("the withdrawal", lambda: done(scenarios.withdrawal))
    wait_for("gone VERIFIED", lambda: _is(airflow, "gone", "VERIFIED"))
    assert "ACTIVE" not in [status for _, status in _switches(airflow, "taken_back")]
    run = airflow.api.trigger("withdraw_launch", {"campaign_id": "gone"})
    wait_for("the second withdrawal", lambda: done(run))
    assert [status for _, status in _switches(airflow, "gone")] == ["ACTIVE", "PAUSED"]
    assert _is(airflow, "gone", "WITHDRAWN")


def test_two_workers_and_two_runs_make_everything_once_and_clearing_a_run_writes_nothing(
    airflow: Stack, scenarios: Scenarios
) -> None:
    scenarios.beside.wait(120)
    for run in (scenarios.runs["twice"], scenarios.second):
        assert airflow.finish("twice", run)["create_ad"] == "success"
    assert airflow.creates("twice") == OBJECTS
    before = len(airflow.journal("twice"))
    assert scenarios.clear("twice", only_failed=False)["create_ad"] == "success"
    assert len(airflow.journal("twice")) == before


def test_a_file_edited_between_two_tries_changes_nothing_of_the_launch(
    airflow: Stack, scenarios: Scenarios
) -> None:
    assert airflow.finish("retried", scenarios.runs["retried"])["create_ad_set"] == "failed"
    airflow.commit("retried", daily_budget=OTHER_BUDGET)
    assert scenarios.clear("retried", only_failed=True)["create_ad"] == "success"
    assert airflow.creates("retried") == OBJECTS
    [campaign] = [e for e in airflow.journal("retried") if e.object_kind == "campaign"]
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


def _is(airflow: Stack, name: str, state: str) -> bool:
    return bool(airflow.launch_row(name)["state"] == state)
