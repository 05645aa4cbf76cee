"""Campaign files become campaigns through real Airflow processes.

The launches run side by side, as they do in production; each test then looks at its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.e2e.conftest import Stack, wait_for
from tests.e2e.launches import Launches

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
OBJECTS = ["ad", "adset", "campaign", "creative"]
# Our kinds of objects that Ads Manager shows, and what it calls them in its addresses.
LEVELS = {"campaign": "campaign", "ad_set": "adset", "ad": "ad"}


@pytest.fixture(scope="module")
def launches(airflow: Stack) -> Launches:
    return Launches(airflow)


def _first_activation(airflow: Stack, name: str) -> Any:
    # Two activators may send the same status in the same second; neither may be early.
    on = [
        datetime.fromisoformat(entry.time)
        for entry in airflow.journal(name)
        if entry.object_kind == "campaign" and entry.params.get("status") == "ACTIVE"
    ]
    return min(on, default=None)


@pytest.mark.parametrize("name", ["scheduled", "deleted"])
def test_a_launch_outlives_the_edit_and_the_loss_of_its_file(
    airflow: Stack, launches: Launches, name: str
) -> None:
    # Airflow may leave the run of a DAG that is gone unfinished; the reconciler does not need it.
    wait_for(f"{name} VERIFIED", lambda: airflow.launch_row(name)["state"] == "VERIFIED")
    assert airflow.launch_row(name)["plan_hash"] == launches.plans[name]
    assert airflow.creates(name) == OBJECTS


def test_a_scheduled_campaign_goes_live_at_its_time_and_is_verified(
    airflow: Stack, launches: Launches
) -> None:
    states = launches.tasks("scheduled")
    skipped = {"approve", "apply_changes"}
    assert {task for task, state in states.items() if state != "success"} == skipped
    assert airflow.statuses("scheduled") == dict.fromkeys(("campaign", "ad_set", "ad"), "ACTIVE")
    assert airflow.creates("scheduled") == OBJECTS
    launch = airflow.launch_row("scheduled")
    assert launch["state"] == "VERIFIED"
    assert _first_activation(airflow, "scheduled") >= launch["activate_at"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("scheduled", "Live, and as planned."),
        ("scheduled", "- Budget: SGD 50.00 a day"),
        ("unscheduled", "Everything is at Meta, paused. It has no time to go live."),
        ("too_cheap", "**Stopped, a person is needed.** 1 problem found; nothing was sent to"),
        ("dry", "Dry run: nothing was sent to Meta."),
    ],
)
def test_a_run_has_a_note_in_a_media_buyers_words(
    airflow: Stack, launches: Launches, name: str, words: str
) -> None:
    launches.tasks(name)
    assert words in launches.note(name)


def test_every_object_is_created_paused(airflow: Stack, launches: Launches) -> None:
    launches.tasks("scheduled")
    created = [
        entry.params["status"]
        for entry in airflow.journal("scheduled")
        if entry.creates and entry.object_kind != "creative"
    ]
    assert created == ["PAUSED"] * 3


def test_ids_are_shown_in_xcom(airflow: Stack, launches: Launches) -> None:
    launches.tasks("scheduled")
    shown = {
        kind: airflow.api.xcom("launch__scheduled", launches.runs["scheduled"], f"create_{kind}")
        for kind in ("campaign", "ad_set", "creative", "ad")
    }
    known = airflow.rows(
        "SELECT kind, object_id FROM meta_ads.launch_step WHERE campaign_id = 'scheduled'"
        " AND kind NOT IN ('video', 'image')"
    )
    assert shown == {row["kind"]: row["object_id"] for row in known}


@pytest.mark.parametrize(("kind", "level"), list(LEVELS.items()))
def test_a_task_leads_to_its_object_and_to_the_campaigns_page(
    airflow: Stack, launches: Launches, kind: str, level: str
) -> None:
    launches.tasks("scheduled")
    dag_id, run, task = "launch__scheduled", launches.runs["scheduled"], f"create_{kind}"
    links = airflow.api.call(
        "GET", f"/api/v2/dags/{dag_id}/dagRuns/{run}/taskInstances/{task}/links", None
    )["extra_links"]
    assert parse_qs(urlsplit(links["Ads Manager"]).query) == {
        "act": ["100000000000101"],
        f"selected_{level}_ids": [airflow.api.xcom(dag_id, run, task)],
    }
    assert httpx.get(links["Ads Manager"], trust_env=False).status_code == 200
    page = airflow.page(links["Campaigns page"])
    assert (page.status_code, page.url.path) == (200, "/campaigns/c/scheduled")
    assert "<h1>Scheduled</h1>" in page.text


def test_one_file_is_uploaded_once_for_all_campaigns_of_an_account(
    airflow: Stack, launches: Launches
) -> None:
    launches.tasks("scheduled")
    launches.tasks("unscheduled")
    uploads = airflow.rows(
        "SELECT object_id FROM meta_ads.step WHERE kind = 'video'"
        " AND account_id = 'act_100000000000101'"
    )
    assert len(uploads) == 1


def test_a_campaign_without_a_schedule_stays_paused(airflow: Stack, launches: Launches) -> None:
    states = launches.tasks("unscheduled")
    assert states["create_ad"] == "success"
    assert states["wait_until_activation"] == states["activate"] == "skipped"
    assert airflow.launch_row("unscheduled")["state"] == "PAUSED"
    assert "ACTIVE" not in airflow.statuses("unscheduled").values()


def test_triggering_again_creates_nothing(airflow: Stack, launches: Launches) -> None:
    launches.tasks("unscheduled")
    before = airflow.journal("unscheduled")
    again = airflow.finish("unscheduled", airflow.trigger("unscheduled"))
    assert again["create_ad"] == "success"
    assert airflow.journal("unscheduled") == before
    assert airflow.creates("unscheduled") == OBJECTS


def test_launch_on_commit_starts_by_itself_once(airflow: Stack, launches: Launches) -> None:
    airflow.dag("by_commit")

    def ended() -> list[str]:
        runs = airflow.api.call("GET", "/api/v2/dags/launch__by_commit/dagRuns", None)["dag_runs"]
        return [run["state"] for run in runs if run["state"] in ("success", "failed")]

    assert wait_for("the run of by_commit", ended) == ["success"]
    assert airflow.creates("by_commit") == OBJECTS


def test_a_dry_run_shows_the_plan_and_sends_nothing(airflow: Stack, launches: Launches) -> None:
    states = launches.tasks("dry")
    assert states["plan"] == "success"
    assert {states[task] for task in ("upload_video", "create_campaign", "activate")} == {"skipped"}
    assert "+ create campaign: Dry" in launches.log("dry", "plan")
    assert airflow.rows("SELECT * FROM meta_ads.launch WHERE campaign_id = 'dry'") == []


def test_an_approved_launch_goes_live_and_the_ledger_names_the_approver(
    airflow: Stack, launches: Launches
) -> None:
    launches.decide("approved", "Approve")
    assert launches.tasks("approved")["verify"] == "success"
    assert "Approved by admin." in launches.note("approved")
    decision = airflow.rows("SELECT * FROM meta_ads.approval WHERE campaign_id = 'approved'")
    assert [row["approved"] for row in decision] == [True]
    assert decision[0]["decided_by"] == "admin"
    assert decision[0]["plan_hash"] == airflow.launch_row("approved")["plan_hash"]


def test_a_rejected_launch_stays_paused(airflow: Stack, launches: Launches) -> None:
    launches.decide("rejected", "Reject")
    states = launches.tasks("rejected")
    assert states["approve"] == "failed"
    assert states["activate"] == "upstream_failed"
    assert _first_activation(airflow, "rejected") is None
    assert "ACTIVE" not in airflow.statuses("rejected").values()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("too_cheap", "daily_budget: is SGD 0.01, Meta's minimum"),
        ("no_video", "video.file_path = 'samples/nothing.mp4': there is no such file"),
        ("not_a_video", "video.file_path = 'README.md'"),
        ("late", "schedule.activate_at"),
        ("unknown_conf", "unknown settings: daily_budget"),
    ],
)
def test_preflight_stops_a_launch_before_anything_is_sent(
    airflow: Stack, launches: Launches, name: str, words: str
) -> None:
    states = launches.tasks(name)
    assert states["preflight"] == "failed"
    assert states["create_campaign"] == "upstream_failed"
    assert words in launches.log(name, "preflight")
    assert airflow.journal(name) == []


def test_a_bad_file_is_one_import_error_and_takes_nothing_else_away(
    airflow: Stack, launches: Launches
) -> None:
    def reported() -> str:
        return airflow.api.import_errors().get("campaign_errors.py", "")

    text = wait_for("the import error", reported, 60)
    assert "include/campaigns/misspelled.yaml" in text
    assert "Did you mean “headline”?" in text
    assert "daily_budget = '010'" in text
    assert airflow.api.dag("launch__misspelled") is None
    assert airflow.api.dag("launch__unscheduled") is not None


def test_statuses_are_synced_for_one_campaign_and_for_all(
    airflow: Stack, launches: Launches
) -> None:
    launches.tasks("scheduled")
    for conf in ({"campaign_id": "scheduled"}, {}):
        run = airflow.api.trigger("sync_statuses", conf)
        wait_for(
            "the sync",
            lambda run=run: airflow.api.run_state("sync_statuses", run) in ("success", "failed"),
        )
        assert airflow.api.run_state("sync_statuses", run) == "success"
    rows = airflow.rows(
        "SELECT object_status.* FROM meta_ads.object_status JOIN meta_ads.launch_step"
        " USING (object_id) WHERE launch_step.campaign_id = 'scheduled'"
    )
    assert sorted((row["kind"], row["effective_status"]) for row in rows) == [
        ("ad", "ACTIVE"),
        ("ad_set", "ACTIVE"),
        ("campaign", "ACTIVE"),
    ]
    campaign = next(row for row in rows if row["kind"] == "campaign")
    assert (campaign["daily_budget"], campaign["currency"]) == (5000, "SGD")
    history = airflow.rows("SELECT count(*) AS n FROM meta_ads.object_status_history")
    objects = airflow.rows("SELECT count(*) AS n FROM meta_ads.object_status")
    assert history[0]["n"] >= objects[0]["n"]
