"""Delivery follows what an object really was: from the hour of a change on, and not before."""

from pathlib import Path

import pytest

from emulator.history import versions
from tests.emulator.insights.market import DAY, HOUR, NOON, Market, Row, number
from tests.emulator.launches import SG

_HOURS = "hourly_stats_aggregated_by_advertiser_time_zone"
_FIELDS = "spend,impressions,clicks,actions"


def by_hour(market: Market, node: str, day: str) -> dict[int, Row]:
    """Return a day's rows by the hour they are about."""
    ask = {"time_range": {"since": day, "until": day}, "fields": _FIELDS, "breakdowns": _HOURS}
    return {int(row[_HOURS][:2]): row for row in market.rows(node, **ask)}


@pytest.mark.parametrize("level", [0, 1, 2])
def test_pausing_any_level_stops_delivery_at_once_and_leaves_what_was(
    market: Market, level: int
) -> None:
    ids = market.running_ad()
    market.pass_time(3 * HOUR - 10)  # 15:00
    before = by_hour(market, ids[2], "2026-03-02")
    assert sorted(before) == [12, 13, 14]
    market.post(ids[level], status="PAUSED")
    market.pass_time(3 * HOUR)  # 18:00
    assert by_hour(market, ids[2], "2026-03-02") == before
    market.post(ids[level], status="ACTIVE")
    market.pass_time(2 * HOUR)
    after = by_hour(market, ids[2], "2026-03-02")
    assert sorted(after) == [12, 13, 14, 18, 19]
    assert {hour: after[hour] for hour in before} == before


def test_a_budget_edit_changes_delivery_from_that_hour_on(market: Market) -> None:
    campaign, _, ad = market.running_ad(daily_budget=24000)
    market.pass_time(DAY + 4 * HOUR - 10)  # 16:00 on the 3rd
    before = by_hour(market, ad, "2026-03-03")
    market.post(campaign, daily_budget=240000)
    market.pass_time(DAY)
    after = by_hour(market, ad, "2026-03-03")
    assert {hour: after[hour] for hour in before} == before
    for hour in range(16, 24):
        assert number(after[hour], "spend") > 5 * number(after[15], "spend")


def test_metas_own_edits_count_too(market: Market) -> None:
    campaign, _, ad = market.running_ad()
    market.pass_time(HOUR * 2 - 10)
    obj = market.emulator.state.objects[campaign]
    market.emulator.state.write([obj.with_fields({"status": "PAUSED"}, market.now)], None)
    market.pass_time(DAY)
    assert sorted(by_hour(market, ad, "2026-03-02")) == [12, 13]
    assert market.rows(ad, date_preset="today", fields="spend") == []


def test_an_ad_that_is_paused_rejected_or_in_review_delivers_nothing(market: Market) -> None:
    ad_set = market.ad_set(market.campaign())
    market.ad(ad_set, status="PAUSED")
    story = {
        "page_id": "200000000000101",
        "link_data": {"link": "https://example.com/", "message": "forbidden"},
    }
    market.ad(ad_set, creative={"object_story_spec": story})
    market.pass_time(DAY)
    assert market.rows(SG, level="ad", date_preset="today", fields="impressions") == []


def test_delivery_keeps_to_the_schedule(market: Market) -> None:
    ad_set = market.ad_set(
        market.campaign(), start_time=NOON + DAY + 6 * HOUR, end_time=NOON + 3 * DAY
    )
    ad = market.ad(ad_set)
    market.pass_time(5 * DAY)
    rows = market.rows(ad, time_increment=1, fields="impressions")
    assert [row["date_start"] for row in rows] == ["2026-03-03", "2026-03-04", "2026-03-05"]
    assert sorted(by_hour(market, ad, "2026-03-03")) == list(range(18, 24))
    assert sorted(by_hour(market, ad, "2026-03-05")) == list(range(12))


def test_an_ad_joining_takes_a_share_from_then_on(market: Market) -> None:
    campaign, ad_set, ad = market.running_ad(daily_budget=100000)
    market.pass_time(DAY)
    alone = by_hour(market, ad, "2026-03-02")
    market.ad(ad_set)
    market.pass_time(2 * DAY)
    assert by_hour(market, ad, "2026-03-02") == alone
    [first] = market.rows(ad, date_preset="yesterday", fields="spend")
    [whole] = market.rows(campaign, date_preset="yesterday", fields="spend")
    assert 0.2 < number(first, "spend") / number(whole, "spend") < 0.8


