"""Actions by type, attribution window and action breakdown."""

from dataclasses import replace

import pytest

from tests.emulator.insights.market import DAY, Market, Row, action, number
from tests.emulator.launches import SG


@pytest.fixture
def rich(market: Market) -> Market:
    """One ad with a large budget, ten days old."""
    market.running_ad(daily_budget=500000)
    market.pass_time(10 * DAY)
    return market


def only(market: Market, **ask: object) -> Row:
    """Return the one row of the account's last seven days."""
    [row] = market.rows(SG, **{"date_preset": "last_7d", **ask})
    return row


def test_windows_stand_beside_the_value_and_widen(rich: Market) -> None:
    windows = ["1d_click", "7d_click", "28d_click", "1d_view"]
    row = only(rich, fields="actions,action_values", action_attribution_windows=windows)
    for kind in ("purchase", "offsite_conversion.fb_pixel_purchase", "add_to_cart"):
        day, week, month, viewed = (action(row, kind, window=one) for one in windows)
        assert 0 < day < week < month
        assert 0 < viewed < day
        assert action(row, kind) == week + viewed, "the ad set's setting: 7 days, 1 after a view"
    bare = only(rich, fields="actions")
    assert all(set(entry) == {"action_type", "value"} for entry in bare["actions"])


def test_windows_that_meta_dropped_give_no_data(rich: Market) -> None:
    row = only(rich, fields="actions", action_attribution_windows=["7d_view", "28d_view"])
    assert all(set(entry) == {"action_type", "value"} for entry in row["actions"])


def test_the_value_follows_the_ad_sets_own_setting(market: Market) -> None:
    for days in (1, 7):
        spec = [{"event_type": "CLICK_THROUGH", "window_days": days}]
        campaign = market.campaign(daily_budget=500000)
        market.ad(market.ad_set(campaign, attribution_spec=spec))
    market.pass_time(3 * DAY)
    windows = ["1d_click", "7d_click"]
    rows = market.rows(
        SG,
        level="adset",
        fields="attribution_setting,actions",
        action_attribution_windows=windows,
    )
    assert {row["attribution_setting"] for row in rows} == {"1d_click", "7d_click"}
    for row in rows:
        window = row["attribution_setting"]
        assert action(row, "add_to_cart") == action(row, "add_to_cart", window=window) > 0


def test_action_types_can_be_chosen(rich: Market) -> None:
    chosen = [{"field": "action_type", "operator": "IN", "value": ["purchase", "link_click"]}]
    row = only(rich, fields="actions,spend", filtering=chosen)
    assert [entry["action_type"] for entry in row["actions"]] == ["link_click", "purchase"]
    whole = only(rich, fields="actions,spend")
    assert action(row, "purchase") == action(whole, "purchase")
    assert row["spend"] == whole["spend"]


def test_devices_split_what_happens_on_meta_and_not_what_happens_off_it(rich: Market) -> None:
    whole = only(rich, fields="actions")
    row = only(rich, fields="actions", action_breakdowns="action_type,action_device")
    devices = {
        entry["action_device"] for entry in row["actions"] if entry["action_type"] == "link_click"
    }
    assert len(devices) == 3
    for kind in ("link_click", "post_engagement", "purchase"):
        assert action(row, kind) == action(whole, kind)
    assert all(
        "action_device" not in entry
        for entry in row["actions"]
        if entry["action_type"] == "purchase"
    )


def test_hours_and_regions_show_no_conversions_off_meta(rich: Market) -> None:
    for name in ("region", "hourly_stats_aggregated_by_advertiser_time_zone"):
        kinds = {
            entry["action_type"]
            for row in rich.rows(SG, date_preset="last_7d", fields="actions", breakdowns=name)
            for entry in row.get("actions", [])
        }
        assert "link_click" in kinds
        assert "purchase" not in kinds


def test_hours_count_no_people(rich: Market) -> None:
    hour = "hourly_stats_aggregated_by_audience_time_zone"
    rows = rich.rows(SG, fields="reach,frequency,unique_clicks,impressions", breakdowns=hour)
    assert set(rows[0]) == {"impressions", "date_start", "date_stop", hour}


