"""Modifiers inside ``fields``, limits, periods and filters by field: what an edge may be asked."""

import json
from typing import Any

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, Launch
from tests.emulator.refusals import assert_broken
from tests.emulator.server import Graph


def _names(answer: dict[str, Any]) -> list[str]:
    return [row["name"] for row in answer["data"]]


@pytest.fixture
def three(graph: Graph, launch: Launch) -> str:
    """A campaign with the ad sets ``One``, ``Two :)`` and a paused ``Three``."""
    for name, status in (("One", "ACTIVE"), ("Two :)", "ACTIVE"), ("Three", "PAUSED")):
        params = launches.ad_set(SG, launch.campaign, name=name, status=status)
        graph.post(f"{SG}/adsets", **params)
    graph.post(launch.campaign, status="ACTIVE")
    graph.server.pass_time()
    return launch.campaign


def test_an_edge_in_fields_takes_its_own_limit_filter_and_name(graph: Graph, three: str) -> None:
    named = json.dumps([{"field": "name", "operator": "IN", "value": ["Two :)", "One"]}])
    text = f"name,adsets.limit(1).filtering({named}).as(chosen){{name}},adsets{{name}}"
    shown = graph.get(three, fields=text)
    assert _names(shown["chosen"]) == ["Two :)"]
    assert _names(shown["adsets"]) == ["Three", "Two :)", "One"]
    following = shown["chosen"]["paging"]["next"]
    assert f"/v26.0/{three}/adsets?" in following


def test_the_link_of_an_edge_in_fields_goes_on_with_the_same_question(
    graph: Graph, three: str
) -> None:
    named = json.dumps([{"field": "name", "operator": "CONTAIN", "value": "e"}])
    shown = graph.get(three, fields=f"adsets.limit(1).filtering({named}){{name}}")
    link = shown["adsets"]["paging"]["next"].partition("/v26.0/")[2]
    path, _, query = link.partition("?")
    headers = {"Authorization": f"Bearer {graph.token}"}
    answer = graph.server.http.get(f"/v26.0/{path}?{query}", headers=headers).json()
    assert _names(shown["adsets"]) + _names(answer) == ["Three", "One"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (["ACTIVE"], ["Two :)", "One"]),
        (["PAUSED"], ["Three"]),
        (["ACTIVE", "PAUSED"], ["Three", "Two :)", "One"]),
        (["ARCHIVED"], []),
    ],
)
def test_effective_status_works_as_parameter_modifier_and_filter(
    graph: Graph, three: str, status: list[str], expected: list[str]
) -> None:
    text = json.dumps(status)
    by_filter = [{"field": "effective_status", "operator": "IN", "value": status}]
    listed = (
        graph.get(f"{three}/adsets", effective_status=status, fields="name"),
        graph.get(f"{three}/adsets", filtering=by_filter, fields="name"),
        graph.get(three, fields=f"adsets.effective_status({text}){{name}}").get(
            "adsets", {"data": []}
        ),
    )
    assert [_names(answer) for answer in listed] == [expected] * 3


def test_a_field_may_be_shown_under_another_name(graph: Graph, three: str) -> None:
    assert graph.get(three, fields="name.as(title),status") == {
        "title": "Spring",
        "status": "ACTIVE",
        "id": three,
    }


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5"])
def test_a_limit_must_be_a_whole_number_above_zero(graph: Graph, limit: str) -> None:
    assert_broken("wrong_type", graph.error("GET", f"{SG}/campaigns", limit=limit))


def test_a_limit_above_metas_is_cut_to_it(graph: Graph, three: str) -> None:
    assert len(graph.get(f"{three}/adsets", limit=1_000_000)["data"]) == 3


def test_pages_hold_25_rows_unless_asked(graph: Graph) -> None:
    for _ in range(26):
        graph.post(f"{SG}/adlabels", name=f"label {_}")
    assert len(graph.get(f"{SG}/adlabels")["data"]) == 25


@pytest.mark.parametrize("edge", ["campaigns", "adsets", "ads"])
@pytest.mark.parametrize(
    ("params", "rule"),
    [
        ({"date_preset": "last_7d"}, None),
        ({"date_preset": "last_week"}, "not_in_enum"),
        ({"time_range": {"since": "2026-01-01", "until": "2026-01-31"}}, None),
        ({"time_range": {"since": "2026-01-01"}}, "wrong_type"),
        ({"time_range": "January"}, "wrong_type"),
    ],
)
def test_the_days_of_nested_insights_are_checked(
    graph: Graph, edge: str, params: dict[str, Any], rule: str | None
) -> None:
    if rule is None:
        graph.get(f"{SG}/{edge}", **params)
    else:
        assert_broken(rule, graph.error("GET", f"{SG}/{edge}", **params))


@pytest.mark.parametrize(
    ("asked", "counted"),
    [
        ({"summary": "true"}, True),
        ({"summary": "1"}, True),
        ({"summary": ["total_count"]}, True),
        ({"summary": "total_count"}, True),
        ({"default_summary": "true"}, True),
        ({"summary": "false"}, False),
        ({}, False),
    ],
)
def test_a_summary_counts_all_rows_however_it_is_asked_for(
    graph: Graph, three: str, asked: dict[str, Any], counted: bool
) -> None:
    answer = graph.get(f"{three}/adsets", limit=1, **asked)
    assert answer.get("summary") == ({"total_count": 3} if counted else None)
