"""A campaign gives its budget to its ad sets in one call, or refuses to."""

from typing import Any

from tests.emulator import launches
from tests.emulator.launches import SG, Launch
from tests.emulator.refusals import assert_broken
from tests.emulator.server import Graph


def _rows(*budgets: tuple[str, int]) -> dict[str, Any]:
    return {"adset_budgets": [{"adset_id": node, "daily_budget": cents} for node, cents in budgets]}


def test_the_budget_moves_down_to_every_ad_set(graph: Graph, launch: Launch) -> None:
    first = launch.ad_set
    second = graph.post(f"{SG}/adsets", **launches.ad_set(SG, launch.campaign))["id"]
    error = graph.error("POST", launch.campaign, **_rows((first, 3000)))
    assert_broken("budget_missing", error)
    error = graph.error("POST", launch.campaign, **_rows((first, 3000), (second, 10)))
    assert_broken("daily_budget_too_low", error)
    error = graph.error("POST", launch.campaign, **_rows((first, 3000), ("17", 3000)))
    assert_broken("unknown_node", error)
    graph.post(launch.campaign, **_rows((first, 3000), (second, 2000)))
    fields = "daily_budget,bid_strategy"
    assert set(graph.get(launch.campaign, fields=fields)) == {"id"}
    shown = graph.get(second, fields=fields)
    assert (shown["daily_budget"], shown["bid_strategy"]) == ("2000", "LOWEST_COST_WITHOUT_CAP")
    state = graph.get(launch.campaign, fields="advantage_state_info")["advantage_state_info"]
    assert state["advantage_budget_state"] == "DISABLED"


def test_bids_of_ad_sets_are_set_with_the_campaigns_strategy(graph: Graph, launch: Launch) -> None:
    bids = {"bid_strategy": "COST_CAP", "adset_bid_amounts": {launch.ad_set: 700}}
    graph.post(launch.campaign, **bids)
    assert graph.get(launch.ad_set, fields="bid_amount")["bid_amount"] == 700
    assert graph.get(launch.campaign, fields="bid_strategy")["bid_strategy"] == "COST_CAP"


def test_what_stands_below_a_deleted_campaign_is_deleted_too(graph: Graph, launch: Launch) -> None:
    assert launch.ad
    graph.delete(launch.campaign)
    for node in (launch.ad_set, launch.ad):
        shown = graph.get(node, fields="effective_status,configured_status")
        assert shown["effective_status"] == "DELETED"
        assert shown["configured_status"] == "PAUSED"
    for edge in ("campaigns", "adsets", "ads"):
        assert graph.get(f"{SG}/{edge}")["data"] == []
    assert_broken("deleted_is_final", graph.error("POST", launch.ad, status="ACTIVE"))
