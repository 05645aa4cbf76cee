"""`sync_insights` in real Airflow processes, with its last tasks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from local_stack.airflow_api import RUN_ENDED
from meta_ads.store.database import Database
from meta_ads.syncing.mirroring import KEYS
from tests.e2e.conftest import ZONE, Stack, wait_for
from tests.integration.reporting.rows import insert

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
DAG = "sync_insights"
# The cron of configs/insights.yaml fires twice in between, in the zone of Singapore.
FIRST, LAST = time(8), time(14)


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


def test_airflows_own_backfill_reads_exactly_the_days_of_its_range(airflow: Stack) -> None:
    """Long before the first load of the account: nothing else reads these days."""
    wait_for(f"DAG {DAG}", lambda: airflow.api.dag(DAG))
    # The morning of a Tuesday in Singapore: only the day before it has ended since the run before.
    then = date.today() - timedelta(days=200)
    tuesday = then - timedelta(days=then.weekday() - 1)
    first, last = datetime.combine(tuesday, FIRST, ZONE), datetime.combine(tuesday, LAST, ZONE)
    answer = airflow.api.call(
        "POST",
        "/api/v2/backfills",
        {
            "dag_id": DAG,
            "from_date": first.isoformat(),
            "to_date": last.isoformat(),
            "max_active_runs": 2,
            "reprocess_behavior": "none",
        },
    )
    path = f"/api/v2/backfills/{answer['id']}"
    wait_for("the end of the backfill", lambda: airflow.api.call("GET", path, None)["completed_at"])
    runs = airflow.api.call("GET", f"/api/v2/dags/{DAG}/dagRuns?run_type=backfill", None)
    assert {run["state"] for run in runs["dag_runs"]} == {"success"}
    days = airflow.rows(
        "SELECT account_id, date FROM meta_ads.insight_day"
        " WHERE date BETWEEN %s::date - 7 AND %s::date + 7 ORDER BY account_id",
        tuesday,
        tuesday,
    )
    assert (100000000000101, tuesday - timedelta(days=1)) in {
        (day["account_id"], day["date"]) for day in days
    }
    assert {day["date"] for day in days} == {tuesday - timedelta(days=1)}
