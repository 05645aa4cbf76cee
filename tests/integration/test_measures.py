"""What monitoring is told of a ledger, and that it is told even when Meta and Airflow are away."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from airflow.sdk._shared.observability.metrics.base_stats_logger import NoStatsLogger
from airflow.sdk.observability import stats

from meta_ads.airflow.metrics import report_metrics
from meta_ads.cli import connections, main
from meta_ads.store.database import Database
from meta_ads.store.measures import MeasureStore
from meta_ads.syncing.measures import HELP, Measure, as_prometheus
from tests.integration.launches import Launch, plan

ALWAYS = {"notices_open", "requests_failed", "steps_held", "steps_unsettled"}


def measures(database: Database) -> dict[str, float]:
    return {
        " ".join([one.name, *one.labels.values()]): one.value
        for one in MeasureStore(database).read()
    }


def test_an_empty_ledger_still_says_that_nobody_is_needed(database: Database) -> None:
    assert measures(database) == dict.fromkeys(ALWAYS, 0.0)


def test_every_metric_has_its_words_and_comes_out_of_a_full_ledger(database: Database) -> None:
    launch = Launch(database)
    launch.create(plan())
    launch.activate()
    for statement in (
        "INSERT INTO meta_ads.access_token (fingerprint, connection, expires_at, checked_at)"
        " VALUES ('0123456789abcdef', 'c', now() + interval '36 hours', now())",
        "INSERT INTO meta_ads.token_usage (fingerprint, account_id, used_percent)"
        " VALUES ('0123456789abcdef', 'act_1', 87.5)",
        "INSERT INTO meta_ads.insight_day (account_id, date, read_at, read_on, changed_at, rows,"
        " spend, impressions) VALUES (1, '2026-11-20', now() - interval '1 hour', '2026-11-20',"
        " now(), 1, 1, 1)",
    ):
        database.rows(statement)
    found = measures(database)
    assert {name.split()[0] for name in found} == set(HELP)
    account = launch.launches.launch("spring").account_id
    assert found[f"launches ACTIVE {account}"] == 1
    assert 0 < found[f"lateness_seconds {account}"] < 600
    assert found["quota_used_percent act_1"] == 87.5
    assert found["token_days_left c"] == pytest.approx(1.5, abs=0.01)
    assert found["insights_age_seconds act_1"] == pytest.approx(3600, abs=60)


def test_a_launch_past_its_time_is_counted_as_late(database: Database) -> None:
    launch = Launch(database)
    launch.create(plan(activates_in=timedelta(minutes=-5)))
    assert measures(database)[f"launches_late {launch.launches.launch('spring').account_id}"] == 1


def test_a_dead_token_has_no_days_left(database: Database) -> None:
    database.rows(
        "INSERT INTO meta_ads.access_token (fingerprint, connection, checked_at, dead_since,"
        " dead_reason) VALUES ('0123456789abcdef', 'c', now(), now(), 'revoked')"
    )
    assert measures(database)["token_days_left c"] == 0


def test_labels_are_escaped_as_prometheus_wants_them() -> None:
    text = as_prometheus([Measure("launches", {"state": 'a"b\\c\nd'}, 2)])
    assert text.splitlines()[-1] == r'meta_ads_launches{state="a\"b\\c\nd"} 2'


def test_the_command_prints_what_prometheus_reads(
    database: Database,
    empty_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Launch(database).create(plan())
    parts = psycopg.conninfo.conninfo_to_dict(empty_database_url)
    fields = {"schema": parts["dbname"], "login": parts["user"], "host": parts["host"]}
    fields |= {"password": parts.get("password", ""), "port": int(str(parts["port"]))}
    monkeypatch.setenv(connections.DATABASE, json.dumps(fields))
    capsys.readouterr()
    assert main(["metrics"]) == 0
    printed = capsys.readouterr().out
    assert "# TYPE meta_ads_steps_held gauge\nmeta_ads_steps_held{} 0\n" in printed
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian's package prometheus)")
    done = subprocess.run(
        [promtool, "check", "metrics"], input=printed, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


class Backend:
    """A metrics backend that remembers its gauges, or fails."""

    def __init__(self, broken: bool) -> None:
        self.broken = broken
        self.gauges: list[tuple[str, float, Any]] = []

    def gauge(self, stat: str, value: float, tags: Any = None) -> None:
        if self.broken:
            raise RuntimeError("away")
        self.gauges.append((stat, value, tags))


@pytest.mark.parametrize("broken", [False, True])
def test_airflow_sends_the_same_and_a_backend_that_is_away_fails_nothing(broken: bool) -> None:
    backend = Backend(broken)
    stats.initialize(factory=lambda: backend, export_legacy_names=False)  # type: ignore[arg-type, return-value]
    log = logging.getLogger(__name__)
    try:
        report_metrics([Measure("launches", {"account": "act_1", "state": "ACTIVE"}, 3)], log)
    finally:
        stats.initialize(factory=NoStatsLogger, export_legacy_names=False)
    labels = {"account": "act_1", "state": "ACTIVE"}
    assert backend.gauges == ([] if broken else [("meta_ads.launches", 3, labels)])
