"""The ad set's Graph parameters. Source: Marketing API v26, `POST act_X/adsets`."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from meta_ads.campaigns.declaration import AdSet, Declaration, Promoted
from meta_ads.campaigns.goals import OBJECTIVES
from meta_ads.payloads.label import adlabels, tagged
from meta_ads.payloads.money import bid_params, budget_params, strategy_params
from meta_ads.payloads.regulation import regulation_params
from meta_ads.payloads.targeting import targeting


def ad_set_params(
    declaration: Declaration, ad_set: AdSet, marker: str, campaign: Any
) -> dict[str, Any]:
    """Return the parameters of a paused ad set.

    It has a budget and a bid strategy only where the campaign has none: two budgets are refused
    (1885621). `campaign` is the value that stands for the campaign's id.
    """
    goal = OBJECTIVES[declaration.objective].goals[ad_set.goal]
    params: dict[str, Any] = {
        "name": tagged(ad_set.name, marker),
        "campaign_id": campaign,
        "status": "PAUSED",
        # Legal for every optimisation goal.
        "billing_event": "IMPRESSIONS",
        "optimization_goal": goal.optimization_goal,
    }
    if goal.destination_type is not None:
        params["destination_type"] = goal.destination_type
    promoted = _promoted_object(ad_set.promoted)
    if promoted:
        params["promoted_object"] = promoted
    if ad_set.budget is not None:
        params |= budget_params(ad_set.budget) | strategy_params(ad_set.bid.strategy)
    return {
        **params,
        **bid_params(ad_set.bid),
        "targeting": targeting(ad_set.audience, ad_set.placements),
        "adlabels": adlabels(marker),
        **regulation_params(declaration, ad_set),
    }


def _promoted_object(promoted: Promoted) -> dict[str, str]:
    """Return `promoted_object`. Source: AdPromotedObject."""
    names = {
        "pixel_id": promoted.pixel_id,
        "custom_event_type": promoted.event,
        "page_id": promoted.page_id,
        "application_id": promoted.app_id,
        "object_store_url": promoted.app_store_url,
    }
    return {name: value for name, value in names.items() if value is not None}


def ad_set_late_params(declaration: Declaration) -> dict[str, Any]:
    """Return what may change until the launch goes live: start and end, with their UTC offset.

    Meta's own clock thus keeps the ad set from delivering early, whatever happens here.
    """
    zone = ZoneInfo(declaration.account.timezone)
    moments = {"start_time": declaration.activate_at, "end_time": declaration.end_at}
    return {
        name: moment.astimezone(zone).isoformat(timespec="seconds")
        for name, moment in moments.items()
        if moment is not None
    }
