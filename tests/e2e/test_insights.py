"""`sync_insights` in real Airflow processes, with its last tasks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from local_stack.airflow_api import RUN_ENDED
from meta_ads.store.database import Database
from meta_ads.syncing.mirroring import KEYS
from tests.e2e.conftest import Stack, wait_for
from tests.integration.reporting.rows import insert

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
DAG = "sync_insights"


def test_a_sync_ends_with_findings_and_copies(airflow: Stack) -> None:
    settings = airflow.stack.project / "configs" / "insights.yaml"
    before = settings.read_text()
    folder = airflow.stack.project / "parquet"
    database = Database(airflow.stack.postgres.url("ads"))
    lately, long_ago = date.today() - timedelta(days=40), date(2020, 1, 1)
    insert(
        database,
        {
            "insight_ad": [{"ad_id": 1}],
            "insight_day": [{"date": day, "rows": 1} for day in (lately, long_ago)],
            "ad_insight": [{"ad_id": 1, "date": day} for day in (lately, long_ago)],
        },
    )
    database.close()
    settings.write_text(f"{before}parquet: file://{folder}\nkeep_months: 13\n")
    try:
        wait_for(f"DAG {DAG}", lambda: airflow.api.dag(DAG))
        run = airflow.api.trigger(DAG, {"account_id": "sunrise_sg"})
        wait_for(f"the end of {DAG}", lambda: airflow.api.run_state(DAG, run) in RUN_ENDED)
    finally:
        settings.write_text(before)
    states = {task.task_id: task.state for task in airflow.api.tasks(DAG, run)}
    assert states.pop("account.announce") in ("success", "skipped"), "whether anything changed"
    assert states.pop("mssql") == "skipped", "nobody turned it on"
    assert set(states.values()) == {"success"}, states
    assert {"account.read", "account.compare", "quality", "retention", "parquet"} <= set(states)
    copied = airflow.rows("SELECT count(*) AS parts FROM meta_ads.mirrored_part")[0]["parts"]
    # The first scheduled run may be at it beside ours: either copies, and drops.
    assert copied >= len(KEYS)
    assert len(list(folder.rglob("*.parquet"))) == copied
    gone = "SELECT to_regclass('meta_ads.ad_insight_2020_01') IS NULL AS gone"
    assert airflow.rows(gone)[0]["gone"]
    findings = airflow.api.xcom(DAG, run, "quality")
    assert findings.get("act_100000000000101", {}) == {}, "the account that was just read is fine"
