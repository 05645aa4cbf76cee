"""Which runs have a deadline, and that Airflow keeps it as it was."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.serialization.encoders import encode_deadline_alert

from meta_ads.airflow import deadlines
from meta_ads.airflow.deadlines import LATE_AFTER, ActivationTime, live_by

NOW = datetime(2026, 12, 1, tzinfo=UTC)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
REFERENCE = ActivationTime(NOON, "Asia/Singapore")


@pytest.mark.parametrize(
    ("conf", "due", "why"),
    [
        ({}, NOON, "the file's time"),
        ({"note": "x", "activate_at": None}, NOON, "an empty form"),
        ({"dry_run": True}, None, "nothing goes live in a dry run"),
        ({"activate_at": "2026-12-02 09:00"}, NOON + timedelta(hours=13), "the account's zone"),
        ({"activate_at": "2026-12-02T01:00:00.000Z"}, NOON + timedelta(hours=13), "Airflow's form"),
        ({"activate_at": "soon"}, None, "preflight refuses it"),
        ({"activate_at": "2026-11-01 09:00"}, None, "behind us: preflight refuses it"),
    ],
)
def test_a_run_is_due_when_its_launch_goes_live(
    conf: dict[str, Any], due: datetime | None, why: str
) -> None:
    assert REFERENCE.of_run(conf, NOW) == due, why


def test_a_run_that_begins_after_the_time_changes_what_is_live_and_has_no_deadline() -> None:
    assert REFERENCE.of_run({}, NOON + timedelta(seconds=1)) is None


def test_what_the_scheduler_keeps_is_the_same_reference() -> None:
    alert = live_by("spring", NOON, "Asia/Singapore", Path("/home"))
    kept = encode_deadline_alert(alert)["reference"]
    assert kept["__class_path"] == "meta_ads.airflow.deadlines.ActivationTime"
    again = ActivationTime.deserialize_reference(kept)
    assert (again.moment, again.timezone) == (NOON, "Asia/Singapore")
    assert again == alert.reference


@pytest.mark.parametrize(
    ("state", "waiting"), [("running", "r1"), ("queued", "r1"), ("failed", None), ("success", None)]
)
def test_a_missed_time_is_told_with_the_run_that_still_waits(
    monkeypatch: pytest.MonkeyPatch, state: str, waiting: str | None
) -> None:
    told = []
    monkeypatch.setattr("meta_ads.airflow.notifying.tell_late_launch", lambda *a: told.append(a))
    missed = NOON + LATE_AFTER
    context = {
        "dag_run": {"state": state, "dag_run_id": "r1", "dag_id": "launch__spring"},
        "deadline": {"deadline_time": missed.isoformat()},
    }
    asyncio.run(deadlines.launch_is_late("/home", "spring", context))
    assert told == [(Path("/home"), "spring", NOON, waiting)]


@pytest.mark.parametrize(("state", "messages"), [("running", 1), ("failed", 0)])
def test_a_run_that_has_ended_is_not_overdue(
    monkeypatch: pytest.MonkeyPatch, state: str, messages: int
) -> None:
    told = []
    monkeypatch.setattr("meta_ads.airflow.notifying.tell_overdue_run", lambda *a: told.append(a))
    context = {
        "dag_run": {"state": state, "dag_run_id": "r1", "dag_id": "sync_insights"},
        "deadline": {"deadline_time": NOON},
    }
    asyncio.run(deadlines.run_is_overdue("/home", "Sync insights", context))
    assert told == [(Path("/home"), "Sync insights", "sync_insights", "r1", NOON)] * messages
