"""Budgets and bidding: at which level they stand, how small they may be, what a bid needs."""

from typing import Any

from emulator.accounts import minimum_daily_budget
from emulator.clock import parse_moment
from emulator.emulator import Emulator
from emulator.rules import broken
from emulator.state import Object
from emulator.statuses import final_status

DEFAULT_BID_STRATEGY = "LOWEST_COST_WITHOUT_CAP"
_NEEDS_BID_AMOUNT = ("LOWEST_COST_WITH_BID_CAP", "COST_CAP")
_MONEY = ("daily_budget", "lifetime_budget", "spend_cap", "daily_min_spend_target")
_DAY = 86400


def has_budget(fields: Any) -> bool:
    """Whether these fields hold a daily or a lifetime budget above zero."""
    return any(int(fields.get(name) or 0) > 0 for name in ("daily_budget", "lifetime_budget"))


def as_stored(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with money as Meta returns it: text of minor units."""
    return {
        name: str(value) if name in _MONEY and value is not None else value
        for name, value in params.items()
    }


def remaining(emulator: Emulator, obj: Object) -> str | None:
    """Return ``budget_remaining``; nothing has been spent on this server."""
    return obj.fields.get("lifetime_budget") or obj.fields.get("daily_budget") or "0"


def check_campaign_budget(
    emulator: Emulator, account: Object, fields: dict[str, Any], sent: dict[str, Any], version: int
) -> None:
    """Check the budget part of a campaign as it would be stored; ``sent`` is the call's own."""
    if fields.get("daily_budget") and fields.get("lifetime_budget"):
        raise broken("daily_and_lifetime_budget", blame="daily_budget")
    sharing = sent.get("is_adset_budget_sharing_enabled")
    if has_budget(fields):
        if sharing is not None:
            raise broken("budget_sharing_under_cbo", blame="is_adset_budget_sharing_enabled")
        check_minimum(emulator, account, fields, None)
    else:
        if fields.get("is_adset_budget_sharing_enabled") is None and version >= 24:
            raise broken("budget_sharing_missing", blame="is_adset_budget_sharing_enabled")
        if sent.get("bid_strategy"):
            raise broken("bid_strategy_without_budget", blame="bid_strategy")


def check_minimum(
    emulator: Emulator, account: Object, fields: dict[str, Any], days: float | None
) -> None:
    """Raise when a daily or lifetime budget is below the currency's minimum."""
    least = minimum_daily_budget(emulator, account)
    currency = account.fields["currency"]
    for name, rule, minimum in (
        ("daily_budget", "daily_budget_too_low", least),
        ("lifetime_budget", "lifetime_budget_too_low", int(least * max(1.0, days or 1.0))),
    ):
        budget = fields.get(name)
        if budget is not None and int(budget) < minimum:
            raise broken(rule, blame=name, minimum=minimum, currency=currency, budget=budget)


def living_ad_sets(emulator: Emulator, campaign: Object) -> list[Object]:
    """Return the campaign's ad sets that are neither deleted nor archived."""
    return [
        ad_set
        for ad_set in emulator.state.children(campaign.id, "adset")
        if final_status(emulator, ad_set) is None
    ]


def check_campaign_covers(
    emulator: Emulator, account: Object, campaign: Object, daily_budget: object, joining: int
) -> None:
    """Raise when a campaign's daily budget is below the sum of its ad sets' minimums."""
    if not daily_budget:
        return
    count = len(living_ad_sets(emulator, campaign)) + joining
    minimum = minimum_daily_budget(emulator, account) * count
    if int(str(daily_budget)) < minimum:
        raise broken(
            "campaign_budget_does_not_cover_ad_sets",
            blame="daily_budget",
            minimum=minimum,
            currency=account.fields["currency"],
            count=count,
        )


def check_ad_set_budget(
    emulator: Emulator, account: Object, campaign: Object, fields: dict[str, Any]
) -> None:
    """Check the budget and bid of an ad set as it would be stored under its campaign."""
    if has_budget(campaign.fields):
        if has_budget(fields):
            raise broken("two_budgets", blame="daily_budget")
        if fields.get("bid_strategy"):
            raise broken("bid_strategy_under_cbo", blame="bid_strategy")
        strategy = campaign.fields.get("bid_strategy", DEFAULT_BID_STRATEGY)
    else:
        if fields.get("daily_budget") and fields.get("lifetime_budget"):
            raise broken("daily_and_lifetime_budget", blame="daily_budget")
        if not has_budget(fields):
            raise broken("budget_missing", blame="daily_budget")
        strategy = fields.get("bid_strategy") or DEFAULT_BID_STRATEGY
        check_minimum(emulator, account, fields, _flight_days(emulator, account, fields))
    _check_bid(fields, strategy)
    if (fields.get("lifetime_budget") or campaign.fields.get("lifetime_budget")) and not fields.get(
        "end_time"
    ):
        raise broken("lifetime_budget_without_end", blame="end_time")


def _check_bid(fields: dict[str, Any], strategy: str) -> None:
    if strategy in _NEEDS_BID_AMOUNT and not fields.get("bid_amount"):
        raise broken("bid_amount_required", blame="bid_amount", strategy=strategy)
    if strategy == DEFAULT_BID_STRATEGY and fields.get("bid_amount"):
        raise broken("bid_amount_without_cap", blame="bid_amount", strategy=strategy)
    if strategy == "LOWEST_COST_WITH_MIN_ROAS" and not (fields.get("bid_constraints") or {}).get(
        "roas_average_floor"
    ):
        raise broken("roas_floor_required", blame="bid_constraints")


def _flight_days(emulator: Emulator, account: Object, fields: dict[str, Any]) -> float | None:
    zone = account.fields["timezone_name"]
    if not fields.get("end_time"):
        return None
    start = parse_moment(fields.get("start_time") or emulator.clock.now(), zone)
    return (parse_moment(fields["end_time"], zone) - start) / _DAY
