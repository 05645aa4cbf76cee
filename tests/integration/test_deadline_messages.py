"""What a missed deadline tells people: by Airflow's connections, a webhook and a real Postgres."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from meta_ads.airflow.notifying import tell_late_launch, tell_overdue_run
from meta_ads.store.database import Database
from tests.integration.launches import Launch, plan
from tests.unit.airflow.sinks import HookSink, hook_sink

CHANNELS = "channels: [{name: chat, events: [late, overdue], webhook: {connection: chat}}]\n"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def sink(
    database: Database, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HookSink]:
    with hook_sink() as server:
        hook = {"conn_type": "http", "password": f"http://127.0.0.1:{server.server_port}/x"}
        monkeypatch.setenv("AIRFLOW_CONN_META_ADS_DB", empty_database_url)
        monkeypatch.setenv("AIRFLOW_CONN_CHAT", json.dumps(hook))
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs/notifications.yaml").write_text(CHANNELS)
    return tmp_path


def texts(sink: HookSink) -> list[str]:
    return [body["text"] for _, _, body in sink.posts]


def late(home: Path, waiting: str | None) -> Callable[[], int]:
    moment = NOW - timedelta(minutes=5)
    return lambda: tell_late_launch(home, "spring", moment, waiting)


def test_a_run_that_no_worker_began_is_told_once(home: Path, sink: HookSink) -> None:
    tell = late(home, "manual__1")
    assert [tell(), tell()] == [1, 0]
    [text] = texts(sink)
    assert text.startswith("spring is late\n")
    assert "Its run manual__1 has planned nothing yet" in text


def test_a_planned_launch_that_is_late_is_told_once_in_the_ledgers_words(
    home: Path, sink: HookSink, database: Database
) -> None:
    Launch(database).create(plan(activates_in=timedelta(minutes=-5)))
    planned = database.rows("SELECT activate_at FROM meta_ads.launch")[0]["activate_at"]
    for _ in range(2):
        tell_late_launch(home, "spring", planned, "manual__1")
    [text] = texts(sink)
    assert "planned nothing" not in text


def test_a_launch_that_is_live_is_not_late(home: Path, sink: HookSink, database: Database) -> None:
    launch = Launch(database)
    launch.create(plan())
    planned = database.rows("SELECT activate_at FROM meta_ads.launch")[0]["activate_at"]
    launch.activate()
    assert tell_late_launch(home, "spring", planned, "manual__1") == 0
    assert texts(sink) == []


def test_a_run_that_ended_without_a_plan_is_told_as_failed_and_not_as_late(
    home: Path, sink: HookSink
) -> None:
    assert late(home, None)() == 0


def test_a_run_that_takes_too_long_is_told_once(home: Path, sink: HookSink) -> None:
    told = [
        tell_overdue_run(home, "Sync insights", "sync_insights", run, NOW) for run in ("a", "a")
    ]
    assert told == [1, 0]
    [text] = texts(sink)
    assert text.startswith("Sync insights takes too long\n")
    assert "the run a of the DAG sync_insights" in text
