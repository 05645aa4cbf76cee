"""Rules of what an ad set optimises, promotes and counts, under its campaign's objective."""

from typing import Any

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, Launch
from tests.emulator.refusals import Case, Params, assert_broken
from tests.emulator.rules.conftest import Refuses
from tests.emulator.server import Graph

_PIXEL, _PAGE = "300000000000101", "200000000000101"
_APP = {"application_id": "900000000000001", "object_store_url": "https://apps.example/1"}


def _promotes(**promoted: object) -> Params:
    return {"promoted_object": promoted}


def _purchase(**more: object) -> Params:
    return _promotes(pixel_id=_PIXEL, custom_event_type="PURCHASE", **more)


def _spec(*windows: tuple[str, int]) -> Params:
    return {
        "attribution_spec": [{"event_type": event, "window_days": days} for event, days in windows]
    }


_CLICK, _VIEW = ("CLICK_THROUGH", 7), ("VIEW_THROUGH", 1)
SALES = (
    Case(
        "goal_not_for_objective",
        "a lead goal",
        {"optimization_goal": "LEAD_GENERATION"},
        {"optimization_goal": "LINK_CLICKS"},
    ),
    Case(
        "goal_not_for_objective",
        "calls on a website",
        {"optimization_goal": "QUALITY_CALL"},
        {"optimization_goal": "QUALITY_CALL", "destination_type": "PHONE_CALL"}
        | _promotes(page_id=_PAGE),
    ),
    Case(
        "destination_not_for_objective",
        "instant forms belong to leads",
        {"destination_type": "ON_AD"},
        {"destination_type": None},
    ),
    Case("not_in_enum", "no such destination", {"destination_type": "MOON"}),
    Case(
        "billing_not_for_goal",
        "clicks",
        {"billing_event": "LINK_CLICKS"},
        {"billing_event": "LINK_CLICKS", "optimization_goal": "LINK_CLICKS"},
    ),
    Case("promoted_object_missing", "nothing", {"promoted_object": None}),
    Case("promoted_object_missing", "which event?", _promotes(pixel_id=_PIXEL)),
    Case(
        "promoted_object_missing",
        "an app that nobody named",
        {"destination_type": "APP"},
        {"destination_type": "APP"} | _promotes(custom_event_type="PURCHASE", **_APP),
    ),
    Case(
        "promoted_object_invalid",
        "a custom conversion has its own pixel",
        _purchase(custom_conversion_id="1"),
        _promotes(custom_conversion_id="1"),
    ),
    Case(
        "promoted_object_invalid",
        "an own event that is not called OTHER",
        _purchase(custom_event_str="Booked"),
        _promotes(pixel_id=_PIXEL, custom_event_type="OTHER", custom_event_str="Booked"),
    ),
    Case(
        "promoted_object_invalid", "a store and no app", _purchase(object_store_url="https://a.b")
    ),
    Case(
        "promoted_object_invalid",
        "a pixel without event, whatever the goal",
        {"optimization_goal": "LINK_CLICKS"} | _promotes(pixel_id=_PIXEL),
    ),
    Case(
        "event_not_for_objective",
        "leads do not sell",
        _promotes(pixel_id=_PIXEL, custom_event_type="LEAD"),
        _promotes(pixel_id=_PIXEL, custom_event_type="ADD_TO_CART"),
    ),
    Case("not_in_enum", "no such event", _promotes(pixel_id=_PIXEL, custom_event_type="BUY")),
    Case(
        "unknown_pixel",
        "another account's",
        _promotes(pixel_id="300000000000202", custom_event_type="PURCHASE"),
    ),
    Case(
        "unknown_page",
        "another account's",
        _purchase(page_id="200000000000202"),
        _purchase(page_id=_PAGE),
    ),
    Case(
        "frequency_not_for_goal",
        "purchases",
        {"frequency_control_specs": [{"interval_days": 7, "max_frequency": 3}]},
        {
            "optimization_goal": "REACH",
            "frequency_control_specs": [
                {"event": "IMPRESSIONS", "interval_days": 7, "max_frequency": 3}
            ],
        },
    ),
    Case(
        "frequency_range",
        "91 days",
        {
            "optimization_goal": "REACH",
            "frequency_control_specs": [{"interval_days": 91, "max_frequency": 3}],
        },
        {
            "optimization_goal": "REACH",
            "frequency_control_specs": [{"interval_days": 90, "max_frequency": 90}],
        },
    ),
    Case("attribution_not_for_goal", "28 days", _spec(("CLICK_THROUGH", 28)), _spec(_CLICK, _VIEW)),
    Case(
        "attribution_not_for_goal",
        "clicks are counted for a day",
        {"optimization_goal": "LINK_CLICKS"} | _spec(_CLICK),
        {"optimization_goal": "LINK_CLICKS"} | _spec(("CLICK_THROUGH", 1)),
    ),
    Case("not_in_enum", "no such event", _spec(("HOVER", 1))),
    Case("missing_param", "no window", {"attribution_spec": [{"event_type": "VIEW_THROUGH"}]}),
    Case("unknown_param", "a key of older days", {"attribution_spec": [{"window": 1}]}),
)
#: A right ad set of each objective, and what it must promote.
OBJECTIVES = [
    ("OUTCOME_AWARENESS", {"optimization_goal": "REACH"}, {"page_id": _PAGE}, "page_id"),
    ("OUTCOME_TRAFFIC", {"optimization_goal": "LINK_CLICKS"}, None, None),
    (
        "OUTCOME_ENGAGEMENT",
        {"optimization_goal": "PAGE_LIKES", "destination_type": "ON_PAGE"},
        {"page_id": _PAGE},
        "page_id",
    ),
    (
        "OUTCOME_LEADS",
        {"optimization_goal": "LEAD_GENERATION", "destination_type": "ON_AD"},
        {"page_id": _PAGE},
        "page_id",
    ),
    (
        "OUTCOME_APP_PROMOTION",
        {"optimization_goal": "APP_INSTALLS", "destination_type": "APP"},
        _APP,
        "object_store_url",
    ),
]


