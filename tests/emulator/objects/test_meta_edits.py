"""Meta's own later edits, on demand: they change the object and leave the journal alone."""

from typing import Any

import pytest

from tests.emulator.launches import SG, Launch
from tests.emulator.server import Graph


def _edit(graph: Graph, node: str, kind: str, **details: Any) -> Any:
    return graph.server.control("POST", f"meta_edits/{node}", {"kind": kind, **details})


def test_an_enhancement_is_switched_on_behind_ones_back(graph: Graph, launch: Launch) -> None:
    before = len(graph.server.journal()) if launch.ad else 0
    assert _edit(graph, launch.ad, "enable_creative_enhancement", feature="image_uncrop") == {
        "id": launch.creative,
        "kind": "creative",
    }
    spec = graph.get(launch.creative, fields="degrees_of_freedom_spec")["degrees_of_freedom_spec"]
    assert spec["creative_features_spec"]["image_uncrop"] == {"enroll_status": "OPT_IN"}
    assert len(graph.server.journal()) == before


def test_audience_placements_and_budget_can_drift(graph: Graph, launch: Launch) -> None:
    narrow = {"publisher_platforms": ["facebook"]}
    targeting = graph.get(launch.ad_set, fields="targeting")["targeting"]
    graph.post(launch.ad_set, targeting={**targeting, **narrow})
    _edit(graph, launch.ad_set, "set_advantage_audience", value=0)
    _edit(graph, launch.ad_set, "open_all_placements")
    _edit(graph, launch.campaign, "change_budget", daily_budget=9900)
    drifted = graph.get(launch.ad_set, fields="targeting")["targeting"]
    assert drifted["targeting_automation"]["advantage_audience"] == 0
    assert "publisher_platforms" not in drifted
    assert graph.get(launch.campaign, fields="daily_budget")["daily_budget"] == "9900"
    _edit(graph, launch.campaign, "pause")
    assert graph.get(launch.campaign, fields="status")["status"] == "PAUSED"


def test_every_edit_says_what_it_is_for(graph: Graph) -> None:
    kinds = graph.server.control("GET", "meta_edits")["data"]
    assert kinds["disapprove"] == ["ad"]
    assert set(kinds["pause"]) == {"campaign", "adset", "ad"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "kind is one of"),
        ({"kind": "sabotage"}, "kind is one of"),
        ({"kind": "lose_pixel"}, "is an edit of: pixel"),
        ({"kind": "change_budget"}, "send daily_budget"),
        ({"kind": "change_budget", "daily_budget": "much"}, "invalid literal"),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(
    graph: Graph, launch: Launch, body: dict[str, Any], reason: str
) -> None:
    answer = graph.server.http.post(f"/_emulator/meta_edits/{launch.campaign}", json=body)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]


def test_an_edit_of_nothing_is_refused(graph: Graph) -> None:
    answer = graph.server.http.post(f"/_emulator/meta_edits/{SG}9", json={"kind": "pause"})
    assert answer.status_code == 404
