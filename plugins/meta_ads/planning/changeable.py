"""What Meta lets change of an object that exists, as data; everything else is refused.

Source: Marketing API v26, the update operations of Campaign, Ad Set and Ad, "Budgets" (a daily
budget stays one), "Regional regulation" (an update overwrites: all of it is sent again), and error
3260011 (what an ad set optimises for is fixed once it is published).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meta_ads.planning.step import StepKind

BUDGETS = frozenset({"daily_budget", "lifetime_budget"})
# Status stands in the plan as what a part should be; every create says PAUSED.
STATUS = "status"
# Labels carry the marker and are not the person's.
NOT_COMPARED = frozenset({STATUS, "adlabels"})

IN_PLACE: Mapping[StepKind, frozenset[str]] = {
    StepKind.CAMPAIGN: frozenset(
        {"name", STATUS, "bid_strategy", "spend_cap", "special_ad_category_country"} | BUDGETS
    ),
    StepKind.AD_SET: frozenset(
        {
            "name",
            STATUS,
            "targeting",
            "start_time",
            "end_time",
            "bid_strategy",
            "bid_amount",
            "bid_constraints",
            "dsa_beneficiary",
            "dsa_payor",
            "regional_regulated_categories",
            "regional_regulation_identities",
        }
        | BUDGETS
    ),
    StepKind.AD: frozenset({"name", STATUS, "creative", "conversion_domain"}),
}
# How Meta is told that a value is no longer wanted. Source: Campaign, `spend_cap`; Ad Set,
# `end_time` ("0 for ongoing").
CLEARED: Mapping[str, Any] = {"spend_cap": 922337203685478, "end_time": 0}
# Whoever changes one of these sends the others too, as far as the object has them.
TOGETHER = (
    frozenset({"regional_regulated_categories", "regional_regulation_identities"}),
    frozenset({"dsa_beneficiary", "dsa_payor"}),
    frozenset({"bid_strategy", "bid_amount", "bid_constraints"}),
)

_NEW_CAMPAIGN = "Put it back, or launch the new version under a new campaign_id."
_NEW_PART = "Put it back, or give the part a new id: then another one is made beside it."
_KIND_OF_BUDGET = "a budget stays daily or for the whole flight, and stays where it is"
_REASONS: Mapping[str, str] = {
    "objective": "Meta fixes the objective when the campaign is made",
    "special_ad_categories": "the category decides what the ad sets may target",
    "is_adset_budget_sharing_enabled": _KIND_OF_BUDGET,
    "optimization_goal": "Meta fixes what an ad set optimises for once it is published",
    "promoted_object": "Meta fixes what an ad set's results are counted on once it is published",
    "destination_type": "Meta fixes where an ad set leads to once it is published",
    "billing_event": "Meta fixes what is paid for when the ad set is made",
}


def refusal(
    kind: StepKind, name: str, before: Any, after: Any, *, live: bool
) -> tuple[str, str] | None:
    """Return why a Graph parameter cannot change so, and what to do instead; None when it can.

    `live`: the launch has been switched on, so that its start is over.
    """
    remedy = _NEW_CAMPAIGN if kind is StepKind.CAMPAIGN else _NEW_PART
    if name in BUDGETS and None in (before, after):
        return _KIND_OF_BUDGET, remedy
    if name not in IN_PLACE[kind]:
        return _REASONS.get(name, f"Meta does not let {name} change"), remedy
    if name == "start_time" and live:
        return "the campaign has gone live", "Put schedule.activate_at back."
    if after is None and name not in CLEARED:
        return f"Meta has no way to take {name} away again", remedy
    return None
