"""The views of schema facebook_ads are the source that the public dbt package expects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from meta_ads.store.database import Database
from tests.integration.reporting.rows import insert

HERE = Path(__file__).parent
CONTRACT: dict[str, Any] = yaml.safe_load((HERE / "dbt_contract.yaml").read_text())
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "dbt_traps.yaml").read_text())
# Every history row a report may need: an id with insights, or above one, that is nowhere.
ORPHANS = """
SELECT 'ad' AS kind, ad_id AS id FROM facebook_ads.basic_ad
WHERE ad_id NOT IN (SELECT id FROM facebook_ads.ad_history)
UNION ALL
SELECT 'ad set', ad_set_id FROM facebook_ads.ad_history
WHERE COALESCE(ad_set_id, 0) NOT IN (SELECT id FROM facebook_ads.ad_set_history)
UNION ALL
SELECT 'campaign', campaign_id FROM facebook_ads.ad_history
WHERE COALESCE(campaign_id, 0) NOT IN (SELECT id FROM facebook_ads.campaign_history)
UNION ALL
SELECT 'campaign', campaign_id FROM facebook_ads.ad_set_history
WHERE COALESCE(campaign_id, 0) NOT IN (SELECT id FROM facebook_ads.campaign_history)
UNION ALL
SELECT 'account', account_id FROM facebook_ads.campaign_history
WHERE COALESCE(account_id, 0) NOT IN (SELECT id FROM facebook_ads.account_history)
UNION ALL
SELECT 'account', account_id FROM facebook_ads.basic_ad
WHERE account_id NOT IN (SELECT id FROM facebook_ads.account_history)
"""


def test_every_column_the_package_reads_is_there_with_its_type(database: Database) -> None:
    rows = database.rows(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'facebook_ads'"
    )
    have = {(row["table_name"], row["column_name"]): row["data_type"] for row in rows}
    want = {
        (table, column): kind
        for table, told in CONTRACT.items()
        for column, kind in {**told["needed"], **told["optional"]}.items()
    }
    assert {key: have.get(key) for key in want} == want
    assert {table for table, _ in have} == set(CONTRACT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_views_hold_what_the_package_takes_for_granted(
    case: dict[str, Any], database: Database
) -> None:
    insert(database, case["tables"])
    for told in case["expect"]:
        found = [list(row.values()) for row in database.rows(told["query"])]
        assert found == told["rows"], case["reason"]
    assert database.rows(ORPHANS) == [], "every id has a row to be shown with"
    assert _repeated(database) == [], "keys are unique"


def _repeated(database: Database) -> list[str]:
    """Return the tables in which a key stands twice, or is not whole."""
    wrong = []
    for table, told in CONTRACT.items():
        key = ", ".join(told["key"])
        [count] = database.rows(
            f"SELECT count(*) AS all, count(DISTINCT ({key})) AS keys,"
            f" count(*) FILTER (WHERE num_nulls({key}) > 0) AS broken FROM facebook_ads.{table}"
        )
        if count["all"] != count["keys"] or count["broken"]:
            wrong.append(f"{table}: {count}")
    return wrong
