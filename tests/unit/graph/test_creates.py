from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from meta_ads.errors import (
    AccessLost,
    FixInput,
    MetaAdsError,
    OutcomeUnknown,
    RejectedByMeta,
    Throttled,
    TryAgain,
)
from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from meta_ads.planning.step import StepKind
from tests.unit.graph.scripted_graph import ACCOUNT, NOW, TOKEN, ScriptedGraph

PARAMS = {"name": "n", "status": "PAUSED", "special_ad_categories": []}


def create(meta: MetaPlatform, kind: StepKind = StepKind.CAMPAIGN, **more: Any) -> str:
    return meta.create(kind, ACCOUNT, PARAMS | more)


@pytest.mark.parametrize(
    ("kind", "edge"),
    [
        (StepKind.CAMPAIGN, "campaigns"),
        (StepKind.AD_SET, "adsets"),
        (StepKind.CREATIVE, "adcreatives"),
        (StepKind.AD, "ads"),
    ],
)
def test_a_create_is_one_post_to_its_edge_and_returns_the_id(
    graph: ScriptedGraph, meta: MetaPlatform, kind: StepKind, edge: str
) -> None:
    graph.reply({"id": "42"})
    assert create(meta, kind) == "42"
    (asked,) = graph.asked
    assert (asked.method, asked.path) == ("POST", f"/v26.0/{ACCOUNT}/{edge}")


