"""What the views for people say, on rows worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from meta_ads.store.database import Database
from tests.integration.reporting.rows import insert

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "analyst_cases.yaml").read_text()
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_views_say_what_was_worked_out_by_hand(
    case: dict[str, Any], database: Database
) -> None:
    insert(database, case["tables"])
    for told in case["expect"]:
        found = [list(row.values()) for row in database.rows(told["query"])]
        assert found == told["rows"], case["reason"]


@pytest.mark.parametrize(
    ("view", "table"),
    [
        ("meta_ads.vw_graph_ads", "ad_insight"),
        ("facebook_ads.basic_ad", "ad_insight"),
        ("facebook_ads.basic_ad_action_values", "ad_insight_action_value"),
    ],
)
def test_a_range_of_days_reads_only_its_months(view: str, table: str, database: Database) -> None:
    database.rows("SELECT meta_ads.ensure_insight_months('2026-02-01', '2026-03-31')")
    query = f"EXPLAIN SELECT * FROM {view} WHERE date >= '2026-03-01' AND date < '2026-04-01'"
    plan = [row["QUERY PLAN"] for row in database.rows(query)]
    scanned = {month for month in ("02", "03") for line in plan if f"{table}_2026_{month} " in line}
    assert scanned == {"03"}
