"""Meta's review: it takes time, starts again for some changes, and may go against an ad."""

from typing import Any

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, Launch
from tests.emulator.refusals import assert_broken, in_hours, targeting
from tests.emulator.server import Graph


def _status(graph: Graph, node: str) -> str:
    return str(graph.get(node, fields="effective_status")["effective_status"])


def _edit(graph: Graph, node: str, kind: str, **details: Any) -> None:
    graph.server.control("POST", f"meta_edits/{node}", {"kind": kind, **details})


def _creative(graph: Graph, launch: Launch, text: str) -> str:
    params = launches.creative(SG, launch.video, launch.image)
    params["object_story_spec"]["video_data"]["message"] = text
    return str(graph.post(f"{SG}/adcreatives", **params)["id"])


@pytest.fixture
def running(graph: Graph, launch: Launch) -> Launch:
    """A launch whose ad is reviewed and switched on, as are the objects above it."""
    for node in (launch.ad, launch.ad_set, launch.campaign):
        graph.post(node, status="ACTIVE")
    graph.server.pass_time()
    assert _status(graph, launch.ad) == "ACTIVE"
    return launch


@pytest.mark.parametrize(
    ("change", "reviewed"),
    [
        ({"targeting": targeting("JP")}, True),
        ({"billing_event": "IMPRESSIONS"}, True),
        ({"name": "Renamed"}, False),
        ({"end_time": in_hours(240)}, False),
        ({"status": "ACTIVE"}, False),
    ],
)
def test_some_changes_of_an_ad_set_start_review_again(
    graph: Graph, running: Launch, change: dict[str, Any], reviewed: bool
) -> None:
    graph.post(running.ad_set, **change)
    assert _status(graph, running.ad) == ("PENDING_REVIEW" if reviewed else "ACTIVE")
    graph.server.pass_time()
    assert _status(graph, running.ad) == "ACTIVE"


def test_a_budget_or_bid_starts_no_review(graph: Graph, running: Launch) -> None:
    graph.post(running.campaign, daily_budget=6000)
    assert _status(graph, running.ad) == "ACTIVE"


def test_a_rejected_ad_needs_another_creative(graph: Graph, launch: Launch) -> None:
    bad, good = _creative(graph, launch, "a forbidden offer"), _creative(graph, launch, "an offer")
    ad = graph.post(f"{SG}/ads", **launches.ad(launch.ad_set, bad))["id"]
    graph.server.pass_time()
    feedback = graph.get(ad, fields="ad_review_feedback")["ad_review_feedback"]
    assert set(feedback) == {"global", "placement_specific"}
    assert_broken("rejected_ad_activated", graph.error("POST", ad, status="ACTIVE"))
    assert_broken("rejected_ad_edited", graph.error("POST", ad, conversion_domain="example.com"))
    graph.post(ad, name="Rejected", status="PAUSED")
    graph.post(ad, creative={"creative_id": good}, status="ACTIVE")
    assert _status(graph, ad) == "PENDING_REVIEW"
    graph.server.pass_time()
    assert _status(graph, ad) == "ADSET_PAUSED"
    graph.post(ad, status="ACTIVE", conversion_domain="example.com")


def test_a_synchronous_review_tells_before_the_ad_is_made(graph: Graph, launch: Launch) -> None:
    both = {"execution_options": ["validate_only", "synchronous_ad_review"]}
    bad = launches.ad(launch.ad_set, _creative(graph, launch, "a forbidden offer"))
    good = launches.ad(launch.ad_set, launch.creative)
    assert_broken("ad_would_be_rejected", graph.error("POST", f"{SG}/ads", **bad, **both))
    assert graph.post(f"{SG}/ads", **good, **both) == {"success": True}
    only = {"execution_options": ["synchronous_ad_review"]}
    assert_broken("review_without_validation", graph.error("POST", f"{SG}/ads", **good, **only))
    assert graph.get(f"{SG}/ads")["data"] == []


def test_meta_can_reject_what_it_let_pass(graph: Graph, running: Launch) -> None:
    _edit(graph, running.ad, "disapprove", policy="Cloaking", reason="The site has changed.")
    shown = graph.get(running.ad, fields="effective_status,ad_review_feedback,configured_status")
    assert (shown["effective_status"], shown["configured_status"]) == ("DISAPPROVED", "ACTIVE")
    assert shown["ad_review_feedback"]["global"] == {"Cloaking": "The site has changed."}
    _edit(graph, running.ad, "approve")
    assert _status(graph, running.ad) == "ACTIVE"
    _edit(graph, running.ad, "review_again")
    assert _status(graph, running.ad) == "PENDING_REVIEW"
    _edit(graph, running.ad, "preapprove")
    assert _status(graph, running.ad) == "PREAPPROVED"
