"""The ad set's Graph parameters. Source: Marketing API v26, `POST act_X/adsets`."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from meta_ads.campaigns.declaration import AdSet, Declaration
from meta_ads.payloads.label import adlabels, tagged
from meta_ads.payloads.regulation import regulation_params
from meta_ads.payloads.targeting import targeting


def ad_set_params(
    declaration: Declaration, ad_set: AdSet, marker: str, campaign: Any
) -> dict[str, Any]:
    """Return the parameters of a paused ad set that optimises for purchases on the website.

    It has no budget and no bid: two budgets are refused (1885621), and the bid strategy belongs
    on the campaign. `campaign` is the value that stands for the campaign's id.
    """
    return {
        "name": tagged(ad_set.name, marker),
        "campaign_id": campaign,
        "status": "PAUSED",
        # Legal for every optimisation goal.
        "billing_event": "IMPRESSIONS",
        "optimization_goal": "OFFSITE_CONVERSIONS",
        "destination_type": "WEBSITE",
        "promoted_object": {"pixel_id": ad_set.pixel_id, "custom_event_type": "PURCHASE"},
        "targeting": targeting(ad_set.audience),
        "adlabels": adlabels(marker),
        **regulation_params(declaration, ad_set.audience),
    }


def ad_set_late_params(declaration: Declaration) -> dict[str, Any]:
    """Return what may change until the launch goes live: `start_time`, with its UTC offset.

    Meta's own clock thus keeps the ad set from delivering early, whatever happens here.
    """
    if declaration.activate_at is None:
        return {}
    local = declaration.activate_at.astimezone(ZoneInfo(declaration.account.timezone))
    return {"start_time": local.isoformat(timespec="seconds")}
