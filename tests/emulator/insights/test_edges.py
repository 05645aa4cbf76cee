"""Where and how insights can be read: several ranges, other levels, odd days, batches."""

import json
from datetime import UTC, datetime

from emulator.calls.batch import run_batch
from emulator.calls.errors import GraphError
from emulator.calls.protocol import Call, make_call
from emulator.insights.combinations import may_combine
from tests.emulator.insights.market import DAY, Market, action, number
from tests.emulator.launches import DE, SG

_HOUR = "hourly_stats_aggregated_by_advertiser_time_zone"


def test_each_of_several_ranges_has_its_own_rows(market: Market) -> None:
    market.running_ad()
    market.pass_time(9 * DAY)
    ranges = [
        {"since": "2026-03-03", "until": "2026-03-04"},
        {"since": "2026-03-04", "until": "2026-03-08"},
    ]
    rows = market.rows(SG, time_ranges=ranges, fields="spend")
    assert rows == [market.rows(SG, time_range=one, fields="spend")[0] for one in ranges]


def test_a_campaign_can_be_read_as_its_account(market: Market) -> None:
    campaign, _, _ = market.running_ad()
    market.running_ad()
    market.pass_time(2 * DAY)
    [own] = market.rows(campaign, fields="campaign_id,spend")
    [above] = market.rows(campaign, level="account", fields="account_id,campaign_id,spend")
    assert above["spend"] == own["spend"]
    assert above["account_id"] == SG.removeprefix("act_")
    assert "campaign_id" not in above


def test_a_day_on_which_clocks_change_has_its_own_hours(market: Market) -> None:
    market.ad(market.ad_set(market.campaign(DE), DE), DE)
    market.pass_time(datetime(2026, 4, 1, tzinfo=UTC).timestamp() - market.now)
    day = {"time_range": {"since": "2026-03-29", "until": "2026-03-29"}, "fields": "spend,clicks"}
    hours = market.rows(DE, breakdowns=_HOUR, **day)
    [whole] = market.rows(DE, **day)
    assert len(hours) == 23
    assert "02:00:00 - 02:59:59" not in {row[_HOUR] for row in hours}
    assert sum(number(row, "clicks") for row in hours) == number(whole, "clicks")
    total = sum(round(number(row, "spend") * 100) for row in hours)
    assert total == round(number(whole, "spend") * 100)


def test_days_are_those_of_the_accounts_zone(market: Market) -> None:
    _, _, ad = market.running_ad()
    # 23:45 in Singapore is still the 2nd, 00:15 is the 3rd; in London both are the 2nd.
    market.pass_time(datetime(2026, 3, 2, 15, 45, tzinfo=UTC).timestamp() - market.now)
    assert market.rows(ad, date_preset="today")[0]["date_start"] == "2026-03-02"
    market.pass_time(1800)
    assert market.rows(ad, date_preset="today")[0]["date_start"] == "2026-03-03"
    assert market.rows(ad, date_preset="yesterday")[0]["date_start"] == "2026-03-02"


def test_a_batch_reads_insights(market: Market) -> None:
    market.running_ad()
    market.pass_time(2 * DAY)
    items = [{"method": "GET", "relative_url": f"{SG}/insights?fields=spend&date_preset=today"}]
    call = make_call("POST", "/v26.0/", {"batch": items, "access_token": "emulator-token"}, "")

    def run(one: Call) -> tuple[int, dict[str, str], object]:
        return 200, {}, market.call(one.method, "/".join(one.segments), **dict(one.params))

    [answer] = run_batch(call, run)
    assert answer is not None
    assert json.loads(answer["body"])["data"][0]["spend"]


def test_a_summary_has_its_own_action_breakdown(market: Market) -> None:
    market.running_ad(daily_budget=500000)
    market.pass_time(3 * DAY)
    page = market.get(
        f"{SG}/insights",
        fields="actions",
        summary=["actions"],
        summary_action_breakdowns=["action_type", "action_device"],
    )
    assert all("action_device" not in one for one in page["data"][0]["actions"])
    assert any("action_device" in one for one in page["summary"]["actions"])
    assert action(page["summary"], "link_click") == action(page["data"][0], "link_click")


def test_a_breakdown_that_has_no_data_has_no_rows(market: Market) -> None:
    market.running_ad()
    market.pass_time(2 * DAY)
    for name in ("product_id", "image_asset", "dma"):
        assert market.rows(SG, breakdowns=name, fields="spend") == []
    assert market.rows(SG, fields="spend")


def test_an_unknown_run_and_a_wrong_field_of_one_are_refused(market: Market) -> None:
    assert market.error("23850000009999999/insights").rule == "unknown_node"
    run = market.post(f"{SG}/insights", fields="spend")["report_run_id"]
    assert market.error(run, fields="status").rule == "nonexisting_field"
    refused: GraphError = market.error(run, "POST", name="x")
    assert refused.rule == "unsupported_method"


def test_combinations_are_metas_table() -> None:
    def allowed(text: str, actions: str = "action_type") -> bool:
        return may_combine(frozenset(text.split(",")) - {""}, frozenset(actions.split(",")))

    for together in (
        "", "age", "age,gender", "country", "country,region", "publisher_platform",
        "publisher_platform,impression_device", "publisher_platform,platform_position",
        "publisher_platform,platform_position,impression_device", "product_id", "dma", _HOUR,
    ):  # fmt: skip
        assert allowed(together), together
    for apart in (
        "age,country", "gender,publisher_platform", "platform_position", f"age,{_HOUR}",
        "country,dma", "age,gender,country", "impression_device,platform_position",
        "title_asset,body_asset", "title_asset,country", "age,skan_version",
    ):  # fmt: skip
        assert not allowed(apart), apart
    assert allowed("publisher_platform,platform_position", "action_type,action_device")
    assert not allowed("age", "action_type,action_device")
