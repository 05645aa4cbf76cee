from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from meta_ads.errors import RejectedByMeta, TryAgain
from meta_ads.graph.platform import MetaPlatform
from meta_ads.planning.step import StepKind
from tests.unit.graph.scripted_graph import ACCOUNT, ScriptedGraph

MARKER = "ABCDEFGHIJ"


def listed(*items: dict[str, Any]) -> dict[str, Any]:
    return {"data": list(items)}


def label(name: str = f"adlaunch:{MARKER}") -> dict[str, Any]:
    return listed({"id": "900", "name": name})


def campaign(object_id: str, name: str = f"Sale [#{MARKER}]", **more: Any) -> dict[str, Any]:
    return {"id": object_id, "name": name, **more}


def find(meta: MetaPlatform, kind: StepKind = StepKind.CAMPAIGN) -> list[str]:
    return [found.object_id for found in meta.find(kind, ACCOUNT, MARKER)]


def test_label_and_name_are_both_searched_and_each_object_counts_once(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(label())
    graph.reply(listed(campaign("20"), campaign("3", name="renamed by a person")))
    graph.reply(listed(campaign("20"), campaign("100")))
    assert find(meta) == ["3", "20", "100"]


def test_the_label_is_looked_up_by_name_and_asked_for_by_id(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(label())
    graph.reply(listed())
    graph.reply(listed())
    find(meta)
    names, labelled, named = graph.asked
    assert names.path.endswith("/adlabels")
    assert labelled.path.endswith("/campaignsbylabels")
    assert json.loads(labelled.query["ad_label_ids"]) == ["900"]
    assert json.loads(named.query["filtering"]) == [
        {"field": "name", "operator": "CONTAIN", "value": f"[#{MARKER}]"}
    ]
    assert "ARCHIVED" in json.loads(named.query["effective_status"])


def test_a_label_that_does_not_exist_yet_is_no_reason_to_fail(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(listed())
    graph.reply(listed(campaign("1")))
    assert find(meta) == ["1"]


def test_another_label_that_meta_lists_is_not_ours(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(label(f"adlaunch:{MARKER}X"))
    graph.reply(listed())
    assert find(meta) == []


def test_a_name_that_only_resembles_the_marker_is_not_ours(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(listed())
    graph.reply(listed(campaign("1", f"Sale {MARKER}"), campaign("2", f"[#{MARKER.lower()}]")))
    assert find(meta) == []


def test_an_edge_that_takes_no_filter_is_read_whole(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(listed())
    graph.error(100, message="(#100) Filtering field name is invalid")
    graph.reply(listed(campaign("1"), campaign("2", "another")))
    assert find(meta, StepKind.CREATIVE) == ["1"]
    assert "filtering" not in graph.asked[2].query


def test_an_account_that_cannot_be_seen_is_not_an_empty_one(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.error(100, 33)
    with pytest.raises(RejectedByMeta):
        find(meta)


def test_a_search_that_breaks_off_finds_nothing_rather_than_too_little(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(label())
    graph.reply(
        {
            "data": [campaign("1")],
            "paging": {"cursors": {"after": "A"}, "next": "http://x.invalid"},
        }
    )
    graph.reply(how="reset")
    with pytest.raises(TryAgain):
        find(meta)


def test_a_creative_is_searched_without_the_statuses_its_edge_does_not_take(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(listed())
    graph.reply(listed(campaign("1", status="ACTIVE"), campaign("2", status="DELETED")))
    assert find(meta, StepKind.CREATIVE) == ["1"]
    assert "effective_status" not in graph.asked[1].query


def test_a_video_is_told_by_its_title(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.reply(
        listed(
            {"id": "1", "title": f"a.mp4 [#{MARKER}]"},
            {"id": "2", "title": "other"},
            {"id": "3"},
        )
    )
    assert find(meta, StepKind.VIDEO) == ["1"]
    assert len(graph.asked) == 1


def test_an_image_is_told_by_its_file_name_and_known_by_its_hash(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(listed({"hash": "abc", "name": f"{MARKER}.jpg"}, {"hash": "d", "name": "x.jpg"}))
    assert find(meta, StepKind.IMAGE) == ["abc"]


def test_what_is_found_says_when_it_was_created_and_how_it_is(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    graph.reply(listed())
    graph.reply(
        listed(
            campaign("1", effective_status="ARCHIVED", created_time="2026-11-21T09:00:00+0800"),
            campaign("2", created_time="never"),
        )
    )
    first, second = meta.find(StepKind.CAMPAIGN, ACCOUNT, MARKER)
    assert first.effective_status == "ARCHIVED"
    assert first.created_time == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    assert second.created_time is None
