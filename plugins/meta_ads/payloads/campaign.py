"""The campaign's Graph parameters. Source: Marketing API v26, `POST act_X/campaigns`."""

from __future__ import annotations

from typing import Any

from meta_ads.campaigns.declaration import Declaration
from meta_ads.campaigns.goals import OBJECTIVES
from meta_ads.campaigns.regulation import SPECIAL_AD_CATEGORIES
from meta_ads.payloads.label import adlabels, tagged
from meta_ads.payloads.money import budget_params, strategy_params


def campaign_params(declaration: Declaration, marker: str) -> dict[str, Any]:
    """Return the parameters of a paused campaign.

    A budget here, with its bid strategy, is Meta's budget lever of Advantage+. Without one, Meta
    wants to know whether ad sets share theirs (4834011): they do not. `special_ad_categories` is
    required even when empty, and wants the countries once it is not.
    """
    params: dict[str, Any] = {
        "name": tagged(declaration.name, marker),
        "objective": OBJECTIVES[declaration.objective].meta_name,
        "buying_type": "AUCTION",
        "status": "PAUSED",
        "special_ad_categories": [
            SPECIAL_AD_CATEGORIES[name] for name in declaration.special_ad_categories
        ],
    }
    if declaration.special_ad_categories:
        params["special_ad_category_country"] = list(declaration.countries)
    if declaration.budget is None:
        params["is_adset_budget_sharing_enabled"] = False
    else:
        params |= budget_params(declaration.budget) | strategy_params(declaration.bid_strategy)
    if declaration.spend_cap is not None:
        params["spend_cap"] = declaration.spend_cap.amount_minor
    return {**params, "adlabels": adlabels(marker)}
