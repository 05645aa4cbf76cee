"""Rules of ads."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, Launch
from tests.emulator.refusals import Case, assert_broken
from tests.emulator.rules.conftest import Refuses
from tests.emulator.server import Graph

CASES = (
    Case("missing_param", "no name", {"name": None}),
    Case("missing_param", "no ad set", {"adset_id": None}),
    Case("missing_param", "no creative", {"creative": None}),
    Case("unknown_node", "no such ad set", {"adset_id": "23859999999999999"}),
    Case("unknown_creative", "no such creative", {"creative": {"creative_id": "1"}}),
    Case("unknown_param", "a creative key", {"creative": {"creativeid": "1"}}),
    Case("conversion_domain", "a scheme", {"conversion_domain": "https://example.com"}),
    Case(
        "conversion_domain",
        "a path",
        {"conversion_domain": "example.com/shop"},
        {"conversion_domain": "example.co.uk"},
    ),
    Case("status_on_create", "born archived", {"status": "ARCHIVED"}, {"status": "ACTIVE"}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_ad(launch: Launch, case: Case, refuses: Refuses) -> None:
    refuses(case, "ads", launches.ad(launch.ad_set, launch.creative))


def test_an_account_nobody_pays_for_takes_no_ads(graph: Graph, launch: Launch) -> None:
    params = launches.ad(launch.ad_set, launch.creative)
    graph.server.control("POST", f"meta_edits/{SG}", {"kind": "remove_funding"})
    assert_broken("no_payment_method", graph.error("POST", f"{SG}/ads", **params))
    graph.server.control("POST", f"meta_edits/{SG}", {"kind": "restore_account"})
    graph.post(f"{SG}/ads", **params)


def test_an_ad_set_holds_fifty_ads(graph: Graph, launch: Launch) -> None:
    params = launches.ad(launch.ad_set, launch.creative)
    calls = [
        {"method": "POST", "relative_url": f"v26.0/{SG}/ads", "body": urlencode(_texts(params))}
    ] * 50
    made = graph.post("", batch=calls)
    assert [row["code"] for row in made] == [200] * 50
    assert_broken("too_many_ads", graph.error("POST", f"{SG}/ads", **params))
    graph.post(json.loads(made[0]["body"])["id"], status="ARCHIVED")
    graph.post(f"{SG}/ads", **params)


def _texts(params: dict[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in params.items()
    }


def _link_creative(graph: Graph, action: dict[str, Any] | None = None, **data: Any) -> str:
    button = {"call_to_action": action} if action else {}
    story = {"page_id": "200000000000101", **(data or {"text_data": {"message": "Hello"}})}
    if "link_data" in story:
        story["link_data"] = {**story["link_data"], **button}
    return str(graph.post(f"{SG}/adcreatives", object_story_spec=story)["id"])


def test_an_ad_for_a_website_leads_to_one(graph: Graph, launch: Launch) -> None:
    nowhere = launches.ad(launch.ad_set, _link_creative(graph))
    assert_broken("creative_without_website", graph.error("POST", f"{SG}/ads", **nowhere))
    error = graph.error("POST", launch.ad, creative=nowhere["creative"])
    assert_broken("creative_without_website", error)
    somewhere = _link_creative(graph, link_data={"link": "https://example.com/"})
    graph.post(launch.ad, creative={"creative_id": somewhere})


def test_a_whatsapp_button_needs_a_whatsapp_destination(graph: Graph, launch: Launch) -> None:
    action = {"type": "WHATSAPP_MESSAGE", "value": {"app_destination": "WHATSAPP"}}
    creative = _link_creative(graph, action, link_data={"link": "https://example.com/"})
    wrong = launches.ad(launch.ad_set, creative)
    assert_broken("whatsapp_elsewhere", graph.error("POST", f"{SG}/ads", **wrong))
    changes = {"destination_type": "WHATSAPP", "optimization_goal": "LINK_CLICKS"}
    params = launches.ad_set(SG, launch.campaign, **changes)
    ad_set = graph.post(f"{SG}/adsets", **params)["id"]
    graph.post(f"{SG}/ads", **launches.ad(ad_set, creative))


def test_an_ad_shows_the_page_its_ad_set_promotes(graph: Graph, launch: Launch) -> None:
    promoted = {"page_id": "200000000000101"}
    campaign = graph.post(f"{SG}/campaigns", **launches.campaign(objective="OUTCOME_AWARENESS"))
    params = launches.ad_set(
        SG, campaign["id"], optimization_goal="REACH", promoted_object=promoted
    )
    ad_set = graph.post(f"{SG}/adsets", **params)["id"]
    ad = launches.ad(ad_set, launch.creative)
    graph.post(f"{SG}/ads", **ad)
    other = {"promoted_object": {"page_id": "200000000000999"}}
    graph.server.control("POST", f"edit/{ad_set}", other)
    assert_broken("creative_of_another_page", graph.error("POST", f"{SG}/ads", **ad))


def test_an_ad_cannot_be_edited_once_its_ad_set_has_ended(graph: Graph, launch: Launch) -> None:
    assert launch.ad
    now = int(graph.server.control("GET", "clock")["timestamp"])
    graph.post(launch.ad_set, end_time=now + 90000)
    graph.server.pass_time(100000)
    assert_broken("ad_set_ended", graph.error("POST", launch.ad, status="ACTIVE"))
    graph.post(launch.ad, name="Over", status="PAUSED")
    graph.post(launch.ad_set, end_time=now + 900000)
    graph.post(launch.ad, status="ACTIVE")
