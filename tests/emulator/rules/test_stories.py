"""Rules of creatives of every kind: links, carousels, photos, posts, several assets."""

from typing import Any

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, Launch
from tests.emulator.refusals import Case, Params, assert_broken
from tests.emulator.rules.conftest import Refuses
from tests.emulator.server import Graph

_PAGE, _INSTAGRAM, _OTHERS_INSTAGRAM = "200000000000101", "500000000000101", "500000000000202"
_URL = "https://example.com/"


def _story(**content: Any) -> Params:
    return {"object_story_spec": {"page_id": _PAGE, **content}}


def _carousel(*cards: Params) -> Params:
    return _story(link_data={"link": _URL, "child_attachments": list(cards)})


_CARD = {"link": _URL, "name": "One"}
_LINK = {"link": _URL, "message": "Look"}
CASES = (
    Case(
        "missing_param",
        "a link post without its link",
        _story(link_data={"message": "Look"}),
    ),
    Case("bad_link", "no web address", _story(link_data={"link": "example.com"})),
    Case("unknown_image", "no such picture", _story(link_data={**_LINK, "image_hash": "ab" * 16})),
    Case("missing_param", "a photo post without photo", _story(photo_data={"caption": "Look"})),
    Case(
        "missing_param",
        "a text post without text",
        _story(text_data={"message": ""}),
        _story(text_data={"message": "Hello"}),
    ),
    Case("carousel_cards", "one card", _carousel(_CARD), _carousel(_CARD, _CARD)),
    Case("carousel_cards", "eleven", _carousel(*[_CARD] * 11), _carousel(*[_CARD] * 10)),
    Case("missing_param", "a card that leads nowhere", _carousel(_CARD, {"name": "Two"})),
    Case("bad_link", "a card's link", _carousel(_CARD, {"link": "shop"})),
    Case("unknown_param", "a card's key", _carousel(_CARD, {**_CARD, "headline": "Two"})),
    Case(
        "story_key_misplaced",
        "a video in a link post",
        _story(link_data={**_LINK, "video_id": "1"}),
    ),
    Case(
        "story_key_misplaced",
        "the Instagram account one level too deep",
        _story(video_data={"instagram_user_id": _INSTAGRAM}),
    ),
    Case(
        "instagram_actor_gone",
        "renamed in v22",
        _story(link_data=_LINK, instagram_actor_id=_INSTAGRAM),
        _story(link_data=_LINK, instagram_user_id=_INSTAGRAM),
    ),
    Case("instagram_actor_gone", "at the top", {"instagram_actor_id": _INSTAGRAM}),
    Case(
        "instagram_no_access",
        "another account's",
        _story(link_data=_LINK, instagram_user_id=_OTHERS_INSTAGRAM),
        {"instagram_user_id": _INSTAGRAM},
    ),
    Case("ambiguous_creative", "a story and a post", {"source_instagram_media_id": "1"}),
    Case(
        "bad_story_id",
        "only the page's id",
        {"object_story_spec": None, "object_story_id": _PAGE},
        {"object_story_spec": None, "object_story_id": f"{_PAGE}_17"},
    ),
    Case(
        "unknown_page",
        "a post of another account's page",
        {"object_story_spec": None, "object_story_id": "200000000000202_17"},
    ),
    Case("one_story_only", "nothing but a page", _story()),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_creative(case: Case, refuses: Refuses) -> None:
    refuses(case, "adcreatives", {"name": "Link", **_story(link_data=_LINK)})


def test_a_photo_post_needs_a_photo_of_the_account(graph: Graph, launch: Launch) -> None:
    graph.post(f"{SG}/adcreatives", **_story(photo_data={"image_hash": launch.image}))


def test_a_video_card_needs_a_picture(graph: Graph, launch: Launch) -> None:
    bare = _carousel(_CARD, {**_CARD, "video_id": launch.video})
    assert_broken("carousel_card_picture", graph.error("POST", f"{SG}/adcreatives", **bare))
    full = _carousel(_CARD, {**_CARD, "video_id": launch.video, "image_hash": launch.image})
    graph.post(f"{SG}/adcreatives", **full)
    gone = _carousel(_CARD, {**_CARD, "video_id": "1", "image_hash": launch.image})
    assert_broken("unknown_video", graph.error("POST", f"{SG}/adcreatives", **gone))


def _feed(launch: Launch) -> Params:
    """A right feed: a video for each of two groups of placements, told apart by labels."""
    labelled = [
        {"video_id": launch.video, "url_tags": name, "adlabels": [{"name": name}]}
        for name in ("tall", "wide")
    ]
    rules = [
        {"customization_spec": {"publisher_platforms": [platform]}, "video_label": {"name": label}}
        for platform, label in (("instagram", "tall"), ("facebook", "wide"))
    ]
    return {
        "videos": labelled,
        "bodies": [{"text": "One"}, {"text": "Two"}],
        "titles": [{"text": "Sale"}],
        "link_urls": [{"website_url": _URL}],
        "call_to_action_types": ["SHOP_NOW"],
        "ad_formats": ["AUTOMATIC_FORMAT"],
        "optimization_type": "PLACEMENT",
        "asset_customization_rules": rules,
    }


def _placed(platform: str, position: str) -> Params:
    placements = {"publisher_platforms": [platform], "facebook_positions": [position]}
    return {"customization_spec": placements, "video_label": {"name": "wide"}}


def _spoilt(feed: Params, rule: str) -> Params:
    """Return the feed with that rule broken."""
    rules = feed["asset_customization_rules"]
    changes: dict[str, Params] = {
        "asset_feed_without_picture": {"videos": []},
        "too_many_assets": {"bodies": [{"text": str(n)} for n in range(6)]},
        "duplicate_assets": {"bodies": [{"text": "One"}, {"text": "One"}]},
        "unknown_image": {"images": [{"hash": "ab" * 16}]},
        "unknown_video": {"videos": [{"video_id": "1"}]},
        "bad_link": {"link_urls": [{"website_url": "shop"}]},
        "unknown_param": {"colours": ["red"]},
        "too_few_asset_rules": {"asset_customization_rules": rules[:1]},
        "unknown_asset_label": {
            "asset_customization_rules": [rules[0], {**rules[1], "video_label": {"name": "round"}}]
        },
        "asset_rule_without_spec": {
            "asset_customization_rules": [rules[0], {"video_label": {"name": "wide"}}]
        },
        "missing_param": {"link_urls": []},
        "unknown_position": {"asset_customization_rules": [rules[0], _placed("facebook", "wall")]},
        "position_without_platform": {
            "asset_customization_rules": [rules[0], _placed("instagram", "feed")]
        },
    }
    return {**feed, **changes[rule]}


@pytest.mark.parametrize(
    "rule",
    [
        "asset_feed_without_picture",
        "too_many_assets",
        "duplicate_assets",
        "unknown_image",
        "unknown_video",
        "bad_link",
        "unknown_param",
        "too_few_asset_rules",
        "unknown_asset_label",
        "asset_rule_without_spec",
        "missing_param",
        "unknown_position",
        "position_without_platform",
    ],
)
def test_an_asset_feed(graph: Graph, launch: Launch, rule: str) -> None:
    right = _feed(launch)
    wrong = {**_story(), "asset_feed_spec": _spoilt(right, rule)}
    assert_broken(rule, graph.error("POST", f"{SG}/adcreatives", **wrong))
    graph.post(f"{SG}/adcreatives", **_story(), asset_feed_spec=right)


def test_the_same_asset_under_two_labels_is_still_twice_the_same(
    graph: Graph, launch: Launch
) -> None:
    feed = _feed(launch)
    feed["videos"] = [{**video, "url_tags": "same"} for video in feed["videos"]]
    error = graph.error("POST", f"{SG}/adcreatives", **_story(), asset_feed_spec=feed)
    assert_broken("duplicate_assets", error)


@pytest.mark.parametrize(
    "more",
    [
        {"ad_formats": ["SINGLE_VIDEO", "SINGLE_IMAGE"]},
        {"descriptions": [{"text": "a"}, {"text": "b"}]},
    ],
)
def test_a_feed_by_placement_has_one_format_and_one_description(
    graph: Graph, launch: Launch, more: Params
) -> None:
    feed = {**_feed(launch), **more}
    error = graph.error("POST", f"{SG}/adcreatives", **_story(), asset_feed_spec=feed)
    assert_broken("too_many_assets", error)


def test_a_rule_names_the_medium_of_the_feeds_format(graph: Graph, launch: Launch) -> None:
    feed = {**_feed(launch), "ad_formats": ["SINGLE_VIDEO"]}
    graph.post(f"{SG}/adcreatives", **_story(), asset_feed_spec=feed)
    feed["asset_customization_rules"][1] = {"customization_spec": {}}
    error = graph.error("POST", f"{SG}/adcreatives", **_story(), asset_feed_spec=feed)
    assert_broken("asset_rule_without_spec", error)


def test_a_video_stands_in_the_feed_or_in_the_story(graph: Graph, launch: Launch) -> None:
    story = _story(video_data={"video_id": launch.video, "image_hash": launch.image})
    error = graph.error("POST", f"{SG}/adcreatives", **story, asset_feed_spec=_feed(launch))
    assert_broken("asset_feed_beside_video", error)


def test_a_forbidden_word_in_a_feed_is_found_too(graph: Graph, launch: Launch) -> None:
    feed = {**_feed(launch), "bodies": [{"text": "A forbidden offer"}]}
    creative = graph.post(f"{SG}/adcreatives", **_story(), asset_feed_spec=feed)["id"]
    ad = graph.post(f"{SG}/ads", **launches.ad(launch.ad_set, creative))["id"]
    graph.server.pass_time()
    assert graph.get(ad, fields="effective_status")["effective_status"] == "DISAPPROVED"
