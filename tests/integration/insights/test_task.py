"""The task `read` of `sync_insights`: every report of its account, whatever becomes of others."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from meta_ads.airflow.insights_dag import build_insights_dag
from meta_ads.airflow.operators.insights import SyncInsightsOperator
from tests.conftest import PROJECT
from tests.integration.insights.accounts import ACCOUNT, Account

# An account that the token does not see.
FOREIGN = "act_100000000000999"
DAYS = 3


@pytest.fixture
def home(
    account: Account, tmp_path: Path, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A project that wants two optional reports of a few days, and its connections."""
    connection = {
        "conn_type": "meta_ads",
        "password": "emulator-token",
        "host": account.server.url,
        "extra": {"app_secret": "emulator-app-secret"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_META_ADS_DB", empty_database_url)
    monkeypatch.setenv("AIRFLOW_CONN_META_ADS_DEFAULT", json.dumps(connection))
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    (tmp_path / "configs/insights.yaml").write_text(
        f"first_load_days: {DAYS}\nreports: [country, account_region]\n"
    )
    return tmp_path


def read(home: Path, account_id: str) -> dict[str, str]:
    operator = SyncInsightsOperator(
        task_id="read", account={"account_id": account_id}, home=str(home)
    )
    context: Any = {"dag_run": SimpleNamespace(start_date=datetime.now(UTC))}
    return operator.execute(context)


def test_all_reports_are_read_though_another_account_cannot_be(
    account: Account, home: Path
) -> None:
    with pytest.raises(AirflowFailException, match=FOREIGN):
        read(home, FOREIGN)
    assert read(home, ACCOUNT)["account_id"] == ACCOUNT
    days = account.database.rows(
        "SELECT 'ads' AS report, count(*) AS days, min(rows) AS rows FROM meta_ads.insight_day"
        " UNION ALL SELECT report, count(*), min(rows) FROM meta_ads.insight_breakdown_day"
        " GROUP BY report ORDER BY report"
    )
    assert [(row["report"], row["days"]) for row in days] == [
        ("account_region", DAYS + 1),
        ("ads", DAYS + 1),
        ("country", DAYS + 1),
    ]
    assert all(row["rows"] > 0 for row in days if row["report"] != "account_region")


def test_no_task_of_an_account_waits_for_another_accounts() -> None:
    dag = build_insights_dag(PROJECT)
    group = {"account.read", "account.compare", "account.announce"}
    assert group < set(dag.task_dict)
    for name in group:
        task = dag.task_dict[name]
        assert task.upstream_task_ids <= {"accounts", "account.read"}
        closest = next(iter(task.iter_mapped_task_groups()))
        assert closest.group_id == "account", "each account has a task of its own"
    assert dag.task_dict["quality"].trigger_rule == "all_done"
