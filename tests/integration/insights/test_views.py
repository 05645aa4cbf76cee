"""The views that people and dashboards read, on figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from meta_ads.store.database import Database
from meta_ads.store.insights import InsightStore
from meta_ads.syncing.insight_ports import Reading
from meta_ads.syncing.insight_rows import InsightRow
from meta_ads.syncing.insight_slices import Slice

DAY = date(2026, 3, 1)
READING = Reading(datetime(2026, 3, 2, tzinfo=UTC), date(2026, 3, 2))


def row(ad: str, **fields: Any) -> InsightRow:
    known = {
        "date_start": DAY.isoformat(),
        "ad_id": ad,
        "adset_id": "20",
        "campaign_id": "30",
        "ad_name": f"Ad {ad}",
        "adset_name": "Set",
        "campaign_name": "Tab\there \\ 春",
        "objective": "OUTCOME_SALES",
    }
    return msgspec.convert({**known, **fields}, InsightRow)


def action(kind: str, value: str, **windows: str) -> dict[str, str]:
    return {"action_type": kind, "value": value, **windows}


@pytest.fixture
def loaded(database: Database) -> Database:
    page = [
        row(
            "1",
            spend="10.00",
            impressions="2000",
            clicks="50",
            actions=[action("omni_purchase", "4", **{"7d_click": "3"}), action("lead", "9")],
            action_values=[action("omni_purchase", "55.5", **{"7d_click": "40"})],
        ),
        row("2", spend="2.50", impressions="500", clicks="0"),
        row(
            "3",
            campaign_id="31",
            objective="OUTCOME_LEADS",
            spend="9",
            actions=[action("lead", "3")],
        ),
    ]
    InsightStore(database).stage("act_7", Slice(DAY, DAY), READING, "SGD", [page])()
    return database


def test_the_rates_of_an_ad_follow_from_its_sums(loaded: Database) -> None:
    rows = loaded.rows("SELECT * FROM meta_ads.vw_graph_ads_kpis ORDER BY ad_id")
    rates = [{name: row[name] for name in ("ctr", "cpc", "cpm", "cpa", "roas")} for row in rows]
    assert rates[0] == {
        "ctr": Decimal("2.5"),
        "cpc": Decimal("0.2"),
        "cpm": Decimal("5"),
        "cpa": Decimal("2.5"),
        "roas": Decimal("5.55"),
    }
    assert rates[1] == {"ctr": 0, "cpc": None, "cpm": Decimal("5"), "cpa": None, "roas": 0}
    assert rates[2]["cpa"] == Decimal("3"), "leads count where they are the objective"
    assert rows[0]["account_id"] == "act_7"
    assert rows[0]["campaign_name"] == "Tab\there \\ 春"


def test_a_campaigns_rates_are_of_its_sums_not_means_of_its_ads(loaded: Database) -> None:
    rows = loaded.rows(
        "SELECT * FROM meta_ads.vw_graph_campaigns_kpis WHERE objective = 'OUTCOME_SALES'"
    )
    [campaign] = rows
    assert (campaign["spend"], campaign["impressions"]) == (Decimal("12.50"), 2500)
    assert (campaign["ctr"], campaign["cpa"]) == (2, Decimal("3.125"))


def test_each_action_is_one_row_with_its_windows_and_worth(loaded: Database) -> None:
    rows = loaded.rows(
        "SELECT ad_id, action_type, value, click_7d, amount, amount_click_7d, currency"
        " FROM meta_ads.vw_graph_ads_actions ORDER BY ad_id, action_type"
    )
    assert [tuple(row.values()) for row in rows] == [
        (1, "lead", 9, None, None, None, None),
        (1, "omni_purchase", 4, 3, Decimal("55.5"), 40, "SGD"),
        (3, "lead", 3, None, None, None, None),
    ]