def test_the_token_travels_in_the_header_and_nowhere_else(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply({"id": "42"})
    create(meta)
    (asked,) = graph.asked
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.query == {}
    assert "access_token" not in asked.form


def test_a_create_asks_for_no_fields(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    # Meta creates first and reads then: a failing read would hide a create that worked.
    graph.reply({"id": "42"})
    create(meta)
    assert "fields" not in graph.asked[0].form


def test_nested_values_and_booleans_travel_as_json(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply({"id": "42"})
    targeting = {"geo_locations": {"countries": ["SG"]}, "age_min": 20}
    create(meta, StepKind.AD_SET, targeting=targeting, is_dynamic_creative=False, daily_budget=500)
    form = graph.asked[0].form
    assert json.loads(form["targeting"]) == targeting
    assert (form["is_dynamic_creative"], form["daily_budget"]) == ("false", "500")


def test_a_correct_value_that_the_sdk_would_warn_about_goes_out_in_silence(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply({"id": "42"})
    create(meta, StepKind.AD_SET, regional_regulated_categories=["SINGAPORE_UNIVERSAL"])
    form = graph.asked[0].form
    assert json.loads(form["regional_regulated_categories"]) == ["SINGAPORE_UNIVERSAL"]


def test_a_write_opens_its_own_connection_and_reads_share_one(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    # A kept connection that dies under a create would leave the create open for nothing.
    for _ in range(4):
        graph.reply({"id": "42"})
    meta.read("7", ["id"])
    meta.read("7", ["id"])
    create(meta)
    meta.update("7", {"status": "PAUSED"})
    first, second, created, updated = (asked.port for asked in graph.asked)
    assert first == second
    assert len({first, created, updated}) == 3


def test_no_default_api_is_left_behind(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.reply({"id": "42"})
    create(meta)
    from facebook_business.api import FacebookAdsApi

    assert FacebookAdsApi.get_default_api() is None


@pytest.mark.parametrize("kind", [StepKind.VIDEO, StepKind.IMAGE])
def test_media_are_uploaded_not_created(meta: MetaPlatform, kind: StepKind) -> None:
    with pytest.raises(FixInput):
        create(meta, kind)


@pytest.mark.parametrize("account", ["act_1/campaigns", "act_1?x=1", "../act_1", "", "act_"])
def test_an_account_id_that_is_none_is_never_sent(meta: MetaPlatform, account: str) -> None:
    with pytest.raises(FixInput):
        meta.create(StepKind.CAMPAIGN, account, PARAMS)


ENDINGS: list[tuple[str, Any]] = [
    ("reset", {"how": "reset"}),
    ("truncated", {"body": {"id": "42", "more": "x" * 200}, "how": "truncated"}),
    ("not JSON", {"body": b"<html>"}),
    ("empty", {"body": b""}),
    ("no id", {"body": {"success": True}}),
    ("an empty id", {"body": {"id": ""}}),
    ("not an object", {"body": []}),
    ("success false", {"body": {"success": False}}),
    ("500 with an id", {"body": {"id": "42"}, "status": 500}),
    ("502 from a proxy", {"body": b"<html>", "status": 502}),
    ("a redirect", {"body": b"", "status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}),
    ("403 from a firewall", {"body": b"<html>", "status": 403}),
]


@pytest.mark.parametrize(("ending", "reply"), ENDINGS, ids=[name for name, _ in ENDINGS])
def test_an_answer_that_names_no_id_leaves_a_create_open_and_is_not_repeated(
    graph: ScriptedGraph, meta: MetaPlatform, ending: str, reply: dict[str, Any]
) -> None:
    graph.reply(**reply)
    with pytest.raises(OutcomeUnknown):
        create(meta)
    assert len(graph.asked) == 1


def test_silence_leaves_a_create_open(graph: ScriptedGraph, settings: GraphSettings) -> None:
    graph.reply(how="silent")
    with MetaPlatform(replace(settings, read_timeout=0.2)) as meta, pytest.raises(OutcomeUnknown):
        create(meta)


def test_an_answer_that_trickles_past_the_total_time_leaves_a_create_open(
    graph: ScriptedGraph, settings: GraphSettings
) -> None:
    graph.reply({"id": "42", "more": "x" * 4000}, how="trickle")
    with (
        MetaPlatform(replace(settings, total_timeout=0.3)) as meta,
        pytest.raises(OutcomeUnknown, match="in time"),
    ):
        create(meta)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nobody listens, kept from others for the test."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_a_refused_connection_is_certain_not_to_have_created(closed_port: int) -> None:
    settings = GraphSettings(token=TOKEN, base_url=f"http://127.0.0.1:{closed_port}")
    with MetaPlatform(settings) as meta, pytest.raises(TryAgain, match="Nothing was sent"):
        create(meta)


def test_an_unknown_host_is_certain_not_to_have_created() -> None:
    settings = GraphSettings(token=TOKEN, base_url="http://graph.invalid")
    with MetaPlatform(settings) as meta, pytest.raises(TryAgain, match="Nothing was sent"):
        create(meta)


@pytest.mark.parametrize(
    ("code", "subcode", "error"),
    [
        (100, 1443226, RejectedByMeta),
        (190, 463, AccessLost),
        (200, None, AccessLost),
        (613, 1487742, Throttled),
        (2, None, OutcomeUnknown),
        (100, 33, OutcomeUnknown),
        (123456, None, OutcomeUnknown),
    ],
)
def test_an_error_of_meta_becomes_the_error_for_what_to_do_next(
    graph: ScriptedGraph,
    meta: MetaPlatform,
    code: int,
    subcode: int | None,
    error: type[MetaAdsError],
) -> None:
    graph.error(code, subcode)
    with pytest.raises(error):
        create(meta)
    assert len(graph.asked) == 1


def test_a_refusal_shows_what_meta_says_to_people_and_the_number_for_support(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.error(
        100,
        1885621,
        error_user_title="Two budgets",
        error_user_msg="Remove one.",
        fbtrace_id="AbC",
        error_data='{"blame_field_specs":[["daily_budget"]]}',
    )
    with pytest.raises(RejectedByMeta) as caught:
        create(meta)
    for part in ("create the campaign", "Two budgets", "Remove one.", "1885621", "AbC"):
        assert part in str(caught.value)
    assert caught.value.fault.blame == "daily_budget"


def test_a_throttle_waits_as_long_as_meta_says(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    header = '{"1":[{"type":"ads_management","estimated_time_to_regain_access":3}]}'
    graph.error(80004, headers={"X-Business-Use-Case-Usage": header})
    with pytest.raises(Throttled) as caught:
        create(meta)
    assert caught.value.not_before == NOW + timedelta(minutes=3)


def test_a_throttle_without_a_time_waits_by_its_code(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.error(613, 5044001)
    with pytest.raises(Throttled) as caught:
        create(meta)
    assert caught.value.not_before == NOW + timedelta(seconds=5)


def test_too_many_requests_without_an_envelope_is_a_throttle(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(b"slow down", 429, headers={"Retry-After": "30"})
    with pytest.raises(Throttled) as caught:
        create(meta)
    assert caught.value.not_before == NOW + timedelta(seconds=30)
