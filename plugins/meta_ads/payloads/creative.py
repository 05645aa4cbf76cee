"""The creative's Graph parameters. Source: Marketing API v26, `POST act_X/adcreatives`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from meta_ads.campaigns.declaration import Ad, Card, Carousel, Creative, PerPlacement, Video
from meta_ads.campaigns.enhancements import ENHANCEMENTS
from meta_ads.payloads.asset_feed import asset_feed
from meta_ads.payloads.label import adlabels, tagged
from meta_ads.payloads.shown import Shown


def creative_params(ad: Ad, marker: str, shown: Sequence[Shown]) -> dict[str, Any]:
    """Return the parameters of a creative; `shown` is in the order of `shown_files`.

    A video creative without a thumbnail is refused (1443226); Meta's own CDN addresses are not
    allowed as `image_url`. With an asset feed, which then holds everything, the story names only
    who speaks: a medium in both is refused (1443048).
    """
    creative = ad.creative
    params: dict[str, Any] = {
        "name": tagged(ad.name, marker),
        "object_story_spec": _story(creative, shown),
        "degrees_of_freedom_spec": _enhancements(creative.enhancements),
        "adlabels": adlabels(marker),
    }
    if isinstance(creative.media, PerPlacement):
        params["asset_feed_spec"] = asset_feed(creative, creative.media, shown)
    if creative.url_parameters:
        params["url_tags"] = creative.url_parameters
    return params


def _story(creative: Creative, shown: Sequence[Shown]) -> dict[str, Any]:
    """Return `object_story_spec`: page, Instagram account and, without a feed, what is shown."""
    story: dict[str, Any] = {"page_id": creative.page_id}
    match creative.media:
        case Video():
            story["video_data"] = _video_data(creative, shown[0])
        case Carousel() as carousel:
            story["link_data"] = _carousel_data(creative, carousel, shown)
        case PerPlacement():
            pass
        case _:
            story["link_data"] = _link_data(creative, shown[0].image)
    if creative.instagram_user_id:
        story["instagram_user_id"] = creative.instagram_user_id
    return story


def _enhancements(wanted: Sequence[str]) -> dict[str, Any]:
    """Return `degrees_of_freedom_spec` with every switch set: on where asked for, else off."""
    return {
        "creative_features_spec": {
            name: {"enroll_status": "OPT_IN" if name in wanted else "OPT_OUT"}
            for name in ENHANCEMENTS
        }
    }


def _video_data(creative: Creative, shown: Shown) -> dict[str, Any]:
    """Return `video_data`. Source: AdCreativeVideoData."""
    data: dict[str, Any] = {
        "video_id": shown.video,
        "image_hash": shown.image,
        "message": creative.primary_text,
        "title": creative.headline,
        "call_to_action": _call_to_action(creative),
    }
    if creative.description:
        data["link_description"] = creative.description
    return data


def _link_data(creative: Creative, image: Any) -> dict[str, Any]:
    """Return `link_data` of a picture that leads to the website. Source: AdCreativeLinkData."""
    data: dict[str, Any] = {
        "link": creative.destination_url,
        "image_hash": image,
        "message": creative.primary_text,
        "name": creative.headline,
        "call_to_action": _call_to_action(creative),
    }
    if creative.description:
        data["description"] = creative.description
    return data


def _carousel_data(
    creative: Creative, carousel: Carousel, shown: Sequence[Shown]
) -> dict[str, Any]:
    """Return `link_data` of a carousel. Source: AdCreativeLinkDataChildAttachment.

    Its order is kept and no card is added: both are Meta's to change unless told not to.
    """
    return {
        "link": creative.destination_url,
        "message": creative.primary_text,
        "child_attachments": [
            _card(creative, card, item.image)
            for card, item in zip(carousel.cards, shown, strict=True)
        ],
        "multi_share_optimized": False,
        "multi_share_end_card": False,
        "call_to_action": _call_to_action(creative),
    }


def _card(creative: Creative, card: Card, image: Any) -> dict[str, Any]:
    link = card.destination_url or creative.destination_url
    attachment: dict[str, Any] = {
        "link": link,
        "image_hash": image,
        "name": card.headline,
        "call_to_action": {"type": creative.call_to_action, "value": {"link": link}},
    }
    if card.description:
        attachment["description"] = card.description
    return attachment


def _call_to_action(creative: Creative) -> dict[str, Any]:
    return {"type": creative.call_to_action, "value": {"link": creative.destination_url}}
