"""A whole campaign as it is at Meta, and what is read of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from meta_ads.planning.step import StepKind

Live = Mapping[str, Any]

# What is read of each object: all that a plan can send, and what would make it something else.
FIELDS: Mapping[StepKind, tuple[str, ...]] = {
    StepKind.CAMPAIGN: (
        "id",
        "account_id",
        "name",
        "status",
        "objective",
        "buying_type",
        "special_ad_categories",
        "special_ad_category_country",
        "daily_budget",
        "lifetime_budget",
        "bid_strategy",
        "spend_cap",
        "pacing_type",
        "promoted_object",
        "smart_promotion_type",
        "is_adset_budget_sharing_enabled",
        "is_skadnetwork_attribution",
    ),
    StepKind.AD_SET: (
        "id",
        "name",
        "status",
        "created_time",
        "campaign_id",
        "billing_event",
        "optimization_goal",
        "destination_type",
        "promoted_object",
        "daily_budget",
        "lifetime_budget",
        "bid_strategy",
        "bid_amount",
        "bid_constraints",
        "targeting",
        "start_time",
        "end_time",
        "adset_schedule",
        "attribution_spec",
        "pacing_type",
        "frequency_control_specs",
        "is_dynamic_creative",
        "daily_min_spend_target",
        "daily_spend_cap",
        "lifetime_min_spend_target",
        "lifetime_spend_cap",
        "dsa_beneficiary",
        "dsa_payor",
        "regional_regulated_categories",
        "regional_regulation_identities",
    ),
    StepKind.AD: ("id", "name", "status", "adset_id", "conversion_domain"),
    StepKind.CREATIVE: (
        "id",
        "name",
        "object_story_spec",
        "object_story_id",
        "asset_feed_spec",
        "degrees_of_freedom_spec",
        "source_instagram_media_id",
        "product_set_id",
        "template_url",
        "url_tags",
    ),
}


@dataclass(frozen=True, slots=True)
class CampaignTree:
    """A campaign, its ad sets, and its ads with their creatives, as Meta shows them."""

    campaign: Live
    ad_sets: tuple[Live, ...] = ()
    ads: tuple[Live, ...] = ()

    def parts(self) -> list[tuple[Live, list[Live]]]:
        """Return each ad set that has ads with its ads, the oldest first, as ids tell."""
        ads: dict[str, list[Live]] = defaultdict(list)
        for ad in sorted(self.ads, key=_age):
            ads[str(ad["adset_id"])].append(ad)
        ad_sets = [(ad_set, ads[str(ad_set["id"])]) for ad_set in sorted(self.ad_sets, key=_age)]
        return [(ad_set, shown) for ad_set, shown in ad_sets if shown]


class LiveCampaigns(Protocol):
    """Meta, asked for a whole campaign."""

    def campaign_tree(self, campaign_id: str) -> CampaignTree:
        """Return it; raises as `AdPlatform` reads do."""


def _age(item: Live) -> tuple[int, str]:
    return len(str(item["id"])), str(item["id"])
