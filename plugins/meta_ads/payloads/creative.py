"""The creative's Graph parameters. Source: Marketing API v26, `POST act_X/adcreatives`."""

from __future__ import annotations

from typing import Any

from meta_ads.campaigns.declaration import Ad
from meta_ads.payloads.creative_features import all_opted_out
from meta_ads.payloads.label import adlabels, tagged


def creative_params(ad: Ad, marker: str, video: Any, image: Any) -> dict[str, Any]:
    """Return the parameters of a video creative.

    `video` and `image` stand for the video's id and the thumbnail's hash. A video creative without
    a thumbnail is refused (1443226); Meta's own CDN addresses are not allowed as `image_url`.
    """
    creative = ad.creative
    video_data: dict[str, Any] = {
        "video_id": video,
        "image_hash": image,
        "message": creative.primary_text,
        "title": creative.headline,
        "call_to_action": {
            "type": creative.call_to_action,
            "value": {"link": creative.destination_url},
        },
    }
    if creative.description:
        video_data["link_description"] = creative.description
    story: dict[str, Any] = {"page_id": creative.page_id, "video_data": video_data}
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
