"""The campaign's Graph parameters. Source: Marketing API v26, `POST act_X/campaigns`."""

from __future__ import annotations

from typing import Any

from meta_ads.campaigns.declaration import Declaration
from meta_ads.payloads.label import adlabels, tagged


def campaign_params(declaration: Declaration, marker: str) -> dict[str, Any]:
    """Return the parameters of a paused Advantage+ sales campaign.

    Budget and bid strategy stand here, not on the ad set: that is Meta's budget lever of
    Advantage+. `special_ad_categories` is required even when empty.
    """
    return {
        "name": tagged(declaration.name, marker),
        "objective": "OUTCOME_SALES",
        "buying_type": "AUCTION",
        "status": "PAUSED",
        "special_ad_categories": [],
        "daily_budget": declaration.daily_budget.amount_minor,
        # Explicit, since Meta may default to a strategy that then demands bid_amount (1815857).
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        "adlabels": adlabels(marker),
    }
