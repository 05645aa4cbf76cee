"""Whole loads from the emulator into Postgres: every row, every total, and what changed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from meta_ads.syncing.insights import compare_with_account
from tests.emulator.server import Graph
from tests.integration.insights.accounts import ACCOUNT, Account, contents

# What the tables add up to, by any columns.
SUMS = """
SELECT {by} AS key, sum(spend) AS spend, sum(impressions) AS impressions, sum(clicks) AS clicks,
       sum(inline_link_clicks) AS link_clicks, count(*) AS rows
FROM meta_ads.ad_insight JOIN meta_ads.insight_ad USING (ad_id) GROUP BY 1
"""


def sums(account: Account, by: str) -> dict[str, dict[str, Any]]:
    found = account.database.rows(SUMS.format(by=by))
    return {str(row.pop("key")): row for row in found}


def expected(numbers: dict[str, int]) -> dict[str, Any]:
    kept = {name: numbers[name] for name in ("impressions", "clicks", "link_clicks", "rows")}
    return {"spend": Decimal(numbers["spend"]) / 100, **kept}


def test_totals_equal_the_emulators_own_for_every_level_and_day(account: Account) -> None:
    account.to_the_end(account.sync())
    told = account.totals()
    assert told["total"]["rows"] > 24 * 40
    [whole] = sums(account, "ad_insight.account_id").values()
    assert whole == expected(told["total"])
    for level, by in (
        ("days", "date"),
        ("campaign", "campaign_id"),
        ("adset", "ad_set_id"),
        ("ad", "ad_id"),
    ):
        delivered = {key: expected(one) for key, one in told[level].items() if one["rows"]}
        assert sums(account, by) == delivered, level


def test_purchases_equal_the_emulators_own_on_each_day(account: Account) -> None:
    account.to_the_end(account.sync())
    rows = account.database.rows(
        "SELECT date, sum(value) AS purchases, sum(click_7d) AS clicked FROM"
        " meta_ads.ad_insight_action JOIN meta_ads.action_type ON id = action_type_id"
        " WHERE name = 'purchase' GROUP BY date"
    )
    told = account.totals()["days"]
    assert {str(row["date"]): int(row["purchases"]) for row in rows} == {
        day: numbers["purchases"] for day, numbers in told.items() if numbers["purchases"]
    }
    assert sum(row["clicked"] for row in rows) > 0


def test_a_second_sync_changes_nothing_but_is_a_reading(account: Account) -> None:
    account.to_the_end(account.sync())
    before = contents(account.database)
    account.begin_again()
    outcome = account.sync().advance()
    assert outcome.complete
    assert outcome.changed == frozenset()
    assert outcome.rows == 24 * 28
    assert contents(account.database) == before


def test_only_days_that_meta_may_still_restate_are_read_again(account: Account) -> None:
    account.to_the_end(account.sync())
    account.begin_again()
    account.server.pass_time(86400)
    account.to_the_end(account.sync())
    rows = account.database.rows("SELECT read_on, count(*) FROM meta_ads.insight_day GROUP BY 1")
    read = {row["read_on"]: row["count"] for row in rows}
    # Today, and every day that was not 28 days old yesterday.
    assert read[account.today] == 29
    assert read[account.today - timedelta(days=1)] == 46 - 28


def test_the_days_that_meta_restates_are_told(account: Account) -> None:
    account.to_the_end(account.sync())
    account.begin_again()
    account.server.pass_time(86400)
    changed = account.to_the_end(account.sync())
    fresh = [account.today - timedelta(days=age) for age in range(5)]
    assert set(fresh) <= changed
    assert min(changed) >= account.today - timedelta(days=29)


def test_deleted_ads_are_loaded_and_what_is_no_longer_reported_disappears(
    account: Account,
) -> None:
    graph = Graph(account.server)
    ad = graph.get(f"{ACCOUNT}/ads", limit=1)["data"][0]["id"]
    graph.delete(ad)
    account.to_the_end(account.sync())
    of_ad = "SELECT count(*) FROM meta_ads.ad_insight WHERE ad_id = %(ad)s"
    assert account.database.rows(of_ad, {"ad": int(ad)})[0]["count"] >= 40
    with account.database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO meta_ads.ad_insight SELECT account_id, 1, 5, 1, 1, 4, date, 1, 1, currency"
            " FROM meta_ads.ad_insight WHERE ad_id = %s AND date = %s",
            [int(ad), account.today - timedelta(days=3)],
        )
        assert cursor.rowcount == 1
    account.begin_again()
    outcome = account.sync().advance()
    assert outcome.changed == {account.today - timedelta(days=3)}
    assert account.database.rows(of_ad, {"ad": 1})[0]["count"] == 0


def test_the_ads_of_each_day_add_up_to_the_accounts_own_report(account: Account) -> None:
    account.to_the_end(account.sync())
    assert compare_with_account(ACCOUNT, account.whole, account.meta, account.store) == []
    day = account.today - timedelta(days=2)
    account.database.rows(
        "UPDATE meta_ads.insight_day SET impressions = impressions - 1 WHERE date = %(day)s",
        {"day": day},
    )
    [line] = compare_with_account(ACCOUNT, account.whole, account.meta, account.store)
    assert line.startswith(str(day))
