"""Findings are rows that open, stay and settle; months are dropped whole or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from meta_ads.store.database import Database
from meta_ads.store.insight_quality import QualityStore
from meta_ads.store.insights import InsightStore
from meta_ads.syncing.insight_quality import DayRows, InsightFinding, Rule
from tests.integration.reporting.rows import insert

DAY = date(2026, 3, 1)
READ = datetime(2026, 3, 2, tzinfo=UTC)


def finding(rule: Rule, day: date | None, message: str = "wrong") -> InsightFinding:
    return InsightFinding("act_7", rule, day, message)


def rows(database: Database) -> list[dict[str, Any]]:
    return database.rows(
        "SELECT account_id, rule, date, message, settled_at IS NULL AS open,"
        " last_seen_at > first_seen_at AS seen_again FROM meta_ads.insight_finding ORDER BY id"
    )


def test_a_finding_stays_one_row_while_it_holds_and_is_settled_then(database: Database) -> None:
    store = QualityStore(database)
    late, sparse = finding(Rule.LATE, None), finding(Rule.ROWS, DAY)
    store.save("act_7", [late, sparse])
    store.save("act_8", [])
    assert [(row["open"], row["seen_again"]) for row in rows(database)] == [(True, False)] * 2
    store.save("act_7", [finding(Rule.LATE, None, "later still")])
    first, second = rows(database)
    assert (first["message"], first["open"], first["seen_again"]) == ("later still", True, True)
    assert not second["open"]
    store.save("act_7", [sparse])
    assert [row["open"] for row in rows(database)] == [False, False, True], "history is kept"


def test_days_are_judged_by_what_was_compared_since_they_were_read(database: Database) -> None:
    day: dict[str, Any] = {"rows": 4, "spend": 10, "impressions": 100, "reported_impressions": 100}
    compared = {"reported_spend": 12, "compared_at": datetime(2026, 3, 3, tzinfo=UTC)}
    stale = {**compared, "compared_at": datetime(2026, 3, 1, tzinfo=UTC)}
    insert(
        database,
        {
            "insight_day": [
                {**day, **compared},
                {**day, **stale, "date": date(2026, 3, 2), "read_on": date(2026, 3, 2)},
                {**day, **compared, "date": date(2026, 3, 3), "reported_spend": 10.03},
                {**day, "date": date(2026, 3, 4), "reported_impressions": None},
            ]
        },
    )
    store = QualityStore(database)
    [gap] = store.day_sums("act_7", DAY)
    assert gap.date == DAY
    assert "add up to 10 and 100 impressions, the account says 12 and 100" in gap.message
    assert store.day_rows("act_7", DAY)[:2] == [
        DayRows(DAY, 4, True),
        DayRows(date(2026, 3, 2), 4, False),
    ]


def _partitions(database: Database) -> list[str]:
    found = database.rows(
        "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'"
        " AND relname LIKE 'ad_insight_20%' ORDER BY relname"
    )
    return [row["relname"] for row in found]


def test_months_are_dropped_whole_or_not_at_all(database: Database) -> None:
    insert(
        database,
        {
            "insight_ad": [{"ad_id": 1}],
            "ad_insight": [{"ad_id": 1, "date": date(2026, month, 15)} for month in (1, 2, 3)],
            "insight_day": [{"date": date(2026, month, 15)} for month in (1, 2, 3)],
        },
    )
    store, insights = QualityStore(database), InsightStore(database)
    insights.start_load("act_7", date(2026, 1, 10))
    assert store.drop_insights(date(2026, 1, 31)) == [], "January goes on until its last day"
    dropped = store.drop_insights(date(2026, 2, 28))
    assert dropped == [
        "ad_insight_2026_01",
        "ad_insight_action_2026_01",
        "ad_insight_action_value_2026_01",
    ]
    assert _partitions(database) == ["ad_insight_2026_02", "ad_insight_2026_03"]
    days = database.rows("SELECT date FROM meta_ads.insight_day ORDER BY date")
    assert [row["date"].month for row in days] == [2, 3]
    assert insights.start_load("act_7", date(2026, 2, 20)) == date(2026, 2, 1)
    assert store.drop_insights(date(2026, 2, 28)) == [], "once is enough"


def test_versions_replaced_before_a_day_go_and_what_held_then_stays(database: Database) -> None:
    months = [datetime(2026, month, 10, tzinfo=UTC) for month in (1, 2, 3, 4)]
    insert(
        database,
        {
            "object_status": [{"object_id": "1", "kind": "campaign", "changed_at": months[3]}],
            "object_status_history": [
                {"object_id": "1", "changed_at": moment, "name": f"{moment:%B}"}
                for moment in months
            ],
        },
    )
    assert QualityStore(database).forget_history(date(2026, 3, 1)) == 1
    kept = database.rows("SELECT name FROM meta_ads.object_status_history ORDER BY changed_at")
    assert [row["name"] for row in kept] == ["February", "March", "April"]
    with (
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
        database.transaction() as cursor,
    ):
        cursor.execute("DELETE FROM meta_ads.object_status_history")
