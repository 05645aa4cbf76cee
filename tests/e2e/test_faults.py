"""What fails between Airflow and Meta is settled by the tasks, or said in plain words."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
OBJECTS = ["ad", "adset", "campaign", "creative"]


def fault(airflow: Stack, edge: str, name: str, **what: Any) -> None:
    """Let the next create on an edge whose name contains `name` meet a fault at Meta."""
    answer = httpx.post(
        f"{airflow.stack.emulator.url}/_emulator/faults",
        json={"method": "POST", "path": f"/{edge}$", "contains": name, "count": 1, **what},
    )
    answer.raise_for_status()


class Faulty:
    """Launches that meet faults, side by side."""

    def __init__(self, airflow: Stack) -> None:
        fault(airflow, "campaigns", "Lossy", action="reset_after_commit")
        fault(airflow, "adsets", "Lossy", action="error_500_after_commit")
        fault(airflow, "ads", "Refused", action="error", code=100, message="Scripted refusal")
        fault(airflow, "campaigns", "Throttled", action="throttle", code=80004, minutes=1)
        self.runs = {}
        for name in ("throttled", "lossy", "refused"):
            airflow.commit(name)
        for name in ("throttled", "lossy", "refused"):
            self.runs[name] = airflow.trigger(name)
        # Now, since the wait that Meta asks for may be over before another launch has ended.
        airflow.wait_for_task("throttled", self.runs["throttled"], "create_campaign", "deferred")


@pytest.fixture(scope="module")
def faulty(airflow: Stack) -> Faulty:
    return Faulty(airflow)


def test_objects_whose_answers_were_lost_are_adopted_and_none_is_made_twice(
    airflow: Stack, faulty: Faulty
) -> None:
    states = airflow.finish("lossy", faulty.runs["lossy"])
    assert states["create_ad"] == "success"
    assert airflow.creates("lossy") == OBJECTS
    events = airflow.rows(
        "SELECT split_part(step_key, '/', 3) AS kind, event FROM meta_ads.attempt"
        " WHERE split_part(step_key, '/', 2) = 'lossy' AND event IN ('unknown', 'adopted')"
    )
    assert sorted((row["kind"], row["event"]) for row in events) == [
        ("ad_set", "adopted"),
        ("ad_set", "unknown"),
        ("campaign", "adopted"),
        ("campaign", "unknown"),
    ]


def test_a_throttled_launch_waits_as_long_as_meta_says_without_a_worker(
    airflow: Stack, faulty: Faulty
) -> None:
    assert airflow.finish("throttled", faulty.runs["throttled"])["create_ad"] == "success"
    assert airflow.creates("throttled") == OBJECTS


def test_a_refused_launch_says_why_and_goes_on_when_its_task_is_cleared(
    airflow: Stack, faulty: Faulty
) -> None:
    run = faulty.runs["refused"]
    assert airflow.finish("refused", run)["create_ad"] == "failed"
    assert "Scripted refusal" in airflow.log("refused", run, "create_ad")
    assert "Scripted refusal" in airflow.launch_row("refused")["last_error"]
    airflow.api.call(
        "POST",
        "/api/v2/dags/launch__refused/clearTaskInstances",
        {"dag_run_id": run, "dry_run": False, "only_failed": True, "reset_dag_runs": True},
    )
    assert airflow.finish("refused", run)["create_ad"] == "success"
    assert airflow.creates("refused") == OBJECTS
