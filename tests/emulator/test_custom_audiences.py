"""Custom audiences, previews and budget schedules: what command lines make beside a launch."""

from typing import Any

import pytest

from tests.emulator import launches
from tests.emulator.launches import US, Launch
from tests.emulator.refusals import assert_broken
from tests.emulator.server import Graph

CUSTOMERS = {
    "name": "Customers",
    "subtype": "CUSTOM",
    "customer_file_source": "USER_PROVIDED_ONLY",
}
EDGE = f"{US}/customaudiences"
START = 1_900_000_000


def _people(count: int) -> dict[str, Any]:
    return {"schema": "EMAIL_SHA256", "data": [f"{n:064x}" for n in range(count)]}


def test_an_audience_is_made_filled_and_deleted(graph: Graph) -> None:
    audience = graph.post(EDGE, **CUSTOMERS)["id"]
    shown = "name,subtype,approximate_count_lower_bound,delivery_status"
    assert graph.get(audience, fields=shown)["delivery_status"]["code"] == 300
    answer = graph.post(f"{audience}/users", payload=_people(1200))
    assert (answer["audience_id"], answer["num_received"]) == (audience, 1200)
    graph.delete(f"{audience}/users", payload=_people(100))
    assert graph.get(EDGE, fields=shown)["data"] == [
        {
            "name": "Customers",
            "subtype": "CUSTOM",
            "approximate_count_lower_bound": 1100,
            "delivery_status": {"code": 200, "description": "This audience is ready for use."},
            "id": audience,
        }
    ]
    graph.post(audience, name="Buyers")
    graph.delete(audience)
    assert graph.get(EDGE)["data"] == []
    assert graph.get(audience, fields="name")["name"] == "Buyers"


def test_no_data_about_people_is_kept(graph: Graph) -> None:
    audience = graph.post(EDGE, **CUSTOMERS)["id"]
    graph.post(f"{audience}/users", payload=_people(3))
    assert f"{2:064x}" not in str(graph.server.journal())


def test_a_lookalike_is_made_from_a_spec(graph: Graph) -> None:
    spec = {"country": "US", "ratio": 0.01}
    audience = graph.post(EDGE, name="Like", subtype="LOOKALIKE", lookalike_spec=spec)["id"]
    assert graph.get(audience, fields="lookalike_spec")["lookalike_spec"] == spec


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("missing_param", {"name": ""}),
        ("missing_param", {"customer_file_source": ""}),
        ("missing_param", {"subtype": "LOOKALIKE"}),
        ("not_in_enum", {"subtype": "FOX"}),
        ("not_in_enum", {"subtype": "FRIENDS"}),
    ],
)
def test_a_wrong_audience_is_refused(graph: Graph, rule: str, changes: dict[str, str]) -> None:
    wanted = {name: value for name, value in {**CUSTOMERS, **changes}.items() if value}
    assert_broken(rule, graph.error("POST", EDGE, **wanted))


@pytest.mark.parametrize(
    ("rule", "payload"),
    [
        ("wrong_type", "a@example.com"),
        ("missing_param", {"data": []}),
        ("wrong_type", {"schema": "EMAIL_SHA256", "data": "x"}),
    ],
)
def test_wrong_people_are_refused(graph: Graph, rule: str, payload: object) -> None:
    audience = graph.post(EDGE, **CUSTOMERS)["id"]
    assert_broken(rule, graph.error("POST", f"{audience}/users", payload=payload))


def test_ads_and_creatives_have_previews(graph: Graph, launch: Launch) -> None:
    shown = {"ad_format": "DESKTOP_FEED_STANDARD"}
    for node in (launch.ad, launch.creative):
        assert graph.get(f"{node}/previews", **shown)["data"][0]["body"].startswith("<iframe")
    edge = f"{launch.account}/generatepreviews"
    by_id = graph.get(edge, creative={"creative_id": launch.creative}, **shown)
    described = graph.get(
        edge,
        creative={
            "object_story_spec": launches.creative(launch.account, launch.video, launch.image)[
                "object_story_spec"
            ]
        },
        **shown,
    )
    assert by_id["data"][0]["body"] != described["data"][0]["body"]
    assert_broken("missing_param", graph.error("GET", f"{launch.ad}/previews"))
    assert_broken("not_in_enum", graph.error("GET", f"{launch.ad}/previews", ad_format="PAPER"))
    assert_broken("missing_param", graph.error("GET", edge, **shown))


def test_a_budget_is_raised_for_some_hours(graph: Graph, launch: Launch) -> None:
    schedule = {
        "budget_value": 200,
        "budget_value_type": "MULTIPLIER",
        "time_start": START,
        "time_end": START + 4 * 3600,
    }
    edge = f"{launch.campaign}/budget_schedules"
    made = graph.post(edge, **schedule)["id"]
    listed = graph.get(edge, fields="budget_value,budget_value_type,ad_object_id")["data"]
    assert listed == [
        {
            "budget_value": 200,
            "budget_value_type": "MULTIPLIER",
            "ad_object_id": launch.campaign,
            "id": made,
        }
    ]
    short = {**schedule, "time_end": START + 3600}
    assert_broken("schedule_too_short", graph.error("POST", edge, **short))
    below = f"{launch.ad_set}/budget_schedules"
    assert_broken("schedule_without_budget", graph.error("POST", below, **schedule))
