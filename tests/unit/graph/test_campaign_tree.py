"""A whole campaign is read, page by page."""

from __future__ import annotations

import pytest

from meta_ads.errors import FixInput
from meta_ads.graph.platform import MetaPlatform
from tests.unit.graph.scripted_graph import ScriptedGraph


def test_every_page_of_ad_sets_and_ads_is_read(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    graph.reply({"id": "1", "account_id": "9", "name": "C"})
    graph.reply({"data": [{"id": "2"}], "paging": {"next": "x", "cursors": {"after": "p2"}}})
    graph.reply({"data": [{"id": "3"}]})
    graph.reply({"data": [{"id": "4", "adset_id": "2"}, {"id": "5", "adset_id": "3"}]})
    tree = meta.campaign_tree("1")
    assert tree.campaign["name"] == "C"
    assert [item["id"] for item in tree.ad_sets] == ["2", "3"]
    assert [[ad["id"] for ad in ads] for _, ads in tree.parts()] == [["4"], ["5"]]
    assert [asked.path for asked in graph.asked] == [
        "/v26.0/1",
        "/v26.0/1/adsets",
        "/v26.0/1/adsets",
        "/v26.0/1/ads",
    ]
    assert all(asked.method == "GET" for asked in graph.asked)
    assert graph.asked[2].query["after"] == "p2"
    assert "creative{id,name,object_story_spec" in graph.asked[3].query["fields"]


def test_what_is_no_id_is_not_asked_for(meta: MetaPlatform) -> None:
    with pytest.raises(FixInput):
        meta.campaign_tree("1/adsets")
