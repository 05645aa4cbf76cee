"""``asset_feed_spec``: several texts and pictures in one creative, chosen by placement or taste."""

import json
from collections.abc import Iterable
from typing import Any

from emulator.calls.kinds import Json
from emulator.emulator import Emulator
from emulator.policy.placements import check_placements
from emulator.policy.rules import broken
from emulator.policy.stories import check_image, check_link, check_video
from emulator.state import Object

# How many of each a feed may hold.
_MOST = {
    "bodies": 5,
    "call_to_action_types": 5,
    "descriptions": 5,
    "images": 10,
    "link_urls": 5,
    "titles": 5,
    "videos": 10,
}
_PICTURES = ("images", "videos", "carousels")
# What a rule refers to, and where the asset of that label stands.
_LABELS = {
    "body_label": "bodies",
    "description_label": "descriptions",
    "image_label": "images",
    "link_url_label": "link_urls",
    "title_label": "titles",
    "video_label": "videos",
}
_FEWEST_RULES = 2
# The optimisation of feeds whose rules choose by placement, and what each of its formats shows.
_BY_PLACEMENT = "PLACEMENT"
_SHOWN_BY = {
    "CAROUSELS": "carousel_label",
    "SINGLE_IMAGE": "image_label",
    "SINGLE_VIDEO": "video_label",
}


def check_asset_feed(emulator: Emulator, account: Object, feed: Json) -> None:
    """Check a feed's assets, that none stands twice, and that its rules name assets it has."""
    for name, most in _MOST.items():
        if len(feed.get(name) or []) > most:
            raise broken("too_many_assets", blame="asset_feed_spec", name=name, limit=most)
    if not any(feed.get(name) for name in _PICTURES):
        raise broken("asset_feed_without_picture", blame="asset_feed_spec")
    for name in ("images", "videos", "bodies", "titles", "descriptions"):
        if _has_twins(feed.get(name) or []):
            raise broken("duplicate_assets", blame="asset_feed_spec", name=name)
    for image in feed.get("images") or []:
        check_image(emulator, account, image.get("hash"))
    for video in feed.get("videos") or []:
        check_video(emulator, account, video.get("video_id"))
        check_image(emulator, account, video.get("thumbnail_hash"))
    for link in feed.get("link_urls") or []:
        check_link(link.get("website_url"), "asset_feed_spec")
    _check_rules(feed)
    if feed.get("optimization_type") == _BY_PLACEMENT:
        _check_by_placement(feed)


def check_one_home(feed: Json, story: Json) -> None:
    """Raise when a video stands in the feed and in the story as well."""
    if feed.get("videos") and story.get("video_data"):
        raise broken("asset_feed_beside_video", blame="object_story_spec")


def feed_links(feed: Json) -> list[str]:
    """Return the web addresses a feed leads to."""
    return [
        str(row["website_url"]) for row in feed.get("link_urls") or [] if row.get("website_url")
    ]


def _has_twins(assets: Iterable[Json]) -> bool:
    """Whether two assets are the same, whatever their labels."""
    seen = [
        json.dumps(
            {key: value for key, value in asset.items() if key != "adlabels"}, sort_keys=True
        )
        for asset in assets
    ]
    return len(seen) != len(set(seen))


def _check_rules(feed: Json) -> None:
    rules = feed.get("asset_customization_rules")
    if rules is None:
        return
    if len(rules) < _FEWEST_RULES:
        raise broken("too_few_asset_rules", blame="asset_feed_spec", least=_FEWEST_RULES)
    for rule in rules:
        if rule.get("customization_spec") is None:
            raise broken("asset_rule_without_spec", blame="asset_feed_spec")
        for key, assets in _LABELS.items():
            label = _label(rule.get(key))
            if label is not None and label not in _labels_of(feed.get(assets) or []):
                raise broken("unknown_asset_label", blame="asset_feed_spec", label=label)


def _check_by_placement(feed: Json) -> None:
    """Check what a feed needs whose rules choose by placement."""
    for name in ("ad_formats", "link_urls"):
        if not feed.get(name):
            path = f"asset_feed_spec[{name}]"
            raise broken("missing_param", blame="asset_feed_spec", param=path)
    if len(feed["ad_formats"]) > 1:
        raise broken("too_many_assets", blame="asset_feed_spec", name="ad_formats", limit=1)
    if len(feed.get("descriptions") or []) > 1:
        raise broken("too_many_assets", blame="asset_feed_spec", name="descriptions", limit=1)
    for rule in feed.get("asset_customization_rules") or []:
        check_placements(rule["customization_spec"], blame="asset_feed_spec")
        wanted = _SHOWN_BY.get(feed["ad_formats"][0])
        if wanted is not None and _label(rule.get(wanted)) is None:
            raise broken("asset_rule_without_spec", blame="asset_feed_spec")


def _label(value: Any) -> str | None:
    named = (value or {}).get("name") or (value or {}).get("id")
    return None if named is None else str(named)


def _labels_of(assets: Iterable[Json]) -> set[str]:
    return {
        str(label.get("name") or label.get("id"))
        for asset in assets
        for label in asset.get("adlabels") or []
    }
