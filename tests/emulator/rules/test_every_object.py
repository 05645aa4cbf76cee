"""Rules of objects of every kind: what is final, what is only tried, what may be filtered on."""

from typing import Any

import pytest

from tests.emulator import launches
from tests.emulator.launches import DE, JP, SG, TW, US, Launch
from tests.emulator.refusals import assert_broken
from tests.emulator.server import Graph


@pytest.mark.parametrize("account", [SG, US, DE, JP, TW])
def test_a_right_launch_passes_on_every_account(
    graph: Graph, video: bytes, image: bytes, account: str
) -> None:
    assert Launch(graph, account, video, image).ad.isdigit()


def test_what_is_deleted_or_archived_stays_so(graph: Graph, launch: Launch) -> None:
    graph.post(launch.ad_set, status="ARCHIVED")
    error = graph.error("POST", launch.ad_set, status="ACTIVE")
    assert_broken("archived_is_final", error)
    graph.post(launch.ad_set, name="Renamed")
    graph.delete(launch.ad_set)
    assert_broken("deleted_is_final", graph.error("POST", launch.ad_set, name="Again"))
    assert_broken("deleted_is_final", graph.error("DELETE", launch.ad_set))


def test_validate_only_runs_the_rules_and_writes_nothing(graph: Graph, launch: Launch) -> None:
    options = {"execution_options": ["validate_only"]}
    creative_params = launches.creative(SG, launch.video, launch.image)
    calls = (
        ("campaigns", launches.campaign()),
        ("adsets", launches.ad_set(SG, launch.campaign)),
        ("adcreatives", creative_params),
        ("ads", launches.ad(launch.ad_set, launch.creative)),
    )
    before = len(graph.server.journal())
    for edge, params in calls:
        assert graph.post(f"{SG}/{edge}", **params, **options) == {"success": True}
        error = graph.error("POST", f"{SG}/{edge}", **params, **options, nonsense=1)
        assert_broken("unknown_param", error)
    assert len(graph.server.journal()) == before


@pytest.mark.parametrize("status", ["ADSET_PAUSED", "SLEEPING"])
def test_a_status_of_another_level_cannot_be_filtered_on(graph: Graph, status: str) -> None:
    error = graph.error("GET", f"{SG}/campaigns", effective_status=[status])
    assert_broken("status_filter", error)


@pytest.mark.parametrize(
    "filtering",
    [
        [{"field": "name", "operator": "LOOKS_LIKE", "value": "x"}],
        [{"field": "id", "operator": "IN", "value": "1"}],
    ],
)
def test_a_wrong_filter_is_refused(graph: Graph, launch: Launch, filtering: Any) -> None:
    assert launch.campaign
    error = graph.error("GET", f"{SG}/campaigns", filtering=filtering)
    assert_broken("bad_filter", error)


def test_recommendations_come_with_a_validation_only(graph: Graph, launch: Launch) -> None:
    only = {"execution_options": ["include_recommendations"]}
    both = {"execution_options": ["validate_only", "include_recommendations"]}
    plain = launches.campaign(
        daily_budget=None, bid_strategy=None, is_adset_budget_sharing_enabled=False
    )
    error = graph.error("POST", f"{SG}/campaigns", **plain, **only)
    assert_broken("recommendations_alone", error)
    [row] = graph.post(f"{SG}/campaigns", **plain, **both)["recommendations"]
    assert (row["blame_field"], row["importance"]) == ("daily_budget", "HIGH")
    assert graph.post(f"{SG}/campaigns", **launches.campaign(), **both) == {"success": True}
    narrow = launches.ad_set(SG, launch.campaign)
    narrow["targeting"] |= {
        "targeting_automation": {"advantage_audience": 0},
        "publisher_platforms": ["facebook"],
    }
    rows = graph.post(f"{SG}/adsets", **narrow, **both)["recommendations"]
    assert [row["title"] for row in rows] == [
        "Use Advantage+ placements",
        "Use Advantage+ audience",
    ]
