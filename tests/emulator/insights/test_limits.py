"""Reports that are too large are refused as Meta refuses them, and smaller ones go through."""

from typing import Any

import pytest

from emulator.insights.control import forget, set_insights
from emulator.policy.rules import all_rules
from tests.emulator.insights.market import DAY, Market
from tests.emulator.launches import SG

_ASK: dict[str, Any] = {
    "level": "ad",
    "time_increment": 1,
    "fields": "ad_id,spend,impressions,clicks",
}


@pytest.fixture
def running(market: Market) -> Market:
    """Four ads, twenty days old."""
    ad_set = market.ad_set(market.campaign(daily_budget=90000))
    for _ in range(4):
        market.ad(ad_set)
    market.pass_time(20 * DAY)
    return market


def limited(market: Market, **limits: int) -> None:
    set_insights(market.emulator, {"limits": limits})


def test_halving_the_limit_recovers_from_too_much_data(running: Market) -> None:
    whole = running.rows(SG, **_ASK)
    limited(running, page_cells=100)
    error = running.error(f"{SG}/insights", **_ASK, limit=80)
    assert error.rule == "insights_reduce"
    assert (error.code, error.http_status) == (1, 500)
    limit = 80
    while limit * 4 > 100:
        limit //= 2
    assert running.rows(SG, **_ASK, limit=limit) == whole


def test_fewer_days_fields_or_breakdowns_recover_too(running: Market) -> None:
    limited(running, page_cells=400)
    big = {**_ASK, "breakdowns": "age,gender", "limit": 500, "date_preset": "last_14d"}
    assert running.error(f"{SG}/insights", **big).rule == "insights_reduce"
    for smaller in ({"date_preset": "yesterday"}, {"fields": "spend", "limit": 400}):
        assert running.get(f"{SG}/insights", **{**big, **smaller})["data"]
    plain = {name: value for name, value in big.items() if name != "breakdowns"}
    assert running.get(f"{SG}/insights", **plain)["data"]


def test_a_query_that_is_too_large_as_a_whole_is_refused_whatever_its_pages(
    running: Market,
) -> None:
    limited(running, query_cells=200)
    error = running.error(f"{SG}/insights", **_ASK, limit=1)
    assert error.rule == "insights_query_too_large"
    assert (error.code, error.subcode) == (100, 1487534)
    assert running.rows(SG, **_ASK, date_preset="last_3d")


def test_a_page_that_adds_up_too_many_days_of_ads_times_out(running: Market) -> None:
    limited(running, page_ad_days=50)
    error = running.error(f"{SG}/insights", fields="spend")
    assert error.rule == "insights_timeout"
    assert (error.code, error.subcode) == (100, 1504018)
    assert running.rows(SG, fields="spend", date_preset="last_7d")


def test_a_run_that_adds_up_too_many_fails_with_its_own_numbers(running: Market) -> None:
    limited(running, run_ad_days=50)
    small = running.post(f"{SG}/insights", fields="spend", date_preset="last_7d")
    large = running.post(f"{SG}/insights", fields="spend", date_preset="last_30d")
    running.pass_time(60)
    assert running.rows(small["report_run_id"])
    shown = running.get(large["report_run_id"])
    assert shown["async_status"] == "Job Failed"
    assert (shown["error_code"], shown["error_subcode"]) == (-3, 1504045)


def test_a_run_can_always_be_read_in_small_enough_pages(running: Market) -> None:
    ask = {"level": "campaign", "time_increment": 1, "fields": "spend,clicks"}
    whole = running.rows(SG, **ask)
    run = running.post(f"{SG}/insights", **ask)["report_run_id"]
    running.pass_time(60)
    limited(running, page_ad_days=10, query_cells=1)
    assert running.error(f"{SG}/insights", **ask).rule == "insights_query_too_large"
    assert running.error(f"{run}/insights", limit=25).rule == "insights_reduce"
    assert running.rows(run, limit=2) == whole
    limited(running, page_ad_days=1, page_cells=1)
    assert running.rows(run, limit=1) == whole


def test_too_many_rows_cannot_be_sorted(running: Market) -> None:
    limited(running, sorted_rows=10)
    ask = {**_ASK, "sort": "spend_descending"}
    assert running.error(f"{SG}/insights", **ask).rule == "insights_reduce"
    assert running.rows(SG, **{**ask, "time_increment": "all_days"})


@pytest.mark.parametrize(
    ("outcome", "rule", "transient"),
    [
        ("reduce", "insights_reduce", True),
        ("timeout", "insights_timeout", False),
        ("timeout_transient", "insights_timeout_transient", True),
        ("too_large", "insights_query_too_large", False),
        ("intermittent", "insights_intermittent", True),
    ],
)
def test_refusals_of_a_read_can_be_ordered(
    running: Market, outcome: str, rule: str, transient: bool
) -> None:
    set_insights(running.emulator, {"reads": [{"outcome": outcome, "count": 2}]})
    for _ in range(2):
        error, known = running.error(f"{SG}/insights", **_ASK), all_rules()[rule]
        assert error.rule == rule
        assert (error.code, error.subcode) == (known.code, known.subcode)
        assert error.transient is transient
    assert running.rows(SG, **_ASK)


def test_sizes_can_be_set_back(running: Market) -> None:
    limited(running, page_cells=1)
    running.restart()
    assert running.error(f"{SG}/insights", **_ASK).rule == "insights_reduce"
    forget(running.emulator)
    assert running.rows(SG, **_ASK)
