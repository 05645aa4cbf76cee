"""Budgets and bids as Graph parameters. Source: Marketing API v26, "Budgets", "Bid Strategies"."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from meta_ads.campaigns.bidding import BID_STRATEGIES, Bid, Budget

# Source: "Minimum ROAS": the floor is a whole number, in ten thousandths.
ROAS_SCALE = Decimal(10_000)


def budget_params(budget: Budget) -> dict[str, Any]:
    """Return the budget in minor units, by day or for the whole flight."""
    name = "lifetime_budget" if budget.lifetime else "daily_budget"
    return {name: budget.amount.amount_minor}


def strategy_params(strategy: str) -> dict[str, Any]:
    """Return the bid strategy, which stands where the budget does.

    Always explicit, since Meta may default to one that then demands bid_amount (1815857).
    """
    return {"bid_strategy": BID_STRATEGIES[strategy]}


def bid_params(bid: Bid) -> dict[str, Any]:
    """Return what a cap or a least return needs: it stands on the ad set wherever the budget is."""
    params: dict[str, Any] = {}
    if bid.amount is not None:
        params["bid_amount"] = bid.amount.amount_minor
    if bid.roas is not None:
        params["bid_constraints"] = {"roas_average_floor": int(bid.roas * ROAS_SCALE)}
    return params
