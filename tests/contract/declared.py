"""Correct Graph parameters of each object, from Meta's reference and not from our payloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.contract.worlds import World


def marked(name: str, marker: str) -> dict[str, Any]:
    """Return a name and a label that carry the marker."""
    return {"name": f"{name} [#{marker}]", "adlabels": [{"name": f"adlaunch:{marker}"}]}


def campaign(marker: str) -> Mapping[str, Any]:
    """A sales campaign with its own budget."""
    return {
        **marked("contract campaign", marker),
        "objective": "OUTCOME_SALES",
        "status": "PAUSED",
        "special_ad_categories": [],
        "buying_type": "AUCTION",
        "daily_budget": 5000,
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
    }


def ad_set(world: World, marker: str, campaign_id: str) -> Mapping[str, Any]:
    """An ad set for purchases in the world's country."""
    params: dict[str, Any] = {
        **marked("contract ad set", marker),
        "campaign_id": campaign_id,
        "status": "PAUSED",
        "billing_event": "IMPRESSIONS",
        "optimization_goal": "OFFSITE_CONVERSIONS",
        "destination_type": "WEBSITE",
        "promoted_object": {"pixel_id": world.pixel_id, "custom_event_type": "PURCHASE"},
        "targeting": {
            "geo_locations": {"countries": [world.country]},
            "targeting_automation": {"advantage_audience": 1},
        },
    }
    if world.country == "SG":
        params["regional_regulated_categories"] = ["SINGAPORE_UNIVERSAL"]
        params["regional_regulation_identities"] = {
            "singapore_universal_beneficiary": world.identity_id,
            "singapore_universal_payer": world.identity_id,
        }
    return params


def creative(world: World, marker: str, video_id: str, image_hash: str) -> Mapping[str, Any]:
    """A video creative with a thumbnail and a link."""
    return {
        **marked("contract creative", marker),
        "object_story_spec": {
            "page_id": world.page_id,
            "video_data": {
                "video_id": video_id,
                "image_hash": image_hash,
                "message": "Hello",
                "title": "Sale",
                "call_to_action": {
                    "type": "SHOP_NOW",
                    "value": {"link": "https://shop.example.com/"},
                },
            },
        },
    }


def ad(marker: str, ad_set_id: str, creative_id: str) -> Mapping[str, Any]:
    """An ad that shows the creative."""
    return {
        **marked("contract ad", marker),
        "adset_id": ad_set_id,
        "creative": {"creative_id": creative_id},
        "status": "PAUSED",
        "conversion_domain": "example.com",
    }
