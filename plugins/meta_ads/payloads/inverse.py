"""From objects at Meta back to the keys of a campaign file: what the other modules here undo.

What a campaign file has no word for is left out; whoever uses this compares afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.bidding import BID_STRATEGIES, DEFAULT_BID_STRATEGY
from meta_ads.campaigns.enhancements import ENHANCEMENTS
from meta_ads.campaigns.goals import (
    DEFAULT_OBJECTIVE,
    OBJECTIVES,
    Goal,
    Promotes,
    default_goal,
)
from meta_ads.campaigns.money import amount_text
from meta_ads.campaigns.regulation import SPECIAL_AD_CATEGORIES
from meta_ads.payloads.inverse_media import shown_keys
from meta_ads.payloads.inverse_regulation import regional_keys
from meta_ads.payloads.inverse_targeting import audience_keys, placement_keys
from meta_ads.payloads.money import ROAS_SCALE

# Source: Marketing API, "Budgets": how Meta says that a campaign has no spend cap.
NO_CAP = 922337203685478
_MARKER = re.compile(r" \[#[A-Z2-7]{10}\]$")
_STRATEGIES = {meta: ours for ours, meta in BID_STRATEGIES.items()}
_CATEGORIES = {meta: ours for ours, meta in SPECIAL_AD_CATEGORIES.items()}
_OBJECTIVES = {objective.meta_name: name for name, objective in OBJECTIVES.items()}

Live = Mapping[str, Any]
Keys = dict[str, Any]


def unmarked(name: object) -> str:
    """Return an object's name without a marker of ours, on one line."""
    return _MARKER.sub("", " ".join(str(name or "").split()))


def objective_of(campaign: Live) -> str:
    """Return the objective as a campaign file says it; the default for one it has no word for."""
    return _OBJECTIVES.get(str(campaign.get("objective")), DEFAULT_OBJECTIVE)


def campaign_keys(campaign: Live, account: Account) -> Keys:
    """Return what stands at the top of the file for the campaign alone."""
    keys: Keys = {"name": unmarked(campaign.get("name"))}
    objective = objective_of(campaign)
    if objective != DEFAULT_OBJECTIVE:
        keys["objective"] = objective
    keys |= _budget(campaign, account) | _strategy(campaign)
    cap = int(campaign.get("spend_cap") or 0)
    if cap and cap != NO_CAP:
        keys["spend_cap"] = amount_text(cap, account.currency)
    categories = [
        _CATEGORIES[name]
        for name in campaign.get("special_ad_categories") or ()
        if name in _CATEGORIES
    ]
    if categories:
        keys["special_ad_categories"] = categories
    return keys


def ad_set_keys(ad_set: Live, objective: str, own_budget: bool, account: Account) -> Keys:
    """Return what an ad set says besides its name; `own_budget` when the campaign has none."""
    keys: Keys = {}
    goal_name, goal = _goal(ad_set, objective)
    if goal_name != default_goal(objective):
        keys["goal"] = goal_name
    keys |= _promoted(ad_set.get("promoted_object") or {}, goal, account)
    if own_budget:
        keys |= _budget(ad_set, account) | _strategy(ad_set)
    if ad_set.get("bid_amount"):
        keys["bid_amount"] = amount_text(int(ad_set["bid_amount"]), account.currency)
    floor = (ad_set.get("bid_constraints") or {}).get("roas_average_floor")
    if floor:
        keys["roas_floor"] = str((Decimal(str(floor)) / ROAS_SCALE).normalize())
    targeting = ad_set.get("targeting") or {}
    for key, value in (
        ("targeting", audience_keys(targeting, account.countries)),
        ("placements", placement_keys(targeting)),
        ("regional", regional_keys(ad_set, account)),
    ):
        if value:
            keys[key] = value
    return keys


def ad_keys(creative: Live, app_store_url: str | None, account: Account) -> Keys:
    """Return what an ad shows; an app's ads lead to its store, which the ad set says."""
    story = creative.get("object_story_spec") or {}
    keys = shown_keys(creative)
    if keys.get("destination_url") == app_store_url:
        keys.pop("destination_url", None)
    page = story.get("page_id")
    if page and str(page) != account.page_id:
        keys["page_id"] = str(page)
    if creative.get("url_tags"):
        keys["url_parameters"] = str(creative["url_tags"])
    features = (creative.get("degrees_of_freedom_spec") or {}).get("creative_features_spec") or {}
    wanted = [
        name for name in ENHANCEMENTS if (features.get(name) or {}).get("enroll_status") == "OPT_IN"
    ]
    if wanted:
        keys["enhancements"] = wanted
    return keys


def _budget(live: Live, account: Account) -> Keys:
    return {
        key: amount_text(int(live[key]), account.currency)
        for key in ("daily_budget", "lifetime_budget")
        if int(live.get(key) or 0)
    }


def _strategy(live: Live) -> Keys:
    strategy = _STRATEGIES.get(str(live.get("bid_strategy")), DEFAULT_BID_STRATEGY)
    return {} if strategy == DEFAULT_BID_STRATEGY else {"bid_strategy": strategy}


def _goal(ad_set: Live, objective: str) -> tuple[str, Goal]:
    """Return the goal an ad set optimises for; the default for one there is no word for."""
    goals = OBJECTIVES[objective].goals
    destination = ad_set.get("destination_type")
    for name, goal in goals.items():
        same = goal.optimization_goal == ad_set.get("optimization_goal")
        if same and destination in (goal.destination_type, None, "UNDEFINED"):
            return name, goal
    name = default_goal(objective)
    return name, goals[name]


def _promoted(promoted: Live, goal: Goal, account: Account) -> Keys:
    keys: Keys = {}
    if goal.promotes is Promotes.EVENT:
        if str(promoted.get("pixel_id")) != account.pixel_id:
            keys["pixel_id"] = promoted.get("pixel_id")
        if promoted.get("custom_event_type") != goal.event:
            keys["event"] = promoted.get("custom_event_type")
    elif goal.promotes is Promotes.PAGE and str(promoted.get("page_id")) != account.page_id:
        keys["page_id"] = promoted.get("page_id")
    elif goal.promotes is Promotes.APP:
        keys["app_id"] = promoted.get("application_id")
        keys["app_store_url"] = promoted.get("object_store_url")
    return {name: str(value) for name, value in keys.items() if value}
