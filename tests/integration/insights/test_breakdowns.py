"""Optional reports: every row by its own values, the same sums, the same guarantees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from meta_ads.campaigns.insight_reports import BREAKDOWNS
from meta_ads.errors import StopAndAsk
from meta_ads.syncing.insight_slices import Slice
from tests.integration.insights.accounts import Account

DAYS = 4
ADS = 24
BY_AD = [name for name, report in BREAKDOWNS.items() if report.level == "ad"]
BY_ACCOUNT = [name for name, report in BREAKDOWNS.items() if report.level == "account"]
#: How many rows each ad has a day where it delivers in one country to all.
VALUES = {"hour": 24, "age_gender": 18, "country": 1, "device": 6}
SUMS = "sum(spend) AS spend, sum(impressions) AS impressions, sum(clicks) AS clicks"


def some_days(account: Account) -> Slice:
    return Slice(account.today - timedelta(days=DAYS), account.today - timedelta(days=1))


def rows(account: Account, name: str) -> list[dict[str, Any]]:
    return account.database.rows(
        "SELECT account_id, date, object_id, value_1, value_2, spend, impressions, clicks,"
        " inline_link_clicks, reach, frequency, currency FROM meta_ads.insight_breakdown"
        " WHERE report = %(report)s ORDER BY date, object_id, value_1, value_2",
        {"report": name},
    )


def load(account: Account, name: str) -> list[dict[str, Any]]:
    account.to_the_end(account.breakdown(name, some_days(account)))
    return rows(account, name)


@pytest.mark.parametrize("name", BY_AD)
def test_the_rows_of_an_ad_and_day_add_up_to_the_daily_report(account: Account, name: str) -> None:
    account.to_the_end(account.sync(some_days(account)))
    found = load(account, name)
    assert len(found) >= ADS * DAYS * VALUES.get(name, 2 if name == "placement" else 1)
    assert all(row["value_1"] for row in found)
    daily = f"SELECT ad_id, date, {SUMS} FROM meta_ads.ad_insight GROUP BY 1, 2"
    broken = f"SELECT object_id, date, {SUMS} FROM meta_ads.insight_breakdown GROUP BY 1, 2"
    assert (
        account.database.rows(f"({daily} EXCEPT {broken}) UNION ALL ({broken} EXCEPT {daily})")
        == []
    )


@pytest.mark.parametrize("name", BY_ACCOUNT)
def test_the_rows_of_an_account_and_day_add_up_to_its_ads(account: Account, name: str) -> None:
    account.to_the_end(account.sync(some_days(account)))
    found = load(account, name)
    assert {row["object_id"] for row in found} == {100000000000778}
    daily = f"SELECT account_id, date, {SUMS} FROM meta_ads.ad_insight GROUP BY 1, 2"
    broken = f"SELECT account_id, date, {SUMS} FROM meta_ads.insight_breakdown GROUP BY 1, 2"
    assert (
        account.database.rows(f"({daily} EXCEPT {broken}) UNION ALL ({broken} EXCEPT {daily})")
        == []
    )
    told = account.database.rows(
        "SELECT action_type, sum(value) AS value FROM meta_ads.vw_graph_breakdown_actions"
        " WHERE report = %(report)s AND action_type IN ('link_click', 'purchase') GROUP BY 1",
        {"report": name},
    )
    by_ad = account.database.rows(
        "SELECT action_type, sum(value) AS value FROM meta_ads.vw_graph_ads_actions"
        " WHERE action_type IN ('link_click', 'purchase') GROUP BY 1"
    )
    # Beside regions Meta counts nothing that happens off its own surfaces.
    kept = {"link_click"} if name == "account_region" else {"link_click", "purchase"}
    expected = {row["action_type"]: row["value"] for row in by_ad if row["action_type"] in kept}
    assert {row["action_type"]: row["value"] for row in told} == expected


def test_hours_have_no_people_and_a_number_in_the_view(account: Account) -> None:
    load(account, "hour")
    [seen] = account.database.rows(
        "SELECT array_agg(DISTINCT hour ORDER BY hour) AS hours FROM meta_ads.vw_graph_ads_by_hour"
    )
    assert seen["hours"] == list(range(24))
    [people] = account.database.rows("SELECT count(reach) FROM meta_ads.insight_breakdown")
    assert people["count"] == 0


def test_a_second_reading_changes_nothing_and_what_is_gone_disappears(account: Account) -> None:
    before = load(account, "age_gender")
    account.begin_again()
    assert account.to_the_end(account.breakdown("age_gender", some_days(account))) == set()
    day = account.today - timedelta(days=2)
    account.database.rows(
        "INSERT INTO meta_ads.insight_breakdown SELECT account_id, 1, 1, 1, 1, 1, date, 1, 1,"
        " report, value_1, value_2, currency FROM meta_ads.insight_breakdown"
        " WHERE date = %(day)s AND object_id = %(ad)s",
        {"day": day, "ad": before[0]["object_id"]},
    )
    account.begin_again()
    assert account.to_the_end(account.breakdown("age_gender", some_days(account))) == {day}
    assert rows(account, "age_gender") == before


def test_reports_of_one_account_keep_their_own_days_and_runs(account: Account) -> None:
    expected = load(account, "country")
    account.database.rows("DELETE FROM meta_ads.insight_breakdown")
    account.database.rows("DELETE FROM meta_ads.insight_breakdown_day")
    account.order(reads=[{"outcome": "too_large", "count": 2}])
    country = account.breakdown("country", some_days(account))
    device = account.breakdown("device", some_days(account))
    assert not country.advance().complete
    assert not device.advance().complete
    under_way = account.database.rows("SELECT report FROM meta_ads.insight_run ORDER BY 1")
    assert [row["report"] for row in under_way] == ["country", "device"]
    account.to_the_end(country)
    assert rows(account, "country") == expected
    assert rows(account, "device") == []
    account.to_the_end(device)
    assert len(rows(account, "device")) == ADS * DAYS * VALUES["device"]


def test_the_report_of_an_account_is_split_by_days_and_never_below(account: Account) -> None:
    day = account.today - timedelta(days=2)
    match = {"time_range": f'"since":"{day}"'}
    account.order(
        reads=[{"outcome": "too_large", "count": 0}],
        report_runs=[{"outcome": "failed", "count": 0, "match": match}],
    )
    with pytest.raises(StopAndAsk, match=rf"account_country.*\n.*{day}, account act_"):
        account.to_the_end(account.breakdown("account_country", some_days(account), slice_days=1))
    assert {row["date"] for row in rows(account, "account_country")} == {
        one for one in some_days(account).days if one != day
    }
