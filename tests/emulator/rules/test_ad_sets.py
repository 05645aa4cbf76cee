"""Rules of an ad set's own fields: its shape, its times, and what is fixed for ever."""

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, US, Launch
from tests.emulator.refusals import Case, assert_broken, in_hours, targeting
from tests.emulator.rules.conftest import Refuses
from tests.emulator.server import Graph

_PIXEL = {"pixel_id": "300000000000101"}
CASES = (
    Case("unknown_param", "no such key", {"targeting": targeting(advantage_audience=1)}),
    Case("unknown_param", "a promoted key of nobody", {"promoted_object": {"pixel": "1"}}),
    Case("missing_param", "no billing event", {"billing_event": None}),
    Case("missing_param", "no goal", {"optimization_goal": None}),
    Case("missing_param", "no targeting", {"targeting": None}),
    Case("missing_param", "no campaign", {"campaign_id": None}),
    Case("not_in_enum", "no such event", {"billing_event": "VIEWS"}),
    Case(
        "not_in_enum",
        "a word the SDK knows only by number",
        {"regional_regulated_categories": ["SINGAPORE"]},
    ),
    Case("unknown_node", "no such campaign", {"campaign_id": "23859999999999999"}),
    Case("start_in_past", "yesterday", {"start_time": in_hours(-24)}, {"start_time": in_hours(2)}),
    Case(
        "end_before_start",
        "ends first",
        {"start_time": in_hours(48), "end_time": in_hours(24)},
        {"start_time": in_hours(24), "end_time": in_hours(72)},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_ad_set(launch: Launch, case: Case, refuses: Refuses) -> None:
    refuses(case, "adsets", launches.ad_set(SG, launch.campaign))


def test_a_daily_budget_needs_a_whole_day(launch: Launch, refuses: Refuses) -> None:
    wrong, right = {"end_time": in_hours(3)}, {"end_time": in_hours(30)}
    params = launches.ad_set(SG, launch.plain_campaign, daily_budget=5000)
    refuses(Case("flight_too_short", "three hours", wrong, right), "adsets", params)


def test_an_ad_set_stays_in_its_account(graph: Graph, launch: Launch) -> None:
    params = launches.ad_set(US, launch.campaign)
    assert_broken("unknown_node", graph.error("POST", f"{US}/adsets", **params))


def test_a_deleted_campaign_takes_no_ad_sets(graph: Graph, launch: Launch) -> None:
    params = launches.ad_set(SG, launch.campaign)
    graph.post(f"{SG}/adsets", **params)
    graph.delete(launch.campaign)
    assert_broken("parent_is_gone", graph.error("POST", f"{SG}/adsets", **params))


def test_the_attribution_setting_is_for_ever(graph: Graph, launch: Launch) -> None:
    spec = [{"event_type": "CLICK_THROUGH", "window_days": 1}]
    error = graph.error("POST", launch.ad_set, attribution_spec=spec)
    assert_broken("attribution_immutable", error)
    graph.post(f"{SG}/adsets", **launches.ad_set(SG, launch.campaign, attribution_spec=spec))


def test_a_published_ad_set_keeps_its_promoted_object(graph: Graph, launch: Launch) -> None:
    other = {**_PIXEL, "custom_event_type": "ADD_TO_CART"}
    wanted = {**_PIXEL, "custom_event_type": "PURCHASE"}
    assert launch.ad
    graph.post(launch.ad_set, promoted_object=other)
    for node in (launch.ad, launch.ad_set, launch.campaign):
        graph.post(node, status="ACTIVE")
    graph.server.pass_time()
    error = graph.error("POST", launch.ad_set, promoted_object=wanted)
    assert_broken("published_is_immutable", error)
    graph.post(launch.campaign, status="PAUSED")
    error = graph.error("POST", launch.ad_set, promoted_object=wanted)
    assert_broken("published_is_immutable", error)
