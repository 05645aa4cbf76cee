"""Labels of an account: renamed and deleted, on every object that carries them."""

from tests.emulator import launches
from tests.emulator.launches import SG
from tests.emulator.refusals import assert_broken
from tests.emulator.server import Graph


def _labels(graph: Graph, node: str) -> list[str]:
    return [row["name"] for row in graph.get(node, fields="adlabels{name}").get("adlabels", [])]


def test_a_label_is_renamed_and_deleted_everywhere(graph: Graph) -> None:
    both = {"adlabels": [{"name": "old"}, {"name": "other"}]}
    campaign = graph.post(f"{SG}/campaigns", **launches.campaign(**both))["id"]
    label = next(row for row in graph.get(f"{SG}/adlabels")["data"] if row["name"] == "old")
    graph.post(label["id"], name="new")
    assert _labels(graph, campaign) == ["new", "other"]
    found = graph.get(f"{SG}/campaignsbylabels", ad_label_ids=[label["id"]])["data"]
    assert [row["id"] for row in found] == [campaign]
    graph.delete(label["id"])
    assert _labels(graph, campaign) == ["other"]
    assert [row["name"] for row in graph.get(f"{SG}/adlabels")["data"]] == ["other"]
    again = graph.post(f"{SG}/adlabels", name="new")["id"]
    assert again != label["id"], "a deleted label's name is free for another"
    assert_broken("missing_param", graph.error("POST", again))
