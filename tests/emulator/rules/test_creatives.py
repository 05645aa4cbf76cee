"""Rules of creatives that show a video; other kinds have a file of their own."""

from collections.abc import Callable

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, Launch
from tests.emulator.refusals import Params, assert_broken
from tests.emulator.rules.conftest import MakeWorld
from tests.emulator.server import Graph


def _story(params: Params) -> Params:
    story: Params = params["object_story_spec"]
    return story


def _clip(params: Params) -> Params:
    clip: Params = _story(params)["video_data"]
    return clip


def _action(params: Params) -> Params:
    value: Params = _clip(params)["call_to_action"]["value"]
    return value


def _features(name: str, status: str) -> Params:
    features = {name: {"enroll_status": status}}
    return {"degrees_of_freedom_spec": {"creative_features_spec": features}}


CREATIVES: tuple[tuple[str, str, Callable[[Params], object]], ...] = (
    ("creative_without_content", "nothing to show", lambda p: p.pop("object_story_spec")),
    ("unknown_param", "an unknown story key", lambda p: _story(p).update(threads_id="1")),
    ("unknown_param", "a video_data key", lambda p: _clip(p).update(headline="Sale")),
    ("unknown_param", "a CTA key", lambda p: _clip(p)["call_to_action"].update(url="x")),
    ("unknown_param", "a CTA value key", lambda p: _action(p).update(url="x")),
    ("not_in_enum", "no such button", lambda p: _clip(p)["call_to_action"].update(type="GO")),
    ("missing_param", "no page", lambda p: _story(p).pop("page_id")),
    ("missing_param", "no video", lambda p: _clip(p).pop("video_id")),
    ("unknown_page", "another account's", lambda p: _story(p).update(page_id="200000000000202")),
    ("unknown_video", "no such video", lambda p: _clip(p).update(video_id="1")),
    ("unknown_image", "no such image", lambda p: _clip(p).update(image_hash="ab" * 16)),
    ("thumbnail_missing", "no picture", lambda p: _clip(p).pop("image_hash")),
    (
        "one_story_only",
        "two stories",
        lambda p: _story(p).update(link_data={"link": "https://example.com"}),
    ),
    ("call_to_action_link", "leads nowhere", lambda p: _clip(p)["call_to_action"].pop("value")),
    ("bad_link", "no web address", lambda p: _action(p).update(link="example.com")),
    (
        "standard_enhancements_gone",
        "the old bundle",
        lambda p: p.update(_features("standard_enhancements", "OPT_OUT")),
    ),
    ("not_in_enum", "neither in nor out", lambda p: p.update(_features("image_touchups", "NO"))),
    ("unknown_param", "no such feature", lambda p: p.update(_features("sparkles", "OPT_IN"))),
)


@pytest.mark.parametrize(("rule", "reason", "spoil"), CREATIVES)
def test_a_video_creative(
    graph: Graph, launch: Launch, rule: str, reason: str, spoil: Callable[[Params], object]
) -> None:
    params = launches.creative(SG, launch.video, launch.image)
    graph.post(f"{SG}/adcreatives", **params)
    before = len(graph.server.journal())
    spoil(params)
    assert_broken(rule, graph.error("POST", f"{SG}/adcreatives", **params))
    assert len(graph.server.journal()) == before, f"a refused call was committed: {reason}"


def test_a_creative_waits_for_its_video(graph: Graph, launch: Launch) -> None:
    params = launches.creative(SG, launch.fresh_video, launch.image)
    assert_broken("video_not_ready", graph.error("POST", f"{SG}/adcreatives", **params))
    graph.server.pass_time()
    graph.post(f"{SG}/adcreatives", **params)


def test_a_broken_video_never_becomes_a_creative(graph: Graph, launch: Launch) -> None:
    video = graph.upload(SG, b"this is no video " * 100)
    graph.server.pass_time()
    params = launches.creative(SG, video, launch.image)
    assert_broken("video_failed", graph.error("POST", f"{SG}/adcreatives", **params))


def test_a_creative_in_use_cannot_be_deleted(graph: Graph, launch: Launch) -> None:
    assert launch.ad
    assert_broken("creative_in_use", graph.error("DELETE", launch.creative))
    graph.delete(launch.ad)
    graph.delete(launch.creative)


@pytest.mark.parametrize("mode", ["development", "live"])
def test_an_app_in_development_makes_no_posts(other_world: MakeWorld, mode: str) -> None:
    world = other_world(lambda raw: raw["app"].update(mode=mode))
    story = {"page_id": "200000000000101", "text_data": {"message": "Hello"}}
    if mode == "live":
        assert world.post(f"{SG}/adcreatives", object_story_spec=story)["id"]
    else:
        error = world.error("POST", f"{SG}/adcreatives", object_story_spec=story)
        assert_broken("app_in_development", error)
