"""A launch that is late is told without a worker: by Airflow's deadlines, in its triggerer."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
import yaml
from psycopg.rows import dict_row

from meta_ads.airflow.deadlines import LATE_AFTER
from tests.e2e.conftest import Stack, wait_for
from tests.unit.airflow.sinks import hook_sink

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
CHANNELS = "channels: [{name: chat, events: [late], webhook: {connection: chat}}]\n"
DAG = "launch__never_begun"


def airflows_rows(airflow: Stack, query: str, *values: Any) -> list[dict[str, Any]]:
    """Return rows of Airflow's own database; None for a statement without any."""
    url = airflow.stack.postgres.url("airflow")
    with psycopg.connect(url, row_factory=dict_row) as connection:
        done = connection.execute(query, values)  # type: ignore[call-overload]
        return done.fetchall() if done.description else []


def deadlines(airflow: Stack, run: str) -> list[dict[str, Any]]:
    """Return the deadlines of a run, as the run's page shows them."""
    shown = airflow.api.call("GET", f"/ui/dags/{DAG}/dagRuns/{run}/deadlines", None)
    return list(shown["deadlines"])


def test_a_launch_that_no_worker_begins_is_told_at_its_deadline(airflow: Stack) -> None:
    settings = airflow.stack.project / "configs" / "notifications.yaml"
    before = settings.read_text()
    with hook_sink() as sink:
        address = f"http://127.0.0.1:{sink.server_port}/chat"
        chat = {"connection_id": "chat", "conn_type": "http", "password": address}
        airflow.api.call("POST", "/api/v2/connections", chat)
        try:
            airflow.commit("never_begun", timedelta(hours=1))
            shown = airflow.dag("never_begun")
            assert shown["dag_id"] == DAG
            # From here on no task of this DAG runs.
            airflow.api.call("PATCH", f"/api/v2/dags/{DAG}", {"is_paused": True})
            dry = airflow.api.trigger(DAG, {"dry_run": True})
            run = airflow.api.trigger(DAG)
            assert deadlines(airflow, dry) == []
            [deadline] = deadlines(airflow, run)
            due = datetime.fromisoformat(deadline["deadline_time"])
            file = yaml.safe_load((airflow.campaigns / "never_begun.yaml").read_text())
            assert due - LATE_AFTER == datetime.fromisoformat(file["schedule"]["activate_at"])
            settings.write_text(CHANNELS)
            # Airflow's clock cannot be hurried; the moment it looks for can.
            move = "UPDATE deadline SET deadline_time = now() WHERE id = %s"
            airflows_rows(airflow, move, deadline["id"])

            def texts() -> list[str]:
                return [body["text"] for *_, body in sink.posts if "never_begun" in body["text"]]

            [text] = wait_for("the message", texts, 120)
            assert text.startswith("never_begun is late\n")
            assert "has planned nothing yet. Is launch__never_begun paused" in text
            called = "SELECT state, data FROM callback WHERE data::text LIKE '%%never_begun%%'"
            ran = wait_for(
                "the end of the callback",
                lambda: [c for c in airflows_rows(airflow, called) if c["state"] == "success"],
                60,
            )
            assert address not in json.dumps(ran, default=str)
        finally:
            settings.write_text(before)
            airflow.api.call("DELETE", "/api/v2/connections/chat", None)
            (airflow.campaigns / "never_begun.yaml").unlink(missing_ok=True)
