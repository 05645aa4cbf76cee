"""Targeting search and estimates answer in Meta's shapes, the same each time."""

from typing import Any

import pytest

from tests.emulator.launches import US, Launch
from tests.emulator.refusals import assert_broken
from tests.emulator.server import Graph

SOCCER = "6003107902433"
IN_US = {"geo_locations": {"countries": ["US"]}}


@pytest.mark.parametrize(
    ("params", "first"),
    [
        ({"type": "adinterest", "q": "soccer"}, {"id": SOCCER, "topic": "Sports and outdoors"}),
        ({"type": "adinterestsuggestion", "interest_list": ["Tennis"]}, {"id": SOCCER}),
        ({"type": "adinterestvalid", "interest_list": ["tennis"]}, {"valid": True}),
        ({"type": "adinterestvalid", "interest_list": ["Qwert"]}, {"valid": False}),
        ({"type": "adinterestvalid", "interest_fbid_list": [SOCCER]}, {"valid": True}),
        ({"type": "adTargetingCategory", "class": "behaviors"}, {"type": "behaviors"}),
        ({"type": "adgeolocation", "q": "uni"}, {"key": "GB", "type": "country"}),
        (
            {"type": "adgeolocation", "q": "new", "location_types": ["city"]},
            {"name": "New York", "region": "New York", "country_name": "United States"},
        ),
        ({"type": "adgeolocation", "q": "", "region_id": 3847}, {"name": "Los Angeles"}),
        ({"type": "adgeolocation", "q": "m", "country_code": "DE"}, {"name": "Munich"}),
        ({"type": "adcountry", "q": "sing"}, {"key": "SG", "country_code": "SG"}),
        ({"type": "adlocale", "q": "english"}, {"key": 1001}),
        ({"type": "adeducationschool", "q": "stan"}, {"name": "Stanford University"}),
        ({"type": "adworkposition", "q": "analyst"}, {"name": "Business analyst"}),
    ],
)
def test_search_finds_what_meta_documents(
    graph: Graph, params: dict[str, Any], first: dict[str, Any]
) -> None:
    found = graph.get("search", **params)["data"][0]
    assert {name: found[name] for name in first} == first


def test_search_pages_and_gives_sizes(graph: Graph) -> None:
    page = graph.get("search", type="adinterest", q="fitness", limit=1)
    assert page["data"][0]["audience_size_lower_bound"] == 980000000
    assert "/search?" in page["paging"]["next"]
    later = graph.server.http.get(
        page["paging"]["next"], headers={"Authorization": f"Bearer {graph.token}"}
    )
    assert later.json()["data"][0]["name"] == "Fitness and wellness"


def test_places_are_described_by_key(graph: Graph) -> None:
    answer = graph.get("search", type="adgeolocationmeta", cities=[2490299], countries=["US"])
    assert answer["data"]["cities"]["2490299"]["name"] == "New York"
    assert answer["data"]["countries"]["US"]["country_name"] == "United States"


@pytest.mark.parametrize(
    ("rule", "params"),
    [("not_in_enum", {"type": "adpet"}), ("missing_param", {"type": "adinterest"})],
)
def test_a_wrong_search_is_refused(graph: Graph, rule: str, params: dict[str, str]) -> None:
    assert_broken(rule, graph.error("GET", "search", **params))


def test_an_account_searches_all_kinds_at_once(graph: Graph) -> None:
    found = graph.get(f"{US}/targetingsearch", q="shop")["data"]
    assert {row["type"] for row in found} == {"interests", "behaviors"}
    found = graph.get(f"{US}/targetingsearch", q="shop", limit_type="behaviors")["data"]
    assert [row["name"] for row in found] == ["Engaged Shoppers"]
    assert len(graph.get(f"{US}/targetingbrowse", limit=100)["data"]) > len(found)
    listed = [{"type": "interests", "id": SOCCER}]
    near = graph.get(f"{US}/targetingsuggestions", targeting_list=listed)["data"]
    assert "Tennis" in [row["name"] for row in near]
    checked = graph.get(f"{US}/targetingvalidation", targeting_list=[*listed, {"id": "1"}])["data"]
    assert [row["valid"] for row in checked] == [True, False]


def test_estimates_shrink_as_the_targeting_narrows(graph: Graph, launch: Launch) -> None:
    wide = graph.get(f"{US}/reachestimate", targeting_spec=IN_US)["data"]
    women = graph.get(f"{US}/reachestimate", targeting_spec={**IN_US, "genders": [2]})["data"]
    assert wide["estimate_ready"] is True
    assert women["users_upper_bound"] < wide["users_lower_bound"] < wide["users_upper_bound"]
    goal = {"optimization_goal": "REACH", "targeting_spec": IN_US}
    row = graph.get(f"{US}/delivery_estimate", **goal)["data"][0]
    assert row["estimate_mau_lower_bound"] == wide["users_lower_bound"]
    own = graph.get(f"{launch.ad_set}/delivery_estimate")["data"][0]
    assert own["estimate_mau_upper_bound"] < row["estimate_mau_lower_bound"]


@pytest.mark.parametrize("edge", ["reachestimate", "delivery_estimate"])
def test_an_estimate_needs_a_targeting(graph: Graph, edge: str) -> None:
    error = graph.error("GET", f"{US}/{edge}", optimization_goal="REACH")
    assert_broken("missing_param", error)


@pytest.mark.parametrize(
    "path", [f"{US}/adrules_library", "me/ad_studies", "700000000000001/owned_product_catalogs"]
)
def test_edges_of_things_this_world_lacks_are_empty(graph: Graph, path: str) -> None:
    assert graph.get(path, fields="id,name", summary="true")["data"] == []


@pytest.mark.parametrize("path", [f"{US}/adrules", f"{US}/ads_volume", "me/launches"])
def test_edges_meta_lacks_or_computes_are_not_made_up(graph: Graph, path: str) -> None:
    assert_broken("unknown_path", graph.error("GET", path))
