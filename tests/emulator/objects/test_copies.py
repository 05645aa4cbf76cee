"""Copies of campaigns, ad sets and ads: what they keep, what they change, what is refused."""

from typing import Any

import pytest

from tests.emulator import launches
from tests.emulator.launches import DE, SG, US, Launch
from tests.emulator.refusals import assert_broken, in_hours
from tests.emulator.server import Graph


def _ids(answer: dict[str, Any]) -> list[str]:
    return [row["id"] for row in answer["data"]]


def _copied(answer: dict[str, Any]) -> dict[str, str]:
    return {row["ad_object_type"]: row["copied_id"] for row in answer["ad_object_ids"]}


def test_a_copy_is_another_paused_object_that_names_its_source(
    graph: Graph, launch: Launch
) -> None:
    graph.post(launch.campaign, status="ACTIVE")
    answer = graph.post(f"{launch.campaign}/copies")
    copy = answer["copied_campaign_id"]
    assert answer["ad_object_ids"] == [
        {"ad_object_type": "campaign", "source_id": launch.campaign, "copied_id": copy}
    ]
    shown = graph.get(copy, fields="name,status,daily_budget,objective,source_campaign_id")
    assert shown == {
        "name": "Spring - Copy",
        "status": "PAUSED",
        "daily_budget": "5000",
        "objective": "OUTCOME_SALES",
        "source_campaign_id": launch.campaign,
        "id": copy,
    }
    assert _ids(graph.get(f"{launch.campaign}/copies")) == [copy]
    assert _ids(graph.get(f"{copy}/adsets")) == []


def test_a_deep_copy_takes_ad_sets_and_ads_along(graph: Graph, launch: Launch) -> None:
    ad = launch.ad
    answer = graph.post(f"{launch.campaign}/copies", deep_copy=True)
    made = _copied(answer)
    assert set(made) == {"campaign", "ad_set", "ad"}
    shown = graph.get(made["ad"], fields="campaign_id,adset_id,creative,source_ad_id,name")
    assert shown["campaign_id"] == made["campaign"]
    assert shown["adset_id"] == made["ad_set"]
    assert (shown["source_ad_id"], shown["name"]) == (ad, "Spring ad")
    assert shown["creative"]["id"] == launch.creative
    [entry] = [row for row in graph.server.journal() if row["path"].endswith("/copies")]
    assert [row["copied_id"] for row in entry["copies"]] == list(made.values())


def test_a_copied_ad_is_reviewed_anew(graph: Graph, launch: Launch) -> None:
    assert launch.ad
    graph.server.pass_time()
    copy = graph.post(f"{launch.ad}/copies", status_option="ACTIVE")["copied_ad_id"]
    graph.server.pass_time(3)
    assert graph.get(copy, fields="effective_status")["effective_status"] == "PENDING_REVIEW"
    assert graph.get(copy, fields="status")["status"] == "ACTIVE"


def test_a_copy_starts_without_its_sources_troubles(graph: Graph, launch: Launch) -> None:
    for node in (launch.ad, launch.ad_set, launch.campaign):
        graph.post(node, status="ACTIVE")
    graph.server.pass_time()
    assert graph.get(launch.ad, fields="effective_status")["effective_status"] == "ACTIVE"
    graph.post(launch.campaign, status="PAUSED")
    graph.server.control("POST", f"meta_edits/{launch.ad_set}", {"kind": "raise_issue"})
    copy = graph.post(f"{launch.ad_set}/copies", deep_copy=True)["copied_adset_id"]
    assert "issues_info" not in graph.get(copy, fields="issues_info")
    other = {"pixel_id": "300000000000101", "custom_event_type": "ADD_TO_CART"}
    graph.post(copy, promoted_object=other)
    again = graph.post(f"{copy}/copies")["copied_adset_id"]
    assert graph.get(again, fields="source_adset_id")["source_adset_id"] == copy


@pytest.mark.parametrize(
    ("rename", "top", "below"),
    [
        ({}, "Spring - Copy", "Everyone"),
        ({"rename_strategy": "NO_RENAME"}, "Spring", "Everyone"),
        ({"rename_strategy": "DEEP_RENAME"}, "Spring - Copy", "Everyone - Copy"),
        ({"rename_prefix": "US: "}, "US: Spring", "Everyone"),
        ({"rename_strategy": "DEEP_RENAME", "rename_suffix": " 2"}, "Spring 2", "Everyone 2"),
    ],
)
def test_names_follow_the_rename_options(
    graph: Graph, launch: Launch, rename: dict[str, str], top: str, below: str
) -> None:
    assert launch.ad_set
    answer = graph.post(f"{launch.campaign}/copies", deep_copy=True, rename_options=rename)
    made = _copied(answer)
    assert graph.get(made["campaign"], fields="name")["name"] == top
    assert graph.get(made["ad_set"], fields="name")["name"] == below


def test_a_status_can_be_inherited(graph: Graph, launch: Launch) -> None:
    graph.post(launch.ad_set, status="ACTIVE")
    params = {"status_option": "INHERITED_FROM_SOURCE"}
    copy = graph.post(f"{launch.ad_set}/copies", **params)["copied_adset_id"]
    assert graph.get(copy, fields="status")["status"] == "ACTIVE"


def test_an_ad_set_copied_under_a_campaign_budget_loses_its_own(
    graph: Graph, launch: Launch
) -> None:
    params = launches.ad_set(SG, launch.plain_campaign, daily_budget=5000)
    source = graph.post(f"{SG}/adsets", **params)["id"]
    copy = graph.post(f"{source}/copies", campaign_id=launch.campaign)["copied_adset_id"]
    shown = graph.get(copy, fields="campaign_id,daily_budget,bid_strategy")
    assert shown == {"campaign_id": launch.campaign, "id": copy}
    error = graph.error("POST", f"{copy}/copies", campaign_id=launch.plain_campaign)
    assert_broken("budget_missing", error)


