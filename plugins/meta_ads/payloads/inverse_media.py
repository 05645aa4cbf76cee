"""From what a creative at Meta shows back to the media, words and link of a campaign file.

Media are named `imported/<id>`: Meta gives neither their files nor their names back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from meta_ads.campaigns.placements import GROUPS

Live = Mapping[str, Any]
Keys = dict[str, Any]

_MEDIA_IDS = frozenset({"video_id", "image_hash", "thumbnail_hash", "hash"})


def shown_keys(creative: Live) -> Keys:
    """Return what a creative shows, says and leads to, as far as a campaign file has words."""
    story, feed = creative.get("object_story_spec") or {}, creative.get("asset_feed_spec") or {}
    keys: Keys = {}
    if story.get("video_data"):
        keys = _video(story["video_data"])
    elif story.get("link_data"):
        keys = _link(story["link_data"])
    elif feed:
        keys = _feed(feed)
    return {name: value for name, value in keys.items() if value}


def media_of(creatives: Sequence[Live]) -> Sequence[str]:
    """Return the ids of the videos and the hashes of the pictures that creatives show."""
    specs = [
        creative.get(name) or {}
        for creative in creatives
        for name in ("object_story_spec", "asset_feed_spec")
    ]
    return list(dict.fromkeys(found for spec in specs for found in _ids(spec)))


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name in _MEDIA_IDS and item:
                yield str(item)
            yield from _ids(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _ids(item)


def _video(data: Live) -> Keys:
    action = data.get("call_to_action") or {}
    return {
        "video": _clip(data.get("video_id"), data.get("image_hash")),
        "primary_text": data.get("message"),
        "headline": data.get("title"),
        "description": data.get("link_description"),
        "call_to_action": action.get("type"),
        "destination_url": (action.get("value") or {}).get("link"),
    }


def _link(data: Live) -> Keys:
    keys: Keys = {
        "image": _picture(data.get("image_hash")),
        "primary_text": data.get("message"),
        "headline": data.get("name"),
        "description": data.get("description"),
        "call_to_action": (data.get("call_to_action") or {}).get("type"),
        "destination_url": data.get("link"),
    }
    cards = data.get("child_attachments")
    if cards:
        del keys["image"], keys["headline"], keys["description"]
        keys["cards"] = [_card(card, data.get("link")) for card in cards]
    return keys


def _card(card: Live, link: object) -> Keys:
    found = {
        "image": _picture(card.get("image_hash")),
        "headline": card.get("name"),
        "description": card.get("description"),
        "destination_url": card.get("link") if card.get("link") != link else None,
    }
    return {name: value for name, value in found.items() if value}


def _feed(feed: Live) -> Keys:
    """Return a feed that shows another medium in other placements; what else it holds is left."""
    kind = "video" if feed.get("videos") else "image"
    media: Keys = {}
    for rule in feed.get("asset_customization_rules") or ():
        asset = _labelled(feed.get(f"{kind}s") or (), (rule.get(f"{kind}_label") or {}).get("name"))
        group = _group(rule.get("customization_spec") or {})
        if asset is not None and group is not None:
            shown = _asset(asset)
            # Where no group says otherwise, the medium stands above the groups.
            media = {**shown, **media} if group == "" else {**media, group: shown}
    return {
        kind: media,
        "primary_text": _only(feed, "bodies", "text"),
        "headline": _only(feed, "titles", "text"),
        "description": _only(feed, "descriptions", "text"),
        "call_to_action": next(iter(feed.get("call_to_action_types") or ()), None),
        "destination_url": _only(feed, "link_urls", "website_url"),
    }


def _group(placements: Live) -> str | None:
    """Return the group that chooses exactly these placements; empty for all, None for no group."""
    if not placements:
        return ""
    platforms = placements.get("publisher_platforms") or ()
    chosen = {name: set(placements.get(f"{name}_positions") or ()) for name in platforms}
    return next(
        (
            group
            for group, members in GROUPS.items()
            if {name: set(positions) for name, positions in members.items()} == chosen
        ),
        None,
    )


def _labelled(assets: Sequence[Live], label: object) -> Live | None:
    return next(
        (
            asset
            for asset in assets
            if any(one.get("name") == label for one in asset.get("adlabels") or ())
        ),
        None,
    )


def _asset(asset: Live) -> Keys:
    if asset.get("video_id"):
        return _clip(asset["video_id"], asset.get("thumbnail_hash"))
    return _picture(asset.get("hash"))


def _only(feed: Live, name: str, key: str) -> Any:
    return next((item.get(key) for item in feed.get(name) or ()), None)


def _clip(video_id: object, image_hash: object) -> Keys:
    clip = {"file_path": f"imported/{video_id}.mp4"}
    return {**clip, "thumbnail": f"imported/{image_hash}.jpg"} if image_hash else clip


def _picture(image_hash: object) -> Keys:
    return {"file_path": f"imported/{image_hash}.jpg"}