@pytest.mark.parametrize("case", SALES, ids=str)
def test_an_ad_set_that_sells(launch: Launch, case: Case, refuses: Refuses) -> None:
    refuses(case, "adsets", launches.ad_set(SG, launch.campaign))


@pytest.mark.parametrize(("objective", "changes", "promoted", "needed"), OBJECTIVES)
def test_each_objective_has_goals_of_its_own(
    graph: Graph,
    objective: str,
    changes: Params,
    promoted: dict[str, Any] | None,
    needed: str | None,
) -> None:
    campaign = graph.post(f"{SG}/campaigns", **launches.campaign(objective=objective))["id"]
    right = {"destination_type": None, **changes, "promoted_object": promoted}
    params = launches.ad_set(SG, campaign, **right)
    graph.post(f"{SG}/adsets", **params)
    if promoted and needed:
        without = {name: value for name, value in promoted.items() if name != needed}
        params["promoted_object"] = without
        assert_broken("promoted_object_missing", graph.error("POST", f"{SG}/adsets", **params))
    params = launches.ad_set(SG, campaign, **{**right, "optimization_goal": "VALUE"})
    if objective != "OUTCOME_APP_PROMOTION":
        assert_broken("goal_not_for_objective", graph.error("POST", f"{SG}/adsets", **params))


@pytest.mark.parametrize(
    ("goal", "expected"),
    [("OFFSITE_CONVERSIONS", [_CLICK, _VIEW]), ("LINK_CLICKS", [("CLICK_THROUGH", 1)])],
)
def test_an_ad_set_shows_the_attribution_it_was_given_by_default(
    graph: Graph, launch: Launch, goal: str, expected: list[tuple[str, int]]
) -> None:
    params = launches.ad_set(SG, launch.campaign, optimization_goal=goal)
    shown = graph.post(f"{SG}/adsets", **params, fields="attribution_spec")["attribution_spec"]
    assert [(row["event_type"], row["window_days"]) for row in shown] == expected
