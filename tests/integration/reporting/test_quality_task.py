"""The tasks of `sync_insights` that judge the data, and that drop what is too old."""

from __future__ import annotations

import logging
from datetime import date

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from meta_ads.airflow.insight_quality import checked_quality, dropped_months
from meta_ads.campaigns.account import Account
from meta_ads.campaigns.insight_settings import InsightSettings
from meta_ads.store.database import Database
from meta_ads.store.insight_quality import QualityStore
from meta_ads.store.insights import InsightStore
from tests.integration.reporting.rows import insert

ACCOUNT = Account("sg", "act_7", "One", "SGD", "Asia/Singapore")
LOG = logging.getLogger(__name__)


def test_findings_are_rows_counts_and_lines_and_fail_only_when_asked_to(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    insert(database, {"insight_day": [{"date": date(2026, 3, 1)}]})
    insights, quality = InsightStore(database), QualityStore(database)
    told = checked_quality([ACCOUNT], InsightSettings(), insights, quality, LOG)
    assert told == {"act_7": {"late": 1}}
    assert "act_7: It was last read at 2026-03-02 08:00" in caplog.text
    strict = InsightSettings(fail_on=("late",))
    with pytest.raises(AirflowFailException, match="Findings in the insights: 1"):
        checked_quality([ACCOUNT], strict, insights, quality, LOG)
    [row] = database.rows("SELECT rule FROM meta_ads.insight_finding")
    assert row["rule"] == "late"


def test_everything_is_kept_unless_the_configuration_says_otherwise(database: Database) -> None:
    insert(database, {"ad_insight": [{"ad_id": 1, "date": date(2020, 1, 1)}]})
    quality = QualityStore(database)
    with pytest.raises(AirflowSkipException):
        dropped_months(InsightSettings(), quality, LOG)
    told = dropped_months(InsightSettings(keep_months=13, keep_history_months=13), quality, LOG)
    assert "ad_insight_2020_01" in told["partitions"]
    assert told["versions"] == 0


def months(database: Database) -> set[tuple[str, str]]:
    """Return each partitioned table with each month for which it has a partition."""
    rows = database.rows(
        "SELECT parent.relname AS name, substring(child.relname FROM '\\d{4}_\\d\\d$') AS month"
        " FROM pg_inherits JOIN pg_class AS parent ON parent.oid = inhparent"
        " JOIN pg_class AS child ON child.oid = inhrelid"
        " WHERE parent.relkind = 'p' AND parent.relnamespace = 'meta_ads'::regnamespace"
    )
    return {(row["name"], row["month"]) for row in rows}


def test_a_month_goes_with_its_actions_and_breakdowns_and_the_kept_ones_stay_whole(
    database: Database,
) -> None:
    old, kept = date(2020, 1, 31), date.today().replace(day=1)
    action = {"action_type_id": 1, "value": 2}
    insert(
        database,
        {
            "action_type": [{"name": "purchase"}],
            "ad_insight": [{"ad_id": 1, "date": day} for day in (old, kept)],
            "ad_insight_action": [{"ad_id": 1, "date": day, **action} for day in (old, kept)],
            "ad_insight_action_value": [{"ad_id": 1, "date": day, **action} for day in (old, kept)],
            "insight_breakdown": [
                {"report": "country", "value_1": "SG", "date": day} for day in (old, kept)
            ],
            "insight_breakdown_action": [
                {"report": "country", "value_1": "SG", "date": day, **action} for day in (old, kept)
            ],
        },
    )
    tables = {name for name, _ in months(database)}
    assert len(tables) == 6
    assert {name for name, month in months(database) if month == "2020_01"} == tables
    dropped_months(InsightSettings(keep_months=13), QualityStore(database), LOG)
    assert months(database) == {(name, f"{kept:%Y_%m}") for name in tables}
    for table in tables - {"insight_breakdown_action_value"}:
        assert database.rows(f"SELECT date FROM meta_ads.{table}") == [{"date": kept}], table
