"""The account's audit trail: who did what, when, and what Meta's review said."""

from typing import Any

import pytest

from emulator.calls import schema
from emulator.objects import activities
from tests.emulator.launches import SG, Launch
from tests.emulator.refusals import assert_broken, targeting
from tests.emulator.server import Graph


def _events(graph: Graph, path: str = SG, **params: Any) -> list[str]:
    answer = graph.get(f"{path}/activities", fields="event_type", limit=100, **params)
    return [row["event_type"] for row in answer["data"]]


def test_each_change_is_an_event_of_its_own(graph: Graph, launch: Launch) -> None:
    graph.post(launch.campaign, status="ACTIVE", daily_budget=6000)
    graph.post(launch.ad_set, targeting=targeting("JP"), name="Japan")
    graph.delete(launch.ad_set)
    assert set(_events(graph, oid=launch.campaign)) == {
        "create_campaign_group",
        "update_campaign_budget",
        "update_campaign_run_status",
    }
    assert _events(graph, f"{launch.ad_set}") == [
        "update_ad_set_run_status",
        "update_ad_set_target_spec",
        "update_ad_set_name",
        "create_ad_set",
    ]


def test_events_come_newest_first_with_who_and_when(graph: Graph, launch: Launch) -> None:
    campaign = launch.campaign
    graph.server.pass_time(60)
    graph.post(campaign, status="ACTIVE")
    assert _events(graph) == ["update_campaign_run_status", "create_campaign_group"]
    [latest] = graph.get(f"{SG}/activities", category="STATUS")["data"]
    assert latest["actor_id"] == graph.get("me")["id"]
    assert latest["application_name"] == "Emulated App"
    assert latest["object_name"] == "Spring"
    assert latest["event_time"].endswith("+0800")
    assert latest["extra_data"] == '{"new_value": "ACTIVE"}'


def test_the_review_tells_how_it_ended(graph: Graph, launch: Launch) -> None:
    assert launch.ad
    assert "ad_review_approved" not in _events(graph, oid=launch.ad)
    graph.server.pass_time()
    assert _events(graph, oid=launch.ad) == ["ad_review_approved", "create_ad"]
    graph.server.control("POST", f"meta_edits/{launch.ad}", {"kind": "disapprove"})
    now = graph.server.control("GET", "clock")["timestamp"]
    answer = graph.get(f"{SG}/activities", oid=launch.ad, since=0, until=int(now) + 60)
    [declined] = [row for row in answer["data"] if row["event_type"] == "ad_review_declined"]
    assert declined["actor_name"] == "Meta"


def test_only_the_last_week_shows_unless_asked(graph: Graph, launch: Launch) -> None:
    assert launch.campaign
    begun = int(graph.server.control("GET", "clock")["timestamp"])
    graph.server.pass_time(8 * 86400)
    assert _events(graph) == []
    assert _events(graph, since=begun - 60) == ["create_campaign_group"]
    assert _events(graph, since=begun - 60, until=begun - 30) == []
    assert _events(graph, since=begun - 60, uid="1") == []


@pytest.mark.parametrize(
    ("params", "rule"),
    [({"category": "GOSSIP"}, "not_in_enum"), ({"since": "lately"}, "wrong_type")],
)
def test_a_wrong_question_is_refused(graph: Graph, params: dict[str, str], rule: str) -> None:
    assert_broken(rule, graph.error("GET", f"{SG}/activities", **params))


def test_every_event_is_one_that_meta_names() -> None:
    named = {event for events in activities._CHANGED.values() for event in events if event}
    named |= set(activities._CREATED.values()) | {"ad_review_approved", "ad_review_declined"}
    assert named <= schema.enum_of("AdActivity", "EventType")
    known = schema.enum_of("AdActivity", "Category")
    assert {activities._category_of(event) for event in named} <= known
