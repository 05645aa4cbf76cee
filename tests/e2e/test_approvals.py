"""Two persons and a launch that is put off, through real Airflow processes and their REST API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.conftest import BOB, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
# Long enough for a refused approval and a good one.
FILE, LATER = timedelta(seconds=90), timedelta(seconds=150)
KUMO = {"client_account_id": "kumo_jp", "destination_url": "https://www.kumo.example/"}


def test_who_triggered_a_launch_cannot_approve_it_and_another_person_can(airflow: Stack) -> None:
    moment = (datetime.now(UTC) + LATER).replace(microsecond=0)
    airflow.commit("four_eyes", FILE, **KUMO)
    run = airflow.trigger("four_eyes", activate_at=moment.isoformat(), note="for the spring fair")

    airflow.decide("four_eyes", run, "Approve")
    states = airflow.finish("four_eyes", run)
    assert (states["approve"], states["activate"]) == ("failed", "upstream_failed")
    said = airflow.log("four_eyes", run, "approve")
    assert "admin triggered this launch, and another person must approve it" in said

    body = {"dry_run": False, "dag_run_id": run, "task_ids": ["approve"], "only_failed": False}
    body["include_downstream"] = True
    airflow.api.call("POST", "/api/v2/dags/launch__four_eyes/clearTaskInstances", body)
    with airflow.another_person() as bob:
        airflow.decide("four_eyes", run, "Approve", bob)
    assert airflow.finish("four_eyes", run)["verify"] == "success"

    decisions = airflow.rows(
        "SELECT decided_by, refused IS NULL AS counts, plan_hash FROM meta_ads.approval"
        " WHERE campaign_id = 'four_eyes' ORDER BY id"
    )
    # Whoever answers in the very second may be asked again; see `Stack.decide`.
    *refused, last = [(row["decided_by"], row["counts"]) for row in decisions]
    assert set(refused) == {("admin", False)}
    assert last == (BOB, True)
    launch = airflow.launch_row("four_eyes")
    assert {row["plan_hash"] for row in decisions} == {launch["plan_hash"]}
    assert launch["activate_at"] == moment
    assert launch["activated_at"] >= moment
    [trigger] = airflow.rows(
        "SELECT author, detail FROM meta_ads.launch_event"
        " WHERE campaign_id = 'four_eyes' AND event = 'triggered'"
    )
    assert (trigger["author"], trigger["detail"]) == ("admin", "for the spring fair")


@pytest.mark.parametrize(
    ("name", "conf", "words"),
    [
        ("not_moved", {"activate_at": "2099-01-01T00:00:00Z"}, "lets no trigger move a launch"),
        ("protected", {"client_account_id": "kumo_jp"}, "unknown settings: client_account_id"),
    ],
)
def test_a_trigger_changes_nothing_that_was_committed(
    airflow: Stack, name: str, conf: dict[str, str], words: str
) -> None:
    airflow.commit(name, timedelta(hours=1))
    run = airflow.trigger(name, **conf)
    assert airflow.finish(name, run)["preflight"] == "failed"
    assert words in airflow.log(name, run, "preflight")
    assert airflow.journal(name) == []