def test_an_account_that_cannot_pay_stops_delivering(market: Market) -> None:
    _, _, ad = market.running_ad()
    market.pass_time(2 * HOUR - 10)
    account = market.emulator.state.objects[SG]
    market.emulator.state.write([account.with_fields({"account_status": 3}, market.now)], None)
    market.pass_time(DAY)
    assert sorted(by_hour(market, ad, "2026-03-02")) == [12, 13]


@pytest.mark.parametrize("status", ["ARCHIVED", "DELETED"])
def test_what_is_archived_or_deleted_counts_in_its_parents_and_shows_on_demand(
    market: Market, status: str
) -> None:
    campaign, _, ad = market.running_ad()
    market.pass_time(2 * DAY)
    ask = {"fields": "ad_id,spend", "date_preset": "yesterday"}
    [before] = market.rows(SG, **ask)
    market.post(ad, status=status)
    assert market.rows(SG, **ask) == [before]
    assert market.rows(campaign, **ask)[0]["spend"] == before["spend"]
    assert market.rows(ad, **ask)[0]["spend"] == before["spend"], "by its own id"
    assert market.rows(SG, level="ad", **ask) == []
    demand = [{"field": "ad.effective_status", "operator": "IN", "value": [status]}]
    [shown] = market.rows(SG, level="ad", filtering=demand, **ask)
    assert (shown["ad_id"], shown["spend"]) == (ad, before["spend"])
    assert market.rows(ad, **{**ask, "date_preset": "today"})[0]["spend"] != "0"
    market.pass_time(2 * DAY)
    assert market.rows(ad, **ask) == [], "nothing is delivered any more"


def test_everything_reads_the_same_after_a_restart(market: Market) -> None:
    campaign, ad_set, _ = market.running_ad(daily_budget=50000)
    market.pass_time(DAY)
    market.post(ad_set, status="PAUSED")
    market.pass_time(5 * HOUR)
    market.post(ad_set, status="ACTIVE")
    market.post(campaign, daily_budget=90000)
    market.pass_time(3 * DAY)
    ask = {"level": "ad", "time_increment": 1, "fields": _FIELDS, "breakdowns": "age,gender"}
    before = market.rows(SG, **ask)
    market.restart()
    assert market.rows(SG, **ask) == before
    assert len(before) > 20


def test_a_second_server_with_the_same_calls_delivers_the_same(
    market: Market, tmp_path: Path
) -> None:
    other = Market(tmp_path / "other")
    rows = []
    for one in (market, other):
        one.running_ad()
        one.pass_time(3 * DAY)
        rows.append(one.rows(SG, level="ad", time_increment=1, fields=_FIELDS))
    other.close()
    assert rows[0] == rows[1]


def test_a_history_tells_what_held_when() -> None:
    before = {"status": "PAUSED", "daily_budget": "1", "_history": [[5.0, {"status": "ACTIVE"}]]}
    known = versions("campaign", before, 1.0)
    assert [(since, fields["status"]) for since, fields in known] == [
        (1.0, "ACTIVE"), (5.0, "PAUSED"),
    ]  # fmt: skip


def test_a_longer_flight_spreads_what_a_shared_lifetime_budget_has_left(market: Market) -> None:
    campaign = market.campaign(daily_budget=None, lifetime_budget=100_000)
    ends = NOON + 10 * DAY
    ad_set = market.ad_set(campaign, end_time=ends)
    market.ad(ad_set)
    other = market.ad(market.ad_set(campaign, end_time=ends))
    market.pass_time(4.5 * DAY)  # midnight
    ask = {"level": "ad", "time_increment": 1, "fields": "ad_id,spend"}
    before = market.rows(SG, **ask, date_preset="last_7d")
    market.post(ad_set, end_time=ends + 20 * DAY)
    assert market.rows(SG, **ask, date_preset="last_7d") == before
    market.pass_time(40 * DAY)
    after = market.rows(SG, **ask, date_preset="maximum")
    assert all(row in after for row in before)
    total = sum(number(row, "spend") for row in after)
    assert 999.5 <= total <= 1000
    assert max(row["date_start"] for row in after if row["ad_id"] == other) == "2026-03-12"
    assert max(row["date_start"] for row in after) == "2026-04-01"
    early, late = (
        sum(number(row, "spend") for row in after if row["date_start"] == day)
        for day in ("2026-03-05", "2026-03-10")
    )
    assert late < early / 2
