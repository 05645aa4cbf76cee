"""What Meta says of one creative: what it shows, where it leads, what Meta may change of it.

Source: Marketing API v26, AdCreative, AdCreativeObjectStorySpec, AdAssetFeedSpec.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from meta_ads.syncing.graph_values import text

_STORIES = ("video_data", "link_data", "photo_data", "text_data", "template_data")
_TOLD_APART = frozenset(
    {
        "id",
        "account_id",
        "name",
        "status",
        "title",
        "body",
        "call_to_action_type",
        "link_url",
        "template_url",
        "url_tags",
        "video_id",
        "image_hash",
        "effective_object_story_id",
    }
)


@dataclass(frozen=True, slots=True)
class CreativeRow:
    """One creative as Meta has it.

    `link` is where a click leads, query string included; `url_tags` what Meta adds to it, as
    written; `enhancements` each creative feature that Meta names, OPT_IN or OPT_OUT; `details`
    everything else that was asked for, as Meta shows it.
    """

    creative_id: str
    name: str | None = None
    status: str | None = None
    title: str | None = None
    body: str | None = None
    call_to_action: str | None = None
    link: str | None = None
    template_link: str | None = None
    url_tags: str | None = None
    video_id: str | None = None
    image_hash: str | None = None
    post_id: str | None = None
    enhancements: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)


def creative_row(item: Mapping[str, Any]) -> CreativeRow:
    """Return Meta's mapping as a value. KeyError without an id."""
    story = _story(item)
    return CreativeRow(
        creative_id=item["id"],
        name=text(item.get("name")),
        status=text(item.get("status")),
        title=text(item.get("title")) or text(story.get("title")),
        body=text(item.get("body")) or text(story.get("message")),
        call_to_action=text(item.get("call_to_action_type"))
        or text(_mapping(story.get("call_to_action")).get("type")),
        link=next(_links(item, story), None),
        template_link=text(item.get("template_url")),
        url_tags=text(item.get("url_tags")),
        video_id=text(item.get("video_id")) or text(story.get("video_id")),
        image_hash=text(item.get("image_hash")) or text(story.get("image_hash")),
        post_id=text(item.get("effective_object_story_id")),
        enhancements=enhancements(item),
        details={name: value for name, value in item.items() if name not in _TOLD_APART},
    )


def enhancements(item: Mapping[str, Any]) -> dict[str, str]:
    """Return which creative features Meta names, and whether each is on."""
    spec = _mapping(item.get("degrees_of_freedom_spec"))
    features = _mapping(spec.get("creative_features_spec"))
    return {
        name: str(value["enroll_status"])
        for name, value in features.items()
        if isinstance(value, Mapping) and value.get("enroll_status")
    }


def _links(item: Mapping[str, Any], story: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses a click may lead to, the one that counts first."""
    cards = story.get("child_attachments") or ()
    addresses = _mapping(item.get("asset_feed_spec")).get("link_urls") or ()
    for value in (
        item.get("link_url"),
        story.get("link"),
        _mapping(_mapping(story.get("call_to_action")).get("value")).get("link"),
        *(_mapping(address).get("website_url") for address in addresses),
        *(_mapping(card).get("link") for card in cards),
    ):
        if value:
            yield str(value)


def _story(item: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = _mapping(item.get("object_story_spec"))
    return next((found for name in _STORIES if (found := _mapping(spec.get(name)))), {})


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
