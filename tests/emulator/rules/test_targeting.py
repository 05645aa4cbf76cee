"""Rules of an ad set's audience: places, ages, Advantage+ audience, placements."""

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, US, Launch
from tests.emulator.refusals import Case, Params, assert_broken, targeting
from tests.emulator.rules.conftest import Refuses
from tests.emulator.server import Graph


def _with(**changes: object) -> Params:
    return {"targeting": targeting(**changes)}


def _flag(value: object, **changes: object) -> Params:
    return _with(targeting_automation={"advantage_audience": value}, **changes)


def _automation(**changes: object) -> Params:
    return _with(targeting_automation={"advantage_audience": 1, **changes})


_DEAD, _ALIVE = "6003999999999", "6003107902433"
CASES = (
    Case("location_missing", "nowhere", _with(geo_locations={})),
    Case("unknown_country", "a name", {"targeting": targeting("Singapore")}),
    Case("age_range", "older than the oldest", _flag(0, age_min=70), _flag(0, age_min=30)),
    Case("advantage_audience_flag", "2", _flag(2), _flag(0)),
    Case(
        "advantage_audience_missing",
        "narrowed, not said",
        _with(targeting_automation={}, genders=[1]),
        _flag(0, genders=[1]),
    ),
    Case("advantage_age_min", "26", _with(age_min=26), _with(age_min=25)),
    Case("advantage_age_max", "64", _with(age_max=64), _with(age_max=65)),
    Case("not_in_enum", "no such gender", _with(genders=[3]), _with(genders=[2])),
    Case(
        "not_in_enum",
        "no such platform",
        _with(publisher_platforms=["myspace"]),
        _with(publisher_platforms=["facebook", "threads"]),
    ),
    Case(
        "position_gone",
        "explore, since v26",
        _with(instagram_positions=["explore"]),
        _with(instagram_positions=["stream"]),
    ),
    Case("position_gone", "video feeds, since v24", _with(facebook_positions=["video_feeds"])),
    Case(
        "unknown_position",
        "Instagram's name on Facebook",
        _with(facebook_positions=["reels"]),
        _with(facebook_positions=["facebook_reels"], instagram_positions=["reels"]),
    ),
    Case(
        "position_without_platform",
        "Instagram is not chosen",
        _with(publisher_platforms=["facebook"], instagram_positions=["reels"]),
        _with(publisher_platforms=["facebook", "instagram"], instagram_positions=["reels"]),
    ),
    Case(
        "dead_interest",
        "in a group of interests",
        _with(flexible_spec=[{"interests": [{"id": _DEAD}]}]),
        _with(flexible_spec=[{"interests": [{"id": _ALIVE}]}]),
    ),
    Case("dead_interest", "a behaviour", _with(behaviors=[{"id": _DEAD}])),
    Case(
        "invalid_interest",
        "a name for an id",
        _with(interests=[{"id": "Football"}]),
        _with(interests=[{"id": _ALIVE, "name": "Football"}]),
    ),
    Case("unknown_country", "the United Kingdom is GB", {"targeting": targeting("UK")}),
    Case(
        "unknown_country",
        "excluded, and a name",
        _with(excluded_geo_locations={"countries": ["France"]}),
        _with(excluded_geo_locations={"countries": ["FR"]}),
    ),
    Case(
        "age_range",
        "suggested from old to young",
        _with(age_range=[45, 30]),
        _with(age_range=[30, 45]),
    ),
    Case(
        "unknown_param",
        "a setting nobody has",
        _automation(individual_setting={"geo": 1}),
        _automation(individual_setting={"age": 1, "gender": 1}),
    ),
    Case("not_in_enum", "neither on nor off", _automation(individual_setting={"age": 2})),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_audience(launch: Launch, case: Case, refuses: Refuses) -> None:
    refuses(case, "adsets", launches.ad_set(SG, launch.campaign))


_CITY = {"key": "2421836", "country": "US", "distance_unit": "mile"}
_SPOT = {"latitude": 1.3, "longitude": 103.8, "distance_unit": "kilometer"}
SPECIAL = (
    ("gender", {"genders": [1]}, {}),
    ("age", {"age_min": 21}, {"age_min": 18}),
    ("age", {"age_max": 50}, {"age_max": 65}),
    (
        "places",
        {"geo_locations": {"zips": [{"key": "US:94304"}]}},
        {"geo_locations": {"regions": [{"key": "3847"}]}},
    ),
    (
        "a small radius",
        {"geo_locations": {"cities": [{**_CITY, "radius": 10}]}},
        {"geo_locations": {"cities": [{**_CITY, "radius": 15}]}},
    ),
    (
        "a small radius",
        {"geo_locations": {"custom_locations": [{**_SPOT, "radius": 24}]}},
        {"geo_locations": {"custom_locations": [{**_SPOT, "radius": 25}]}},
    ),
    ("excluded places", {"excluded_geo_locations": {"countries": ["CA"]}}, {}),
    ("excluded interests", {"exclusions": {"interests": [{"id": _ALIVE}]}}, {}),
    (
        "behaviours",
        {"behaviors": [{"id": _ALIVE}]},
        {"interests": [{"id": _ALIVE}]},
    ),
)


@pytest.mark.parametrize("category", ["HOUSING", "EMPLOYMENT", "FINANCIAL_PRODUCTS_SERVICES"])
@pytest.mark.parametrize(("reason", "wrong", "right"), SPECIAL)
def test_special_categories_forbid_narrowing(
    graph: Graph, category: str, reason: str, wrong: Params, right: Params
) -> None:
    declared = {"special_ad_categories": [category], "special_ad_category_country": ["US"]}
    campaign = graph.post(f"{US}/campaigns", **launches.campaign(**declared))["id"]
    params = launches.ad_set(US, campaign, targeting=targeting("US", **wrong))
    error = graph.error("POST", f"{US}/adsets", **params)
    assert_broken("special_category_targeting", error)
    assert reason in error["error_user_msg"]
    params["targeting"] = targeting("US", **right)
    graph.post(f"{US}/adsets", **params)


def test_special_categories_must_say_whether_the_audience_is_advantage(graph: Graph) -> None:
    declared = {"special_ad_categories": ["HOUSING"], "special_ad_category_country": ["US"]}
    campaign = graph.post(f"{US}/campaigns", **launches.campaign(**declared))["id"]
    silent = targeting("US", interests=[{"id": _ALIVE}], targeting_automation={})
    params = launches.ad_set(US, campaign, targeting=silent)
    error = graph.error("POST", f"{US}/adsets", **params)
    assert_broken("special_category_needs_flag", error)
    assert "REQUIRE_EXPLICIT_ADVANTAGE_AUDIENCE_FLAG" in error["message"]
    silent["targeting_automation"] = {"advantage_audience": 0}
    graph.post(f"{US}/adsets", **params)


def test_meta_drops_messenger_stories_without_a_word(graph: Graph, launch: Launch) -> None:
    chosen = _with(messenger_positions=["story", "sponsored_messages"])
    params = launches.ad_set(SG, launch.campaign, **chosen)
    stored = graph.post(f"{SG}/adsets", **params, fields="targeting")["targeting"]
    assert stored["messenger_positions"] == ["sponsored_messages"]
    params["targeting"] = targeting(messenger_positions=["story"])
    stored = graph.post(f"{SG}/adsets", **params, fields="targeting")["targeting"]
    assert "messenger_positions" not in stored
