"""The creative's Graph parameters. Source: Marketing API v26, `POST act_X/adcreatives`."""

from __future__ import annotations

from typing import Any

from meta_ads.campaigns.declaration import Ad, Creative
from meta_ads.payloads.creative_features import all_opted_out
from meta_ads.payloads.label import adlabels, tagged


def creative_params(ad: Ad, marker: str, video: Any, image: Any) -> dict[str, Any]:
    """Return the parameters of a video or picture creative.

    `video` stands for the video's id, None for a picture; `image` for the hash of the picture or
    of the video's thumbnail. A video creative without a thumbnail is refused (1443226); Meta's own
    CDN addresses are not allowed as `image_url`.
    """
    creative = ad.creative
    story: dict[str, Any] = {"page_id": creative.page_id}
    if video is None:
        story["link_data"] = _link_data(creative, image)
    else:
        story["video_data"] = _video_data(creative, video, image)
    if creative.instagram_user_id:
        story["instagram_user_id"] = creative.instagram_user_id
    params: dict[str, Any] = {
        "name": tagged(ad.name, marker),
        "object_story_spec": story,
        "degrees_of_freedom_spec": all_opted_out(),
        "adlabels": adlabels(marker),
    }
    if creative.url_parameters:
        params["url_tags"] = creative.url_parameters
    return params


def _video_data(creative: Creative, video: Any, image: Any) -> dict[str, Any]:
    """Return `video_data`. Source: AdCreativeVideoData."""
    data: dict[str, Any] = {
        "video_id": video,
        "image_hash": image,
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


def _call_to_action(creative: Creative) -> dict[str, Any]:
    return {"type": creative.call_to_action, "value": {"link": creative.destination_url}}
