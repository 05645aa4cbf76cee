"""Rules of budgets and bids, on the campaign and on the ad set."""

import pytest

from tests.emulator import launches
from tests.emulator.launches import JP, SG, TW, US, Launch
from tests.emulator.refusals import Case, assert_broken, in_hours
from tests.emulator.rules.conftest import Refuses
from tests.emulator.server import Graph

_DAILY = {"daily_budget": 5000}
_TEN_DAYS = {"daily_budget": None, "end_time": in_hours(240)}
CAMPAIGNS = (
    Case("daily_budget_too_low", "S$1.99", {"daily_budget": 199}, {"daily_budget": 200}),
    Case("daily_budget_too_low", "no hundredths", {"daily_budget": 149}, {"daily_budget": 150}, JP),
    Case("daily_budget_too_low", "NT$39", {"daily_budget": 39}, {"daily_budget": 40}, TW),
)
UNDER_A_CAMPAIGN_BUDGET = (
    Case("two_budgets", "one here, one on the campaign", {"daily_budget": 5000}),
    Case("bid_strategy_under_cbo", "belongs above", {"bid_strategy": "COST_CAP"}),
    Case("bid_amount_without_cap", "no cap wanted", {"bid_amount": 100}),
)
OWN_BUDGET = (
    Case("budget_missing", "neither level has one", {"daily_budget": None}),
    Case("daily_budget_too_low", "S$1.99", {"daily_budget": 199}, {"daily_budget": 200}),
    Case(
        "lifetime_budget_too_low",
        "ten days",
        {**_TEN_DAYS, "lifetime_budget": 1000},
        {**_TEN_DAYS, "lifetime_budget": 2000},
    ),
    Case(
        "lifetime_budget_without_end",
        "until when?",
        {"daily_budget": None, "lifetime_budget": 90000},
        {**_TEN_DAYS, "lifetime_budget": 90000},
    ),
    Case(
        "daily_and_lifetime_budget",
        "both",
        {"lifetime_budget": 90000, "end_time": in_hours(240)},
    ),
    Case(
        "bid_amount_required",
        "a cap of what?",
        {"bid_strategy": "COST_CAP"},
        {"bid_strategy": "COST_CAP", "bid_amount": 500},
    ),
    Case(
        "roas_floor_required",
        "a floor of what?",
        {"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS", "optimization_goal": "VALUE"},
        {
            "bid_strategy": "LOWEST_COST_WITH_MIN_ROAS",
            "optimization_goal": "VALUE",
            "bid_constraints": {"roas_average_floor": 10000},
        },
    ),
)


@pytest.mark.parametrize("case", CAMPAIGNS, ids=str)
def test_a_campaigns_budget(case: Case, refuses: Refuses) -> None:
    refuses(case, "campaigns", launches.campaign())


@pytest.mark.parametrize("case", UNDER_A_CAMPAIGN_BUDGET, ids=str)
def test_an_ad_set_under_a_campaign_budget(launch: Launch, case: Case, refuses: Refuses) -> None:
    refuses(case, "adsets", launches.ad_set(SG, launch.campaign))


@pytest.mark.parametrize("case", OWN_BUDGET, ids=str)
def test_an_ad_set_with_its_own_budget(launch: Launch, case: Case, refuses: Refuses) -> None:
    refuses(case, "adsets", launches.ad_set(SG, launch.plain_campaign, **_DAILY))


def test_a_campaign_budget_covers_all_ad_sets(graph: Graph) -> None:
    campaign = graph.post(f"{SG}/campaigns", **launches.campaign(daily_budget=399))["id"]
    graph.post(f"{SG}/adsets", **launches.ad_set(SG, campaign))
    error = graph.error("POST", f"{SG}/adsets", **launches.ad_set(SG, campaign))
    assert_broken("campaign_budget_does_not_cover_ad_sets", error)
    graph.post(campaign, daily_budget=400)
    graph.post(f"{SG}/adsets", **launches.ad_set(SG, campaign))


def test_a_campaign_takes_no_budget_above_ad_sets_that_have_one(graph: Graph) -> None:
    launch = Launch(graph, US, b"", b"")
    campaign = launch.plain_campaign
    ad_set = graph.post(f"{US}/adsets", **launches.ad_set(US, campaign, **_DAILY))["id"]
    assert_broken("two_budgets", graph.error("POST", campaign, daily_budget=5000))
    graph.delete(ad_set)
    graph.post(campaign, daily_budget=5000)
