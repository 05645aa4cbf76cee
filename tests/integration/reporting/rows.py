"""Rows of the tables behind the views, as short as a case needs them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from meta_ads.store.database import Database

ACCOUNT = "act_7"
DAY = date(2026, 3, 1)
CHANGED = datetime(2026, 3, 1, tzinfo=UTC)
SYNCED = datetime(2026, 3, 2, tzinfo=UTC)

_SEEN = {"changed_at": CHANGED, "synced_at": SYNCED}
_OBJECT = {"name": "", "status": "ACTIVE", "effective_status": "ACTIVE"}
_METRICS = dict.fromkeys(
    ("impressions", "clicks", "inline_link_clicks", "reach", "spend", "frequency"), 0
)
_ACCOUNT = {"name": "", "status": "ACTIVE", "currency": "SGD", "timezone": "Asia/Singapore"}
_FILLED: dict[str, dict[str, Any]] = {
    "object_status": {"account_id": ACCOUNT, "currency": "SGD", **_OBJECT, **_SEEN},
    "object_status_history": {"changed_at": CHANGED, **_OBJECT},
    "ad_account": {**_ACCOUNT, **_SEEN},
    "ad_account_history": {"changed_at": CHANGED, **_ACCOUNT},
    "creative": {"account_id": ACCOUNT, "listed": True, **_SEEN},
    "creative_history": {"changed_at": CHANGED, "listed": True},
    "action_type": {},
    "ad_insight": {"account_id": 7, "date": DAY, "currency": "SGD", **_METRICS},
    "ad_insight_action": {"account_id": 7, "date": DAY, "action_type_id": 1},
    "ad_insight_action_value": {
        "account_id": 7,
        "date": DAY,
        "action_type_id": 1,
        "currency": "SGD",
    },
    "insight_breakdown": {
        "account_id": 7,
        "object_id": 7,
        "date": DAY,
        "value_2": "",
        "currency": "SGD",
        **_METRICS,
    },
    "insight_breakdown_action": {
        "account_id": 7,
        "object_id": 7,
        "date": DAY,
        "value_2": "",
        "action_type_id": 1,
    },
    "insight_ad": {
        "account_id": 7,
        "ad_set_id": 20,
        "campaign_id": 30,
        "ad_name": "",
        "ad_set_name": "",
        "campaign_name": "",
        "seen_on": DAY,
    },
    "insight_day": {
        "account_id": 7,
        "date": DAY,
        "read_at": SYNCED,
        "read_on": SYNCED.date(),
        "changed_at": SYNCED,
        "rows": 0,
        "spend": 0,
        "impressions": 0,
    },
}


def insert(database: Database, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    """Write the rows of each table in one transaction; what a row leaves out is filled in."""
    with database.transaction() as cursor:
        for table, rows in tables.items():
            for row in rows:
                values = {**_FILLED[table], **row}
                if table.startswith("ad_insight"):
                    day = values["date"]
                    cursor.execute("SELECT meta_ads.ensure_insight_months(%s, %s)", [day, day])
                if table in ("insight_breakdown", "insight_breakdown_action"):
                    day = values["date"]
                    cursor.execute("SELECT meta_ads.ensure_breakdown_months(%s, %s)", [day, day])
                statement = sql.SQL("INSERT INTO meta_ads.{} ({}) VALUES ({})").format(
                    sql.Identifier(table),
                    sql.SQL(", ").join(map(sql.Identifier, values)),
                    sql.SQL(", ").join([sql.Placeholder()] * len(values)),
                )
                cursor.execute(
                    statement,
                    [
                        Jsonb(value) if isinstance(value, dict) else value
                        for value in values.values()
                    ],
                )
