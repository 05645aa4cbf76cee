"""Batches: up to fifty calls in one request, later ones able to use earlier answers."""

import hashlib
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, US
from tests.emulator.refusals import assert_broken
from tests.emulator.server import Graph


def _create(**more: Any) -> dict[str, Any]:
    """Return a batch item that creates a campaign."""
    text = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in launches.campaign().items()
    }
    return {"method": "POST", "relative_url": f"{SG}/campaigns", "body": urlencode(text), **more}


def _batch(graph: Graph, items: list[dict[str, Any]]) -> list[Any]:
    answer = graph.post("", batch=items)
    return [item and (item["code"], json.loads(item["body"])) for item in answer]


def test_a_batch_uses_earlier_answers(graph: Graph) -> None:
    made, read = _batch(
        graph,
        [
            _create(name="made", omit_response_on_success=False),
            {"method": "GET", "relative_url": "{result=made:$.id}?fields=name"},
        ],
    )
    assert made[0] == read[0] == 200
    assert read[1] == {"name": "Spring", "id": made[1]["id"]}


def test_a_batch_item_that_hangs_on_a_failed_one_is_not_run(graph: Graph) -> None:
    failed, skipped, fine = _batch(
        graph,
        [
            {"method": "POST", "relative_url": f"{SG}/campaigns", "name": "made"},
            {"method": "GET", "relative_url": "{result=made:$.id}"},
            {"method": "GET", "relative_url": f"v26.0/{SG}?fields=name"},
        ],
    )
    assert failed[0] == 400
    assert skipped is None
    assert fine[1]["name"] == "Sunrise Retail SG"


def test_a_batch_may_hold_fifty(graph: Graph) -> None:
    item = {"method": "GET", "relative_url": "me"}
    assert len(_batch(graph, [item] * 50)) == 50
    assert_broken("batch_too_large", graph.error("POST", "", batch=[item] * 51))
    assert_broken("batch_malformed", graph.error("POST", "", batch=[]))
    assert_broken("batch_malformed", graph.error("POST", "", batch=[{"method": "GET"}]))


def test_an_answer_others_use_is_left_out_unless_asked_for(graph: Graph) -> None:
    made, read = _batch(
        graph, [_create(name="made"), {"method": "GET", "relative_url": "{result=made:$.id}"}]
    )
    assert made is None
    assert read[0] == 200


def test_many_results_join_into_one_parameter(graph: Graph) -> None:
    for _ in range(2):
        graph.post(f"{SG}/campaigns", **launches.campaign())
    named = [{"field": "id", "operator": "IN", "value": ["{result=all:$.data.*.id}"]}]
    query = urlencode({"filtering": json.dumps(named).replace('["{', "[{").replace('}"]', "}]")})
    _, chosen = _batch(
        graph,
        [
            {"method": "GET", "name": "all", "relative_url": f"{SG}/campaigns"},
            {"method": "GET", "relative_url": f"{SG}/campaigns?{query}"},
        ],
    )
    assert len(chosen[1]["data"]) == 2


def test_an_item_that_depends_on_another_runs_after_it_succeeded(graph: Graph) -> None:
    items = [_create(name="made", omit_response_on_success=False), _create(depends_on="made")]
    assert [item[0] for item in _batch(graph, items)] == [200, 200]
    items[0]["body"] = "name=refused"
    assert [item and item[0] for item in _batch(graph, items)] == [400, None]


def test_each_item_has_its_own_code_and_headers(graph: Graph) -> None:
    items = [{"method": "GET", "relative_url": node} for node in (SG, "nobody", US)]
    answer = graph.post("", batch=items)
    assert [item["code"] for item in answer] == [200, 404, 200]
    headers = [{row["name"].lower(): row["value"] for row in item["headers"]} for item in answer]
    assert SG[4:] in headers[0]["x-business-use-case-usage"]
    assert US[4:] in headers[2]["x-business-use-case-usage"]
    assert headers[0]["content-type"] == "text/javascript; charset=UTF-8"
    assert len({row["x-fb-trace-id"] for row in headers}) == 3
    bare = graph.post("", batch=items, include_headers="false")
    assert ["headers" in item for item in bare] == [False] * 3


def test_files_are_attached_by_name(graph: Graph, image: bytes) -> None:
    item = {"method": "POST", "relative_url": f"{SG}/adimages", "attached_files": "still"}
    answer = graph.post("", batch=[item], files={"still": ("still.jpg", image)})
    made = json.loads(answer[0]["body"])["images"]
    assert [row["hash"] for row in made.values()] == [hashlib.md5(image).hexdigest()]


@pytest.mark.parametrize("path", [f"/{SG}", f"v25.0/{SG}", f"{SG}/"])
def test_an_items_path_may_be_written_every_way(graph: Graph, path: str) -> None:
    ((code, body),) = _batch(graph, [{"method": "GET", "relative_url": path}])
    assert (code, body["id"]) == (200, SG)


def test_a_batch_that_times_out_answers_null_for_its_second_half(graph: Graph) -> None:
    graph.server.control("POST", "faults", {"action": "batch_timeout"})
    answers = _batch(graph, [_create() for _ in range(6)])
    assert [item and item[0] for item in answers] == [200] * 3 + [None] * 3
    assert len(graph.server.journal()) == 4, "the first of the lost ones was committed"