def test_times_are_kept_or_replaced(graph: Graph, launch: Launch) -> None:
    times = {"start_time": in_hours(24), "end_time": in_hours(72)}
    graph.post(launch.ad_set, **times)
    fields = "start_time,end_time"
    source = graph.get(launch.ad_set, fields=fields)
    kept = graph.post(f"{launch.ad_set}/copies", fields=fields)
    assert (kept["start_time"], kept["end_time"]) == (source["start_time"], source["end_time"])
    open_ended = graph.post(f"{launch.ad_set}/copies", end_time=0, fields=fields)
    assert "end_time" not in open_ended
    error = graph.error("POST", f"{launch.ad_set}/copies", start_time=in_hours(-30))
    assert_broken("start_in_past", error)


def test_a_copy_of_an_ended_ad_set_runs_again_as_long(graph: Graph, launch: Launch) -> None:
    graph.post(launch.ad_set, start_time=in_hours(24), end_time=in_hours(72))
    graph.server.pass_time(100 * 3600)
    shown = graph.post(f"{launch.ad_set}/copies", fields="start_time,end_time")
    later = graph.get(launch.ad_set, fields="end_time")["end_time"]
    assert shown["start_time"] > later
    again = graph.get(shown["copied_adset_id"], fields="effective_status")
    assert again["effective_status"] == "IN_PROCESS"


def test_an_ad_can_be_copied_elsewhere_with_another_creative(graph: Graph, launch: Launch) -> None:
    other = graph.post(f"{SG}/adsets", **launches.ad_set(SG, launch.campaign))["id"]
    changes = {"url_tags": "utm_source=copy"}
    answer = graph.post(f"{launch.ad}/copies", adset_id=other, creative_parameters=changes)
    shown = graph.get(answer["copied_ad_id"], fields="adset_id,creative{url_tags}")
    assert shown["adset_id"] == other
    assert shown["creative"]["url_tags"] == "utm_source=copy"
    assert shown["creative"]["id"] != launch.creative


def test_one_call_copies_three_ads(graph: Graph, launch: Launch) -> None:
    params = launches.ad(launch.ad_set, launch.creative)
    made = [graph.post(f"{SG}/ads", **params)["id"] for _ in range(4)]
    error = graph.error("POST", f"{launch.ad_set}/copies", deep_copy=True)
    assert_broken("copy_too_large", error)
    graph.post(made[0], status="ARCHIVED")
    assert len(graph.post(f"{launch.ad_set}/copies", deep_copy=True)["ad_object_ids"]) == 4
    graph.post(f"{launch.ad_set}/copies")


def test_legacy_advantage_campaigns_cannot_be_copied(graph: Graph, launch: Launch) -> None:
    legacy = {"smart_promotion_type": "AUTOMATED_SHOPPING_ADS"}
    graph.server.control("POST", f"edit/{launch.campaign}", legacy)
    error = graph.error("POST", f"{launch.campaign}/copies")
    assert_broken("legacy_advantage_campaign", error)


def test_overrides_are_checked_as_a_new_campaign(graph: Graph, launch: Launch) -> None:
    path = f"{launch.campaign}/copies"
    small = {"parameter_overrides": {"daily_budget": 199}}
    assert_broken("daily_budget_too_low", graph.error("POST", path, **small))
    wrong = {"parameter_overrides": {"colour": "red"}}
    assert_broken("unknown_param", graph.error("POST", path, **wrong))
    copy = graph.post(path, parameter_overrides={"daily_budget": 900}, fields="daily_budget")
    assert copy["daily_budget"] == "900"


@pytest.mark.parametrize(
    ("params", "rule"),
    [
        ({"rename_options": {"rename_postfix": "x"}}, "unknown_param"),
        ({"rename_options": {"rename_strategy": "SOME"}}, "not_in_enum"),
        ({"status_option": "DELETED"}, "not_in_enum"),
        ({"campaign_id": "23859999999999999"}, "unknown_node"),
        ({"name": "x"}, "unknown_param"),
    ],
)
def test_a_wrong_copy_is_refused(
    graph: Graph, launch: Launch, params: dict[str, Any], rule: str
) -> None:
    path = f"{launch.ad_set}/copies"
    before = len(graph.server.journal())
    assert_broken(rule, graph.error("POST", path, **params))
    assert len(graph.server.journal()) == before


def test_what_is_gone_is_neither_copied_nor_copied_into(graph: Graph, launch: Launch) -> None:
    other = graph.post(f"{SG}/campaigns", **launches.campaign())["id"]
    graph.delete(other)
    error = graph.error("POST", f"{launch.ad_set}/copies", campaign_id=other)
    assert_broken("parent_is_gone", error)
    assert_broken("deleted_is_final", graph.error("POST", f"{other}/copies"))


def test_a_copy_for_the_eu_still_needs_its_names(graph: Graph) -> None:
    launch = Launch(graph, DE, b"", b"")
    graph.server.control("POST", f"edit/{launch.ad_set}", {"dsa_payor": None})
    assert_broken("dsa_payor_missing", graph.error("POST", f"{launch.ad_set}/copies"))


def test_copies_leave_out_what_is_deleted(graph: Graph) -> None:
    launch = Launch(graph, US, b"", b"")
    copy = graph.post(f"{launch.ad_set}/copies")["copied_adset_id"]
    graph.delete(copy)
    assert _ids(graph.get(f"{launch.ad_set}/copies")) == []
