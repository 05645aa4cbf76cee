"""Something switched on that cannot deliver says so: WITH_ISSUES, with the reason."""

from typing import Any

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, Launch
from tests.emulator.refusals import targeting
from tests.emulator.server import Graph

_PIXEL = "300000000000101"


def _edit(graph: Graph, node: str, kind: str, **details: Any) -> None:
    graph.server.control("POST", f"meta_edits/{node}", {"kind": kind, **details})


def _read(graph: Graph, node: str) -> tuple[str, set[str]]:
    shown = graph.get(node, fields="effective_status,issues_info")
    rows = shown.get("issues_info", [])
    return shown["effective_status"], {row["level"] for row in rows}


@pytest.fixture
def running(graph: Graph, launch: Launch) -> Launch:
    """A launch that delivers."""
    for node in (launch.ad, launch.ad_set, launch.campaign):
        graph.post(node, status="ACTIVE")
    graph.server.pass_time()
    return launch


@pytest.mark.parametrize("kind", ["disable_account", "unsettle_account"])
def test_a_closed_account_stops_everything_until_it_is_settled(
    graph: Graph, running: Launch, kind: str
) -> None:
    _edit(graph, SG, kind)
    for node in (running.campaign, running.ad_set, running.ad):
        assert _read(graph, node) == ("WITH_ISSUES", {"ACCOUNT"})
    _edit(graph, SG, "restore_account")
    assert _read(graph, running.campaign) == ("ACTIVE", set())


def test_an_account_nobody_pays_for_stops_the_ads(graph: Graph, running: Launch) -> None:
    _edit(graph, SG, "remove_funding")
    assert _read(graph, running.ad)[0] == "PENDING_BILLING_INFO"
    assert _read(graph, running.ad_set)[0] == "ACTIVE"
    assert "funding_source" not in graph.get(SG, fields="funding_source,funding_source_details")
    _edit(graph, SG, "restore_account")
    assert _read(graph, running.ad)[0] == "ACTIVE"


def test_a_lost_pixel_stops_the_ad_set_and_its_ads(graph: Graph, running: Launch) -> None:
    _edit(graph, _PIXEL, "lose_pixel")
    assert graph.get(_PIXEL, fields="is_unavailable")["is_unavailable"] is True
    assert _read(graph, running.ad_set) == ("WITH_ISSUES", {"AD_SET"})
    assert _read(graph, running.ad) == ("WITH_ISSUES", {"AD_SET"})
    assert _read(graph, running.campaign) == ("ACTIVE", set())


def test_a_retired_interest_stops_the_ad_set(graph: Graph, launch: Launch) -> None:
    interests = [{"id": "6003107902433", "name": "Football"}]
    params = launches.ad_set(SG, launch.campaign, targeting=targeting(interests=interests))
    ad_set = graph.post(f"{SG}/adsets", **{**params, "status": "ACTIVE"})["id"]
    graph.post(launch.campaign, status="ACTIVE")
    graph.server.pass_time()
    assert _read(graph, ad_set)[0] == "ACTIVE"
    _edit(graph, ad_set, "retire_interests")
    assert _read(graph, ad_set) == ("WITH_ISSUES", {"AD_SET"})


@pytest.mark.parametrize(
    ("noun", "level"), [("campaign", "CAMPAIGN"), ("ad_set", "AD_SET"), ("ad", "AD")]
)
def test_an_issue_can_be_raised_and_cleared(
    graph: Graph, running: Launch, noun: str, level: str
) -> None:
    node = getattr(running, noun)
    _edit(graph, node, "raise_issue", error_code=7, error_summary="Odd", error_message="Look.")
    shown = graph.get(node, fields="issues_info,effective_status")
    assert shown["effective_status"] == "WITH_ISSUES"
    [row] = shown["issues_info"]
    assert (row["level"], row["error_code"], row["error_summary"]) == (level, 7, "Odd")
    _edit(graph, node, "clear_issues")
    assert _read(graph, node) == ("ACTIVE", set())


def test_a_paused_object_reads_paused_and_still_tells_its_issue(
    graph: Graph, running: Launch
) -> None:
    _edit(graph, running.campaign, "raise_issue")
    graph.post(running.campaign, status="PAUSED")
    assert _read(graph, running.campaign) == ("PAUSED", {"CAMPAIGN"})


def _stage(graph: Graph, ad_set: str) -> dict[str, Any]:
    shown = graph.get(ad_set, fields="learning_stage_info")
    stage: dict[str, Any] = shown.get("learning_stage_info", {})
    return stage


@pytest.mark.parametrize(("cents", "outcome"), [(1000, "FAIL"), (9_000_000, "SUCCESS")])
def test_learning_ends_with_fifty_results_or_a_week(
    graph: Graph, running: Launch, cents: int, outcome: str
) -> None:
    graph.post(running.campaign, daily_budget=cents)
    fresh = _stage(graph, running.ad_set)
    assert (fresh["status"], fresh["conversions"]) == ("LEARNING", 0)
    assert fresh["attribution_windows"] == ["7d_click", "1d_view"]
    graph.server.pass_time(8 * 86400)
    ended = _stage(graph, running.ad_set)
    assert ended["status"] == outcome
    assert (ended["conversions"] >= 50) is (outcome == "SUCCESS")
    graph.post(running.ad_set, targeting=targeting("JP"))
    assert _stage(graph, running.ad_set)["last_sig_edit_ts"] > ended["last_sig_edit_ts"]
    graph.post(running.campaign, status="PAUSED")
    assert _stage(graph, running.ad_set) == {}


def test_an_ended_schedule_keeps_the_ad_set_active(graph: Graph, launch: Launch) -> None:
    for node in (launch.ad, launch.ad_set, launch.campaign):
        graph.post(node, status="ACTIVE")
    now = graph.server.control("GET", "clock")["timestamp"]
    graph.post(launch.ad_set, end_time=int(now) + 90000)
    graph.server.pass_time(100000)
    assert _read(graph, launch.ad_set)[0] == "ACTIVE"
    graph.post(launch.ad_set, name="Over", status="PAUSED")
    graph.post(launch.ad_set, end_time=0)
    assert "end_time" not in graph.get(launch.ad_set, fields="end_time")
