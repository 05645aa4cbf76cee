"""Budgets and bidding: at which level they stand, how small they may be, what a bid needs."""

from collections.abc import Mapping
from typing import Any

from emulator.clock import parse_moment
from emulator.emulator import Emulator
from emulator.objects.accounts import least_campaign_spend_cap, minimum_daily_budget
from emulator.objects.statuses import final_status
from emulator.policy.currencies import largest_budget
from emulator.policy.rules import broken
from emulator.state import Object

DEFAULT_BID_STRATEGY = "LOWEST_COST_WITHOUT_CAP"
_NEEDS_BID_AMOUNT = ("LOWEST_COST_WITH_BID_CAP", "COST_CAP")
_MONEY = frozenset(
    [
        "daily_budget",
        "lifetime_budget",
        "spend_cap",
        "daily_min_spend_target",
        "daily_spend_cap",
        "lifetime_min_spend_target",
        "lifetime_spend_cap",
    ]
)
#: Sent as a spend cap, this takes the cap away.
NO_SPEND_CAP = 922337203685478
# Billing event: the kind of least budget it goes by; impressions for all others.
_BILLED_AS = {
    "APP_INSTALLS": "low_freq",
    "LINK_CLICKS": "high_freq",
    "OFFER_CLAIMS": "low_freq",
    "PAGE_LIKES": "high_freq",
    "POST_ENGAGEMENT": "high_freq",
    "THRUPLAY": "video_views",
}
_SPEND_TARGETS = {
    "daily_min_spend_target": "daily",
    "daily_spend_cap": "daily",
    "lifetime_min_spend_target": "lifetime",
    "lifetime_spend_cap": "lifetime",
}
_DAY = 86400


def has_budget(fields: Any) -> bool:
    """Whether these fields hold a daily or a lifetime budget above zero."""
    return any(int(fields.get(name) or 0) > 0 for name in ("daily_budget", "lifetime_budget"))


def as_stored(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with money as Meta returns it: text of minor units."""
    stored = {
        name: str(value) if name in _MONEY and value is not None else value
        for name, value in params.items()
    }
    for name in _MONEY & set(stored):
        if stored[name] == str(NO_SPEND_CAP):
            stored[name] = None
    return stored


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
        sharing = fields.get("is_adset_budget_sharing_enabled")
        if sharing and not fields.get("bid_strategy"):
            raise broken("budget_sharing_without_bid_strategy", blame="bid_strategy")
        if sent.get("bid_strategy") and not sharing:
            raise broken("bid_strategy_without_budget", blame="bid_strategy")


def check_minimum(
    emulator: Emulator, account: Object, fields: Mapping[str, Any], days: float | None
) -> None:
    """Raise when a daily or lifetime budget is too small or too large for the currency.

    What is the least depends on what is billed; ``days`` is the length of the flight.
    """
    billing = _BILLED_AS.get(fields.get("billing_event") or "", "imp")
    least = minimum_daily_budget(emulator, account, billing)
    currency = str(account.fields["currency"])
    daily, lifetime = fields.get("daily_budget"), fields.get("lifetime_budget")
    words: dict[str, Any] = {"currency": currency}
    if daily is not None and int(daily) < least:
        raise broken(
            "daily_budget_too_low", blame="daily_budget", minimum=least, budget=daily, **words
        )
    least_in_all = int(least * max(1.0, days or 1.0))
    if lifetime is not None and int(lifetime) < least_in_all:
        words |= {"minimum": least_in_all, "budget": lifetime}
        raise broken("lifetime_budget_too_low", blame="lifetime_budget", **words)
    largest = largest_budget(currency)
    for name, budget in (("daily_budget", daily), ("lifetime_budget", lifetime)):
        if budget is not None and int(budget) > largest:
            raise broken("budget_too_high", blame=name, budget=budget, largest=largest, **words)


def check_spend_cap(emulator: Emulator, account: Object, cap: int | None) -> None:
    """Raise when a campaign's spend cap is below Meta's least (about 100 US dollars)."""
    least = int(least_campaign_spend_cap(emulator, account))
    if cap is not None and cap < least:
        currency = account.fields["currency"]
        raise broken(
            "campaign_spend_cap_too_low", blame="spend_cap", least=least, currency=currency
        )


def check_spend_targets(campaign: Object, fields: Mapping[str, Any]) -> None:
    """Raise for an ad set's spend limits where the campaign has no budget of their kind."""
    for name, kind in _SPEND_TARGETS.items():
        if fields.get(name) is not None and not campaign.fields.get(f"{kind}_budget"):
            raise broken("spend_target_without_cbo", blame=name, name=name, kind=kind)
    lifetime = fields.get("lifetime_budget") or campaign.fields.get("lifetime_budget")
    if fields.get("adset_schedule") and not lifetime:
        raise broken("schedule_needs_lifetime_budget", blame="adset_schedule")


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


def own_bid_strategy(fields: Mapping[str, Any]) -> str:
    """Return the bid strategy of an ad set with a budget: an amount alone means a cap."""
    otherwise = "LOWEST_COST_WITH_BID_CAP" if fields.get("bid_amount") else DEFAULT_BID_STRATEGY
    return str(fields.get("bid_strategy") or otherwise)


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
        strategy = own_bid_strategy(fields)
        check_minimum(emulator, account, fields, _flight_days(emulator, account, fields))
    _check_bid(fields, strategy, own=not has_budget(campaign.fields))
    if (fields.get("lifetime_budget") or campaign.fields.get("lifetime_budget")) and not fields.get(
        "end_time"
    ):
        raise broken("lifetime_budget_without_end", blame="end_time")


def _check_bid(fields: dict[str, Any], strategy: str, *, own: bool) -> None:
    """Check the bid against the strategy; ``own`` says that the ad set itself chose it."""
    amount, constraints = fields.get("bid_amount"), fields.get("bid_constraints") or {}
    if strategy in _NEEDS_BID_AMOUNT and not amount:
        if own:
            raise broken("bid_or_constraints_required", blame="bid_amount", strategy=strategy)
        raise broken("bid_amount_required", blame="bid_amount", strategy=strategy)
    if strategy == DEFAULT_BID_STRATEGY and amount:
        raise broken("bid_amount_without_cap", blame="bid_amount", strategy=strategy)
    value = fields.get("optimization_goal") == "VALUE"
    if strategy == "LOWEST_COST_WITH_BID_CAP" and value:
        raise broken("value_without_bid_cap", blame="bid_strategy")
    if strategy == "LOWEST_COST_WITH_MIN_ROAS":
        if not value:
            raise broken("roas_without_value", blame="optimization_goal")
        if not constraints.get("roas_average_floor"):
            raise broken("bid_or_constraints_required", blame="bid_constraints", strategy=strategy)


def _flight_days(emulator: Emulator, account: Object, fields: dict[str, Any]) -> float | None:
    zone = account.fields["timezone_name"]
    if not fields.get("end_time"):
        return None
    start = parse_moment(fields.get("start_time") or emulator.clock.now(), zone)
    return (parse_moment(fields["end_time"], zone) - start) / _DAY
