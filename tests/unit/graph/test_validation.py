"""Asking Meta about an object makes nothing, whatever the parameters and whatever it answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meta_ads.errors import (
    AccessLost,
    FixInput,
    MetaAdsError,
    RejectedByMeta,
    StopAndAsk,
    Throttled,
    TryAgain,
)
from meta_ads.graph.platform import MetaPlatform
from meta_ads.planning.step import StepKind
from tests.unit.graph.scripted_graph import ACCOUNT, ScriptedGraph

PARAMS = {
    "name": "n [#ABCDEFGHIJ]",
    "status": "PAUSED",
    "daily_budget": 5000,
    "targeting": {"geo_locations": {"countries": ["SG"]}},
    "is_adset_budget_sharing_enabled": False,
    "adlabels": [{"name": "adlaunch:ABCDEFGHIJ"}],
}


def validate(meta: MetaPlatform, kind: StepKind = StepKind.CAMPAIGN, params: Any = PARAMS) -> None:
    meta.validate(kind, ACCOUNT, params)


@pytest.mark.parametrize(
    ("kind", "edge"),
    [
        (StepKind.CAMPAIGN, "campaigns"),
        (StepKind.AD_SET, "adsets"),
        (StepKind.CREATIVE, "adcreatives"),
        (StepKind.AD, "ads"),
    ],
)
def test_it_is_one_post_that_only_validates(
    graph: ScriptedGraph, meta: MetaPlatform, kind: StepKind, edge: str
) -> None:
    graph.reply({"success": True})
    validate(meta, kind)
    (asked,) = graph.asked
    assert (asked.method, asked.path) == ("POST", f"/v26.0/{ACCOUNT}/{edge}")
    assert json.loads(asked.form["execution_options"]) == ["validate_only"]


def test_parameters_of_the_caller_cannot_turn_it_into_a_create(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply({"success": True})
    validate(meta, params={**PARAMS, "execution_options": ["include_recommendations"]})
    assert json.loads(graph.asked[0].form["execution_options"]) == ["validate_only"]


def test_what_is_asked_about_is_what_a_create_would_send(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply({"success": True})
    graph.reply({"id": "1"})
    validate(meta)
    meta.create(StepKind.CAMPAIGN, ACCOUNT, PARAMS)
    asked, created = (dict(one.form) for one in graph.asked)
    del asked["execution_options"], created["adlabels"]
    assert {name: _plain(value) for name, value in asked.items()} == {
        name: _plain(value) for name, value in created.items()
    }


def _plain(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


@pytest.mark.parametrize("kind", [StepKind.VIDEO, StepKind.IMAGE])
def test_media_cannot_be_asked_about(meta: MetaPlatform, kind: StepKind) -> None:
    with pytest.raises(FixInput):
        validate(meta, kind)


@pytest.mark.parametrize(
    ("code", "subcode", "status", "error"),
    [
        (100, 1885272, 400, RejectedByMeta),
        (100, 33, 400, RejectedByMeta),
        (80004, 2446079, 400, Throttled),
        (190, 463, 401, AccessLost),
        (200, None, 403, AccessLost),
        (2, None, 500, TryAgain),
    ],
)
def test_an_error_is_what_it_is_for_a_read(
    graph: ScriptedGraph,
    meta: MetaPlatform,
    code: int,
    subcode: int | None,
    status: int,
    error: type[MetaAdsError],
) -> None:
    graph.error(code, subcode, status)
    with pytest.raises(error):
        validate(meta)


@pytest.mark.parametrize("how", ["reset", "truncated"])
def test_a_lost_answer_may_be_asked_for_again(
    graph: ScriptedGraph, meta: MetaPlatform, how: str
) -> None:
    graph.reply({"success": True}, how=how)
    with pytest.raises(TryAgain):
        validate(meta)


def test_an_answer_with_an_id_calls_for_a_person(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.reply({"id": "42"})
    with pytest.raises(StopAndAsk, match="42"):
        validate(meta)
