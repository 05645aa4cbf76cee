"""What the buttons do: through Airflow as that person, or in the ledger with their name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from meta_ads.launching.ports import LaunchState
from meta_ads.planning.plan import Plan
from tests.integration.launches import Launch, plan
from tests.web.people import FakeAirflow, signed_in


@pytest.fixture
def built(launch: Launch) -> Plan:
    wanted = plan(activates_in=timedelta(days=2), approval_required=True)
    launch.create(wanted)
    return wanted


def act(client: TestClient, action: str, who: str = "user", **body: Any) -> tuple[int, Any]:
    path = f"/campaigns/api/campaigns/spring/{action}"
    answer = client.post(path, headers=signed_in(who), json=body)
    return answer.status_code, answer.json()


def history(launch: Launch) -> list[tuple[str, str]]:
    rows = launch.database.rows("SELECT event, detail FROM meta_ads.launch_event ORDER BY id")
    return [(row["event"], row["detail"]) for row in rows]


def test_triggering_asks_airflow_as_the_person_who_clicked(
    client: TestClient, airflow: FakeAirflow
) -> None:
    status, said = act(client, "trigger", note="for the sale")
    assert (status, said["run_id"]) == (200, "manual__1")
    [(method, path, body, headers)] = airflow.asked
    assert (method, path) == ("POST", "dags/launch__spring/dagRuns")
    assert body["conf"] == {"note": "for the sale"}
    assert headers["authorization"] == "Bearer user"


def test_a_dry_run_is_triggered_as_one(client: TestClient, airflow: FakeAirflow) -> None:
    act(client, "dry-run")
    assert airflow.asked[0][2]["conf"] == {"dry_run": True}


def test_what_airflow_refuses_is_told_in_its_words(
    client: TestClient, airflow: FakeAirflow
) -> None:
    airflow.refuse["launch__spring"] = 404, "Dag with dag_id: 'launch__spring' not found"
    assert act(client, "trigger") == (
        404,
        {"detail": "Dag with dag_id: 'launch__spring' not found"},
    )


def test_a_waiting_approval_is_answered_through_its_run(
    client: TestClient, airflow: FakeAirflow, launch: Launch, built: Plan
) -> None:
    airflow.waiting = {
        "dag_id": "launch__spring",
        "dag_run_id": "manual__1",
        "task_id": "approve",
        "map_index": -1,
    }
    assert act(client, "approve", plan=built.hash)[0] == 200
    method, path, body, _ = airflow.asked[-1]
    assert (method, path) == (
        "PATCH",
        "dags/launch__spring/dagRuns/manual__1/taskInstances/approve/-1/hitlDetails",
    )
    assert body["chosen_options"] == ["Approve"]
    assert not launch.launches.launch("spring").approved, "the run writes it down, not the page"


@pytest.mark.parametrize(("action", "approved"), [("approve", True), ("reject", False)])
def test_without_a_run_that_waits_the_decision_goes_into_the_ledger(
    client: TestClient, launch: Launch, built: Plan, action: str, approved: bool
) -> None:
    assert act(client, action, plan=built.hash)[0] == 200
    decision = launch.launches.launch("spring").decision
    assert decision is not None
    assert (decision.approved, decision.by) == (approved, "a_user")


def test_a_decision_on_another_plan_is_refused(
    client: TestClient, airflow: FakeAirflow, launch: Launch, built: Plan
) -> None:
    status, said = act(client, "approve", plan="0" * 64)
    assert status == 409
    assert built.hash[:12] in said["detail"]
    assert launch.launches.launch("spring").decision is None
    assert airflow.asked == []


def test_a_withdrawal_holds_at_once_and_is_carried_out_by_its_dag(
    client: TestClient, airflow: FakeAirflow, launch: Launch, built: Plan
) -> None:
    assert act(client, "withdraw")[0] == 200
    assert launch.launches.launch("spring").state is LaunchState.WITHDRAWN
    assert ("withdrawn", "a_user") in history(launch)
    assert airflow.asked[0][1] == "dags/withdraw_launch/dagRuns"


def test_a_withdrawal_holds_although_its_dag_cannot_run(
    client: TestClient, airflow: FakeAirflow, launch: Launch, built: Plan
) -> None:
    airflow.refuse["withdraw_launch"] = 403, "Forbidden"
    status, said = act(client, "withdraw")
    assert status == 200
    assert "reconcile_launches" in said["message"]
    assert launch.launches.launch("spring").state is LaunchState.WITHDRAWN


def held(launch: Launch, wanted: Plan) -> str:
    """Hold the campaign's step, as five attempts without an answer do."""
    launch.launches.pin(wanted)
    key = wanted.steps[0].key
    with launch.steps.lease(wanted.steps[0], wanted.account_id, "worker") as lease:
        launch.steps.record_held(launch.steps.begin(lease), "no trace of it")
    return key


def test_a_held_step_is_released_with_the_name_of_who_looked(
    client: TestClient, launch: Launch
) -> None:
    key = held(launch, plan())
    page = client.get("/campaigns/c/spring", headers=signed_in("user")).text
    assert f'data-step="{key}"' in page
    assert act(client, "release", step_key=key, object_id="120001")[0] == 200
    [step] = launch.database.rows("SELECT state, object_id FROM meta_ads.step")
    assert step == {"state": "DONE", "object_id": "120001"}
    [released] = launch.database.rows("SELECT owner FROM meta_ads.attempt WHERE event = 'released'")
    assert released["owner"] == "a_user"


def test_a_step_of_another_launch_cannot_be_released_here(
    client: TestClient, launch: Launch, built: Plan
) -> None:
    assert act(client, "release", step_key="act_1/other/campaign/0")[0] == 404


def test_a_batch_answers_for_each_launch_by_itself(
    client: TestClient, airflow: FakeAirflow
) -> None:
    airflow.refuse["launch__summer"] = 400, "it has import errors"
    answer = client.post(
        "/campaigns/api/launches",
        headers=signed_in("user"),
        json={"launches": [{"campaign_id": "summer"}, {"campaign_id": "spring", "dry_run": True}]},
    )
    first, second = answer.json()["results"]
    assert (first["accepted"], first["error"]) == (False, "it has import errors")
    assert (second["accepted"], second["run_id"]) == (True, "manual__1")


def test_a_batch_of_a_viewer_triggers_nothing(client: TestClient, airflow: FakeAirflow) -> None:
    answer = client.post(
        "/campaigns/api/launches",
        headers=signed_in("viewer"),
        json={"launches": [{"campaign_id": "spring"}]},
    )
    assert [result["accepted"] for result in answer.json()["results"]] == [False]
    assert airflow.asked == []
