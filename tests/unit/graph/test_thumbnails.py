from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from meta_ads.errors import NotReadyYet, TryAgain
from meta_ads.graph.platform import MetaPlatform
from tests.unit.graph.scripted_graph import NOW, ScriptedGraph

JPEG = b"\xff\xd8\xff\xe0 picture"


def offer(graph: ScriptedGraph, *uris: str, preferred: int | None = None) -> None:
    items: list[dict[str, Any]] = [
        {"id": str(number), "uri": uri, "is_preferred": number == preferred}
        for number, uri in enumerate(uris)
    ]
    graph.reply({"data": items})


def test_the_preferred_picture_is_fetched(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    offer(graph, f"{graph.url}/a.jpg", f"{graph.url}/b.jpg", preferred=1)
    graph.reply(JPEG)
    assert meta.preferred_thumbnail("55") == JPEG
    assert graph.asked[1].path == "/b.jpg"


def test_without_a_preferred_picture_the_first_is_taken(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    offer(graph, f"{graph.url}/a.jpg", f"{graph.url}/b.jpg")
    graph.reply(JPEG)
    meta.preferred_thumbnail("55")
    assert graph.asked[1].path == "/a.jpg"


def test_a_picture_is_fetched_without_telling_who_we_are(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    offer(graph, f"{graph.url}/a.jpg")
    graph.reply(JPEG)
    meta.preferred_thumbnail("55")
    assert "Authorization" not in graph.asked[1].headers
    assert graph.asked[1].query == {}


def test_a_video_without_pictures_is_not_ready(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    offer(graph)
    with pytest.raises(NotReadyYet) as caught:
        meta.preferred_thumbnail("55")
    assert caught.value.not_before == NOW + timedelta(seconds=5)


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:1/a.jpg",
        "file:///etc/passwd",
        "ftp://example.invalid/a.jpg",
        "https://user:secret@example.invalid/a.jpg",
        "//example.invalid/a.jpg",
        "a.jpg",
    ],
)
def test_an_address_that_is_neither_https_nor_meta_itself_is_not_fetched(
    graph: ScriptedGraph, meta: MetaPlatform, uri: str
) -> None:
    offer(graph, uri)
    with pytest.raises(TryAgain, match="not an https one"):
        meta.preferred_thumbnail("55")


def test_a_redirect_is_not_followed(graph: ScriptedGraph, meta: MetaPlatform) -> None:
    offer(graph, f"{graph.url}/a.jpg")
    graph.reply(b"", 302, headers={"Location": f"{graph.url}/secret"})
    with pytest.raises(TryAgain, match="HTTP 302"):
        meta.preferred_thumbnail("55")


def test_what_is_not_a_picture_is_not_taken_for_one(
    graph: ScriptedGraph, meta: MetaPlatform
) -> None:
    offer(graph, f"{graph.url}/a.jpg")
    graph.reply(b"<html>")
    with pytest.raises(TryAgain, match="not a picture"):
        meta.preferred_thumbnail("55")
