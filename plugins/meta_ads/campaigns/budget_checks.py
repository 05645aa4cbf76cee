"""Checks of money: where budgets stand, what they hold, and what a bid needs.

Sources: Marketing API, "Budgets", "Campaign budget optimization", "Bid Strategies"; two budgets are
refused with 1885621, a lifetime budget without an end likewise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from meta_ads.campaigns.bidding import CAPPED, DEFAULT_BID_STRATEGY
from meta_ads.campaigns.money import CURRENCIES, Money, amount_text, parse_money
from meta_ads.campaigns.scopes import Scope
from meta_ads.campaigns.source import Source
from meta_ads.errors import Problem

BUDGETS = ("daily_budget", "lifetime_budget")


def budget_problems(
    source: Source, ad_sets: Sequence[Scope], currency: str | None
) -> Iterator[Problem]:
    """Yield what is wrong with budgets, spend cap and bids; `currency` is the account's or None."""
    top = Scope(source)
    parts = [ad_set for ad_set in ad_sets if ad_set.path]
    for scope in (top, *parts):
        for key in BUDGETS:
            yield from _amount(scope, key, currency)
        if all(scope.given(key) for key in BUDGETS):
            yield scope.problem(
                BUDGETS[1], "stands beside daily_budget, and Meta takes one of them", "Remove one."
            )
    yield from _amount(top, "spend_cap", currency)
    yield from _one_level(top, parts)
    yield from _lifetime(top, parts)
    for scope in ad_sets:
        yield from _amount(scope, "bid_amount", currency)
        yield from _bid(scope, top)


def _amount(scope: Scope, key: str, currency: str | None) -> Iterator[Problem]:
    text = scope.source.text(scope.here(key))
    if not text:
        return
    named = text.rpartition(" ")[2]
    currency = currency or (named if named in CURRENCIES else "SGD")
    try:
        parse_money(text, currency)
    except ValueError as error:
        yield scope.problem(
            key,
            str(error),
            f"For {Money(5000, currency)} write 5000, or “{amount_text(5000, currency)}”.",
            text,
        )


def _one_level(top: Scope, parts: Sequence[Scope]) -> Iterator[Problem]:
    """The budget is the campaign's, or each ad set has one."""
    here = _budget_of(top)
    own = [(part, _budget_of(part)) for part in parts]
    if here is not None:
        for part, key in own:
            if key is not None:
                yield part.problem(
                    key,
                    f"stands beside the campaign's {here}, and Meta takes budgets of one level",
                    f"Remove {key} here, or {here} at the top.",
                )
    elif not any(key for _, key in own):
        if BUDGETS[0] in top.source.positions:
            yield top.problem(BUDGETS[0], "is empty", "Give it a value.")
        else:
            yield top.problem(BUDGETS[0], "is missing", f"Add “{BUDGETS[0]}: …”.")
    else:
        for part, key in own:
            if key is None:
                yield part.problem(
                    BUDGETS[0],
                    "is missing, and other ad sets have budgets of their own",
                    "Add one here, or one for all at the top.",
                )


def _budget_of(scope: Scope) -> str | None:
    return next((key for key in BUDGETS if scope.given(key)), None)


def _lifetime(top: Scope, parts: Sequence[Scope]) -> Iterator[Problem]:
    for scope in (top, *parts):
        if scope.given("lifetime_budget") and not top.given("schedule.end_at"):
            yield scope.problem(
                "lifetime_budget",
                "needs an end, over which Meta spreads it",
                "Add schedule.end_at, or use daily_budget.",
                scope.text("lifetime_budget"),
            )


def _bid(scope: Scope, top: Scope) -> Iterator[Problem]:
    strategy = scope.text("bid_strategy") or DEFAULT_BID_STRATEGY
    if scope.given("bid_strategy") and scope.path and _budget_of(top):
        yield scope.problem(
            "bid_strategy",
            "stands where the budget does: at the top",
            "Move it to the top of the file.",
            strategy,
        )
    if strategy in CAPPED and not scope.text("bid_amount"):
        yield scope.problem(
            "bid_amount", f"is missing, and {strategy} needs it", "Add “bid_amount: …”."
        )
    if strategy not in CAPPED and scope.text("bid_amount"):
        yield scope.problem(
            "bid_amount",
            f"has no meaning with {strategy}",
            "Remove it, or choose cost_cap or bid_cap.",
            scope.text("bid_amount"),
        )
    if strategy == "min_roas":
        if not scope.text("roas_floor"):
            yield scope.problem(
                "roas_floor", "is missing, and min_roas needs it", "Add “roas_floor: 2.0”."
            )
        if scope.text("goal") != "value":
            yield scope.problem(
                "bid_strategy",
                "min_roas is for the goal value only",
                "Add “goal: value”, or choose another strategy.",
                strategy,
            )
    elif scope.text("roas_floor"):
        yield scope.problem(
            "roas_floor",
            f"has no meaning with {strategy}",
            "Remove it, or choose min_roas.",
            scope.text("roas_floor"),
        )
