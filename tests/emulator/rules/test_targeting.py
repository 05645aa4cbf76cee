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
    Case("not_in_enum", "no such platform", _with(publisher_platforms=["myspace"])),
    Case(
        "instagram_explore_gone",
        "explore",
        _with(instagram_positions=["explore"]),
        _with(instagram_positions=["stream"]),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_audience(launch: Launch, case: Case, refuses: Refuses) -> None:
    refuses(case, "adsets", launches.ad_set(SG, launch.campaign))


def test_special_categories_forbid_narrowing(graph: Graph) -> None:
    category = {"special_ad_categories": ["HOUSING"], "special_ad_category_country": ["US"]}
    campaign = graph.post(f"{US}/campaigns", **launches.campaign(**category))["id"]
    params = launches.ad_set(US, campaign, targeting=targeting("US", genders=[1]))
    assert_broken("special_category_targeting", graph.error("POST", f"{US}/adsets", **params))
    graph.post(f"{US}/adsets", **launches.ad_set(US, campaign))
