"""Whether a campaign's budgets keep to its account's limits, which no campaign file overrides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.accounts import FILE
from meta_ads.campaigns.bidding import spread
from meta_ads.campaigns.money import Money, parse_money
from meta_ads.campaigns.schedule import parse_moment
from meta_ads.campaigns.scopes import Scope
from meta_ads.errors import Problem

REMEDY = f"Lower it, or have the limit raised in {FILE}."


@dataclass(frozen=True, slots=True)
class _Given:
    """One budget of the file: what it comes to a day, and in all when it is for a lifetime."""

    scope: Scope
    key: str
    daily: int
    lifetime: int = 0


def limit_problems(ad_sets: Sequence[Scope], top: Scope, account: Account) -> Iterator[Problem]:
    """Yield the budget that goes beyond a limit of the account, at its line.

    Budgets of ad sets count together, so that the first that is too much is named. What cannot be
    read as money or as a time is told elsewhere.
    """
    limits = account.limits
    given = list(_budgets(ad_sets, top, account))
    a_day = [limit for limit in (limits.daily_per_campaign, limits.daily_total) if limit]
    if a_day:
        limit = min(a_day, key=lambda money: money.amount_minor)
        what = "a campaign" if limit == limits.daily_per_campaign else "all campaigns together"
        amounts = [budget.daily for budget in given]
        yield from _too_much(given, amounts, limit, f"a day for {what}", account)
    if limits.lifetime_per_campaign:
        amounts = [budget.lifetime for budget in given]
        words = "in all for a campaign"
        yield from _too_much(given, amounts, limits.lifetime_per_campaign, words, account)


def _too_much(
    given: Sequence[_Given], amounts: Sequence[int], limit: Money, words: str, account: Account
) -> Iterator[Problem]:
    total = 0
    for budget, amount in zip(given, amounts, strict=True):
        total += amount
        if amount and total > limit.amount_minor:
            together = " with those above it" if total != amount else ""
            yield budget.scope.problem(
                budget.key,
                f"comes to {Money(total, limit.currency)} {words.partition(' for')[0]}{together}, "
                f"and {account.key} may spend {limit} {words}",
                REMEDY,
                budget.scope.text(budget.key),
            )
            return


def _budgets(ad_sets: Sequence[Scope], top: Scope, account: Account) -> Iterator[_Given]:
    starts, ends = (_moment(top, key, account) for key in ("activate_at", "end_at"))
    for scope in (top, *(ad_set for ad_set in ad_sets if ad_set.path)):
        for key in ("daily_budget", "lifetime_budget"):
            text = scope.source.text(scope.here(key))
            try:
                amount = parse_money(text or "", account.currency).amount_minor
            except ValueError:
                continue
            if key == "daily_budget":
                yield _Given(scope, key, amount)
            else:
                yield _Given(scope, key, spread(amount, starts, ends), amount)


def _moment(top: Scope, key: str, account: Account) -> datetime | None:
    try:
        return parse_moment(top.text(f"schedule.{key}") or "", account.timezone)
    except ValueError:
        return None
