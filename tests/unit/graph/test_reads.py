from __future__ import annotations

import json
from typing import Any

import pytest

from meta_ads.errors import AccessLost, FixInput, OutcomeUnknown, RejectedByMeta, TryAgain
from meta_ads.graph.platform import MetaPlatform
from meta_ads.planning.step import StepKind
from tests.unit.graph.scripted_graph import ACCOUNT, TOKEN, ScriptedGraph


def page(*ids: str, after: str | None = None, more: bool = False) -> dict[str, Any]:
    paging: dict[str, Any] = {}
    if after:
        paging["cursors"] = {"before": "b", "after": after}
    if more:
        paging["next"] = f"http://elsewhere.invalid/?access_token={TOKEN}&after=wrong"
    return {"data": [{"id": item} for item in ids], "paging": paging}


def ids(meta: MetaPlatform) -> list[str]:
    return [item["id"] for item in meta.account_objects(ACCOUNT)]


def test_fields_of_one_object_are_read(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.reply({"id": "7", "name": "n"})
    assert meta.read("7", ["id", "name"]) == {"id": "7", "name": "n"}
    (asked,) = graph.asked
    assert (asked.method, asked.path, asked.query["fields"]) == ("GET", "/v26.0/7", "id,name")


def test_every_page_is_read_by_its_cursor_and_never_by_the_address_meta_offers(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(page("1", "2", after="A", more=True))
    graph.reply(page("3", after="B"))
    graph.reply(page())
    graph.reply(page("4"))
    assert ids(meta) == ["1", "2", "3", "4"]
    assert [asked.query.get("after") for asked in graph.asked] == [None, "A", None, None]
    assert [asked.path.rsplit("/", 1)[1] for asked in graph.asked] == [
        "campaigns",
        "campaigns",
        "adsets",
        "ads",
    ]


def test_archived_objects_are_listed_with_a_status_that_each_level_has(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    for _ in range(3):
        graph.reply(page())
    ids(meta)
    campaigns, ad_sets, ads = (json.loads(a.query["effective_status"]) for a in graph.asked)
    assert "ARCHIVED" in campaigns
    assert "ARCHIVED" in ad_sets
    assert "ARCHIVED" in ads
    # Asking for another level's status is refused with 100/1487561.
    assert "CAMPAIGN_PAUSED" not in campaigns
    assert "ADSET_PAUSED" not in ad_sets
    assert "PENDING_REVIEW" in ads


def test_pages_too_large_for_meta_are_halved(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.error(1, status=500, message="Please reduce the amount of data you're asking for")
    graph.error(1, status=500, message="Please reduce the amount of data you're asking for")
    for _ in range(3):
        graph.reply(page())
    ids(meta)
    assert [asked.query["limit"] for asked in graph.asked] == ["500", "250", "125", "500", "500"]


def test_a_page_that_names_itself_as_the_next_one_ends_the_reading(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(page("1", after="A", more=True))
    graph.reply(page("2", after="A", more=True))
    with pytest.raises(TryAgain, match="same page"):
        ids(meta)


def test_a_next_page_without_cursors_is_asked_for_by_the_cursor_in_its_address(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    first = page("1")
    first["paging"] = {"next": "http://elsewhere.invalid/x?after=Z%3D&limit=1"}
    graph.reply(first)
    for _ in range(3):
        graph.reply(page())
    ids(meta)
    assert graph.asked[1].query["after"] == "Z="


@pytest.mark.parametrize("body", [{}, {"data": {}}, {"data": None}])
def test_a_page_without_a_list_is_read_again(
    graph: ScriptedGraph, meta: MetaPlatform, body: dict[str, Any]
) -> None:
    graph.reply(body)
    with pytest.raises(TryAgain):
        ids(meta)


def test_a_broken_read_may_be_repeated(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    for options in ({"how": "reset"}, {"body": b"<"}, {"body": {}, "status": 503}):
        graph.reply(**options)
        with pytest.raises(TryAgain):
            meta.read("7", ["id"])


def test_objects_are_read_by_id_one_call_each_and_those_gone_are_left_out(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply({"id": "1", "effective_status": "DELETED"})
    graph.error(100, 33)
    graph.reply({"id": "3"})
    found = list(meta.objects_by_id(StepKind.AD, ["1", "2", "3"]))
    assert [item["id"] for item in found] == ["1", "3"]
    assert {item["kind"] for item in found} == {"ad"}
    assert not any("ids" in asked.query for asked in graph.asked)


def test_an_object_that_cannot_be_seen_does_not_exist_for_us(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply({"id": "1"})
    assert meta.exists("1")
    graph.error(100, 33)
    assert not meta.exists("1")


def test_a_lost_permission_is_not_taken_for_a_missing_object(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.error(200)
    with pytest.raises(AccessLost):
        meta.exists("1")


def test_the_owner_of_the_token_can_be_read(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.reply({"id": "1", "name": "System user"})
    assert meta.read("me", ["id", "name"])["name"] == "System user"
    assert graph.asked[0].path == "/v26.0/me"


@pytest.mark.parametrize(
    "object_id", ["../me", "1?access_token=x", "me/adaccounts", "1/ads", "", "act_x", "oauth"]
)
def test_an_id_that_is_none_is_never_sent(meta: MetaPlatform, object_id: str) -> None:
    with pytest.raises(FixInput):
        meta.read(object_id, ["id"])
    with pytest.raises(FixInput):
        meta.update(object_id, {"status": "PAUSED"})


def test_an_update_is_one_post_to_the_object(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.reply({"success": True})
    meta.update("7", {"status": "ACTIVE"})
    (asked,) = graph.asked
    assert (asked.method, asked.path, asked.form["status"]) == ("POST", "/v26.0/7", "ACTIVE")


def test_an_update_without_an_answer_may_have_happened(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(how="reset")
    with pytest.raises(OutcomeUnknown):
        meta.update("7", {"status": "ACTIVE"})
    graph.reply({"success": False})
    with pytest.raises(OutcomeUnknown):
        meta.update("7", {"status": "ACTIVE"})


def test_an_update_of_a_missing_object_is_refused(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.error(100, 33)
    with pytest.raises(RejectedByMeta):
        meta.update("7", {"status": "ACTIVE"})


def test_an_account_is_told_in_words(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.reply(
        {
            "id": ACCOUNT,
            "name": "Shop",
            "account_status": 2,
            "disable_reason": 1,
            "currency": "SGD",
            "timezone_name": "Asia/Singapore",
        }
    )
    facts = meta.account_facts(ACCOUNT)
    assert (facts.status, facts.may_create) == ("disabled", False)
    assert facts.disable_reason == "ads integrity policy"
    assert (facts.currency, facts.timezone) == ("SGD", "Asia/Singapore")


def test_an_account_status_nobody_listed_may_not_create(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply({"id": ACCOUNT, "account_status": 777})
    facts = meta.account_facts(ACCOUNT)
    assert (facts.status, facts.may_create) == ("unknown (777)", False)


def test_the_least_daily_budget_is_the_one_of_the_currency(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    budgets = [
        {"currency": "USD", "min_daily_budget_imp": 100},
        {"currency": "SGD", "min_daily_budget_imp": 140},
    ]
    graph.reply({"data": budgets})
    assert meta.minimum_daily_budget(ACCOUNT, "SGD") == 140
    graph.reply({"data": budgets})
    assert meta.minimum_daily_budget(ACCOUNT, "JPY") is None