def test_leads_campaigns_count_leads(market: Market) -> None:
    campaign = market.campaign(objective="OUTCOME_LEADS", daily_budget=500000)
    ad_set = market.ad_set(
        campaign,
        optimization_goal="OFFSITE_CONVERSIONS",
        promoted_object={"pixel_id": "300000000000101", "custom_event_type": "LEAD"},
    )
    market.ad(ad_set)
    market.pass_time(3 * DAY)
    row = only(market, fields="actions,action_values,objective", level="campaign")
    assert row["objective"] == "OUTCOME_LEADS"
    assert action(row, "lead") > 0
    assert action(row, "purchase") == 0
    assert "action_values" not in row


def test_a_picture_is_not_watched(rich: Market) -> None:
    row = only(rich, fields="video_play_actions,video_p25_watched_actions,impressions")
    assert set(row) == {"impressions", "date_start", "date_stop"}


def test_a_video_loses_watchers_on_its_way(market: Market) -> None:
    ad_set = market.ad_set(market.campaign(daily_budget=500000))
    ad = market.ad(ad_set)
    state = market.emulator.state
    creative = state.objects[state.objects[ad].fields["_creative"]]
    story = {"video_data": {"video_id": "1"}}
    state.write([creative.with_fields({"object_story_spec": story}, market.now)], None)
    market.pass_time(3 * DAY)
    names = ["video_play_actions", "video_thruplay_watched_actions", "cost_per_thruplay"]
    parts = [f"video_p{one}_watched_actions" for one in (25, 50, 75, 95, 100)]
    row = only(market, fields=[*names, *parts, "actions", "impressions", "spend"])
    watched = [action(row, "video_view", name) for name in ("video_play_actions", *parts)]
    assert watched == sorted(watched, reverse=True)
    assert 0 < watched[-1] < watched[0] < number(row, "impressions")
    cost = number(row, "spend") / action(row, "video_view", "video_thruplay_watched_actions")
    assert action(row, "video_view", "cost_per_thruplay") == pytest.approx(cost, abs=1e-6)


def test_another_creative_changes_no_day_that_was(market: Market) -> None:
    ad = market.ad(market.ad_set(market.campaign(daily_budget=500000)))
    market.pass_time(3 * DAY)
    ask = {"time_increment": 1, "fields": "video_play_actions,clicks"}
    before = market.rows(ad, date_preset="yesterday", **ask)
    state = market.emulator.state
    first = state.objects[state.objects[ad].fields["_creative"]]
    video = replace(first, id="9", fields={"object_story_spec": {"video_data": {}}})
    changed = state.objects[ad].with_fields({"_creative": "9"}, market.now)
    state.write([video, changed], None)
    market.pass_time(2 * DAY)
    rows = market.rows(ad, date_preset="last_7d", **ask)
    assert before[0] in rows
    assert ["video_play_actions" in row for row in rows] == [False, False, False, False, True]


def test_results_are_what_the_ad_set_is_optimized_for(market: Market) -> None:
    sales = market.campaign(daily_budget=500000)
    market.ad(market.ad_set(sales))
    traffic = market.campaign(objective="OUTCOME_TRAFFIC", daily_budget=500000)
    market.ad(market.ad_set(traffic, optimization_goal="LINK_CLICKS", promoted_object=None))
    market.pass_time(5 * DAY)
    fields = "campaign_id,results,cost_per_result,actions,spend"
    kinds = {sales: "offsite_conversion.fb_pixel_purchase", traffic: "link_click"}
    for row in market.rows(SG, level="campaign", fields=fields):
        kind = kinds[row["campaign_id"]]
        [result], [cost] = row["results"], row["cost_per_result"]
        assert result["indicator"] == cost["indicator"] == f"actions:{kind}"
        count = float(result["values"][0]["value"])
        assert count == action(row, kind) > 0
        price = float(cost["values"][0]["value"])
        assert price == pytest.approx(number(row, "spend") / count, abs=1e-6)
    [whole] = market.rows(SG, fields=fields)
    assert "results" not in whole, "the two count different things"
