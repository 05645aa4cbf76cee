"""Rules of budgets and bids, on the campaign and on the ad set."""

import pytest

from tests.emulator import launches
from tests.emulator.launches import JP, SG, TW, US, Launch
from tests.emulator.refusals import Case, assert_broken, in_hours
from tests.emulator.rules.conftest import MakeWorld, Refuses
from tests.emulator.server import Graph

_DAILY = {"daily_budget": 5000}
_TEN_DAYS = {"daily_budget": None, "end_time": in_hours(240)}
_ROAS = {"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS"}
_FLOOR = {"bid_constraints": {"roas_average_floor": 10000}}
_BID_CAP = {"bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": 500}
_CLICKS = {"billing_event": "LINK_CLICKS", "optimization_goal": "LINK_CLICKS"}
_MORNINGS = [{"start_minute": 480, "end_minute": 720, "days": [1, 2, 3, 4, 5]}]
CAMPAIGNS = (
    Case("daily_budget_too_low", "S$1.99", {"daily_budget": 199}, {"daily_budget": 200}),
    Case("daily_budget_too_low", "no hundredths", {"daily_budget": 149}, {"daily_budget": 150}, JP),
    Case("daily_budget_too_low", "NT$39", {"daily_budget": 39}, {"daily_budget": 40}, TW),
    Case("budget_too_high", "yen", {"daily_budget": 150_000_001}, {"daily_budget": 9000}, JP),
    Case(
        "campaign_spend_cap_too_low",
        "under a hundred dollars",
        {"spend_cap": 12999},
        {"spend_cap": 13000},
    ),
)
UNDER_A_CAMPAIGN_BUDGET = (
    Case(
        "spend_target_without_cbo",
        "a lifetime target under a daily budget",
        {"lifetime_min_spend_target": 300},
        {"daily_min_spend_target": 300, "daily_spend_cap": 922337203685478},
    ),
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
        "bid_or_constraints_required",
        "a cap of what?",
        {"bid_strategy": "COST_CAP"},
        {"bid_strategy": "COST_CAP", "bid_amount": 500},
    ),
    Case(
        "bid_or_constraints_required",
        "a floor of what?",
        {**_ROAS, "optimization_goal": "VALUE"},
        {**_ROAS, "optimization_goal": "VALUE", **_FLOOR},
    ),
    Case("roas_without_value", "purchases have no value here", {**_ROAS, **_FLOOR}),
    Case(
        "value_without_bid_cap",
        "value and a cap",
        {**_BID_CAP, "optimization_goal": "VALUE"},
        _BID_CAP,
    ),
    Case(
        "daily_budget_too_low",
        "clicks cost more",
        {**_CLICKS, "daily_budget": 999},
        {**_CLICKS, "daily_budget": 1000},
    ),
    Case(
        "budget_too_high",
        "over a million dollars",
        {"daily_budget": 130_000_001},
        {"daily_budget": 130_000_000},
    ),
    Case(
        "spend_target_without_cbo",
        "no campaign budget to share",
        {"daily_min_spend_target": 300},
    ),
    Case(
        "schedule_needs_lifetime_budget",
        "hours of the day",
        {"adset_schedule": _MORNINGS},
        {**_TEN_DAYS, "lifetime_budget": 90000, "adset_schedule": _MORNINGS},
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


def test_a_strategy_with_a_cap_on_the_campaign_asks_the_ad_set_for_it(graph: Graph) -> None:
    capped = launches.campaign(bid_strategy="COST_CAP")
    campaign = graph.post(f"{SG}/campaigns", **capped)["id"]
    params = launches.ad_set(SG, campaign)
    assert_broken("bid_amount_required", graph.error("POST", f"{SG}/adsets", **params))
    graph.post(f"{SG}/adsets", **params, bid_amount=500)


def test_a_spend_cap_goes_away_by_its_great_number(graph: Graph, launch: Launch) -> None:
    graph.post(launch.campaign, spend_cap=20000)
    assert graph.get(launch.campaign, fields="spend_cap")["spend_cap"] == "20000"
    graph.post(launch.campaign, spend_cap=922337203685478)
    assert "spend_cap" not in graph.get(launch.campaign, fields="spend_cap")


@pytest.mark.parametrize("kind", ["campaigns", "adsets"])
def test_an_account_holds_so_many_objects(other_world: MakeWorld, kind: str) -> None:
    world = other_world(lambda raw: raw["accounts"][0].update(limits={kind: 2}))
    campaign = world.post(f"{SG}/campaigns", **launches.campaign())["id"]
    params = launches.campaign() if kind == "campaigns" else launches.ad_set(SG, campaign)
    made = [campaign] if kind == "campaigns" else []
    while len(made) < 2:
        made.append(world.post(f"{SG}/{kind}", **params)["id"])
    assert_broken("too_many_objects", world.error("POST", f"{SG}/{kind}", **params))
    world.post(made[-1], status="DELETED")
    world.post(f"{SG}/{kind}", **params)
