"""Rules of a campaign's own fields."""

import pytest

from tests.emulator import launches
from tests.emulator.launches import CLOSED, US, Launch
from tests.emulator.refusals import Case, assert_broken
from tests.emulator.rules.conftest import Refuses
from tests.emulator.server import Graph

_HOUSING = {"special_ad_categories": ["HOUSING"], "special_ad_category_country": ["SG"]}
_NO_BUDGET = {"daily_budget": None, "bid_strategy": None}
CASES = (
    Case("unknown_param", "a field Meta does not have", {"placement_type": "auto"}),
    Case("wrong_type", "money is whole minor units", {"daily_budget": "50.00"}),
    Case("wrong_type", "money is not negative", {"daily_budget": -5000}),
    Case("wrong_type", "a list, not a word", {"special_ad_categories": "HOUSING"}, _HOUSING),
    Case("not_in_enum", "no such objective", {"objective": "SALES"}),
    Case("not_in_enum", "no such bid strategy", {"bid_strategy": "CHEAP"}),
    Case("missing_param", "no name", {"name": None}),
    Case("missing_param", "no objective", {"objective": None}),
    Case("name_too_long", "401 characters", {"name": "x" * 401}, {"name": "x" * 400}),
    Case("status_on_create", "born deleted", {"status": "DELETED"}, {"status": "ACTIVE"}),
    Case(
        "too_many_labels",
        "51 labels",
        {"adlabels": [{"name": str(n)} for n in range(51)]},
        {"adlabels": [{"name": str(n)} for n in range(50)]},
    ),
    Case("special_ad_categories_missing", "not declared", {"special_ad_categories": None}),
    Case(
        "special_ad_category_none",
        "NONE and HOUSING",
        {**_HOUSING, "special_ad_categories": ["NONE", "HOUSING"]},
        {"special_ad_categories": ["NONE"]},
    ),
    Case(
        "special_ad_category_country",
        "where?",
        {"special_ad_categories": ["HOUSING"]},
        _HOUSING,
    ),
    Case(
        "legacy_objective",
        "an objective of before 2022",
        {"objective": "CONVERSIONS"},
        {"objective": "OUTCOME_TRAFFIC"},
    ),
    Case(
        "legacy_advantage_campaign",
        "banned since v25",
        {"smart_promotion_type": "AUTOMATED_SHOPPING_ADS"},
        {"smart_promotion_type": "GUIDED_CREATION"},
    ),
    Case(
        "daily_and_lifetime_budget",
        "both kinds",
        {"lifetime_budget": 90000},
        {"lifetime_budget": 90000, "daily_budget": None},
    ),
    Case(
        "budget_sharing_missing",
        "no budget, no flag",
        _NO_BUDGET,
        {
            **_NO_BUDGET,
            "is_adset_budget_sharing_enabled": True,
            "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        },
    ),
    Case(
        "budget_sharing_under_cbo",
        "flag beside a campaign budget",
        {"is_adset_budget_sharing_enabled": False},
    ),
    Case(
        "budget_sharing_without_bid_strategy",
        "shared budgets need one strategy",
        {**_NO_BUDGET, "is_adset_budget_sharing_enabled": True},
        {"daily_budget": None, "is_adset_budget_sharing_enabled": True},
    ),
    Case(
        "bid_strategy_without_budget",
        "strategy without budget",
        {"daily_budget": None, "is_adset_budget_sharing_enabled": False},
        {**_NO_BUDGET, "is_adset_budget_sharing_enabled": False},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_campaign(case: Case, refuses: Refuses) -> None:
    refuses(case, "campaigns", launches.campaign())


def test_a_disabled_account_takes_nothing(graph: Graph) -> None:
    params = launches.campaign()
    assert_broken("account_disabled", graph.error("POST", f"{CLOSED}/campaigns", **params))
    graph.server.control("POST", f"edit/{CLOSED}", {"account_status": 1, "disable_reason": 0})
    graph.post(f"{CLOSED}/campaigns", **params)


def test_the_objective_is_for_ever(graph: Graph, launch: Launch) -> None:
    error = graph.error("POST", launch.campaign, objective="OUTCOME_TRAFFIC")
    assert_broken("objective_immutable", error)
    graph.post(launch.campaign, objective="OUTCOME_SALES")


def test_no_update_makes_a_legacy_advantage_campaign(graph: Graph, launch: Launch) -> None:
    error = graph.error("POST", launch.campaign, smart_promotion_type="AUTOMATED_SHOPPING_ADS")
    assert_broken("legacy_advantage_campaign", error)


def test_the_budget_flag_is_only_asked_for_since_v24(graph: Graph) -> None:
    plain = launches.campaign(**_NO_BUDGET)
    Graph(graph.server, version="v23.0").post(f"{US}/campaigns", **plain)
