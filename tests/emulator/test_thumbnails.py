"""A ready video shows pictures, and takes one of a client's own as its preferred one."""

import httpx

from tests.emulator.launches import SG
from tests.emulator.refusals import assert_broken
from tests.emulator.server import Graph


def test_a_picture_of_ones_own_becomes_the_preferred_thumbnail(
    graph: Graph, video: bytes, image: bytes
) -> None:
    node = graph.upload(SG, video)
    graph.server.pass_time()
    made = graph.post(
        f"{node}/thumbnails", files={"source": ("still.jpg", image)}, is_preferred=True
    )
    assert made == {"success": True}
    rows = graph.get(f"{node}/thumbnails")["data"]
    (preferred,) = [row for row in rows if row["is_preferred"]]
    assert (preferred["width"], preferred["height"]) == (64, 64)
    assert httpx.get(preferred["uri"], trust_env=False).content == image
    assert graph.get(node, fields="picture")["picture"] == preferred["uri"]


def test_what_is_no_picture_is_no_thumbnail(graph: Graph, video: bytes) -> None:
    node = graph.upload(SG, video)
    refused = graph.call("POST", f"{node}/thumbnails", files={"source": ("a.jpg", b"text")})
    assert_broken("not_an_image", refused.json()["error"])
    assert_broken("missing_param", graph.error("POST", f"{node}/thumbnails"))


def test_a_ready_video_says_where_it_can_be_seen(graph: Graph, video: bytes) -> None:
    node = graph.upload(SG, video)
    assert graph.get(node, fields="source,picture,format") == {"id": node}
    graph.server.pass_time()
    shown = graph.get(node, fields="source,picture,format,permalink_url")
    assert httpx.get(shown["source"], trust_env=False).content == video
    assert shown["format"][0]["filter"] == "native"
    assert shown["permalink_url"].endswith(f"/videos/{node}/")
