"""What an account may spend a day, and whether one more launch keeps to its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from meta_ads.campaigns.account import Account, SpendLimits
from meta_ads.campaigns.money import Money
from meta_ads.errors import NotAllowedToActivate
from meta_ads.planning.plan import Plan

FILE = "configs/accounts.yaml"
# A refusal that fills a screen is not read to its end.
LISTED = 10


@dataclass(frozen=True, slots=True)
class Commitment:
    """What one live campaign may spend a day, in minor units of its account's currency.

    `campaign_id` is None for a campaign that is live at Meta and none of our launches.
    """

    name: str
    daily: int
    campaign_id: str | None = None
    object_id: str | None = None


class AccountSpending(Protocol):
    """What accounts may spend, and what they are committed to."""

    def set_limits(self, accounts: Sequence[Account]) -> None:
        """Keep the limits of these accounts; from now on every activation there obeys them."""

    def commitments(self, account_id: str) -> Sequence[Commitment]:
        """Return what the account's live campaigns may spend a day, the most first.

        Of ours, those live or being switched on; others, as the last sync of statuses saw them.
        """


def daily_commitment(plan: Plan, spending: AccountSpending) -> int:
    """Return what the plan's account may spend a day once the plan is live, in minor units."""
    others = spending.commitments(plan.account_id)
    return plan.spend.daily + sum(other.daily for other in _others(plan, others))


def refuse_over_limit(plan: Plan, limits: SpendLimits, live: Sequence[Commitment]) -> None:
    """Raise NotAllowedToActivate when the plan would bring its account over one of its limits.

    `live` is what the account is committed to already. The same rule as in
    `meta_ads.refuse_over_limit`, in words.
    """
    spent = plan.spend
    own: Mapping[str, tuple[int, Money | None]] = {
        "daily_budget_per_campaign": (spent.daily, limits.daily_per_campaign),
        "lifetime_budget_per_campaign": (spent.lifetime, limits.lifetime_per_campaign),
    }
    for name, (amount, limit) in own.items():
        if limit is not None and amount > limit.amount_minor:
            raise NotAllowedToActivate(
                f"{plan.campaign_id} stays paused: it may spend {Money(amount, limit.currency)}, "
                f"and {name} of {plan.account_id} in {FILE} is {limit}. Lower its budget, or have "
                "the limit raised, and trigger the launch again."
            )
    most = limits.daily_total
    others = _others(plan, live)
    total = spent.daily + sum(other.daily for other in others)
    if most is None or total <= most.amount_minor:
        return
    lines = [
        f"\n  - {other.campaign_id or f'{other.name} ({other.object_id}, not launched from here)'}:"
        f" {Money(other.daily, most.currency)}"
        for other in others[:LISTED]
    ]
    if len(others) > LISTED:
        lines.append(f"\n  - and {len(others) - LISTED} more")
    raise NotAllowedToActivate(
        f"{plan.campaign_id} stays paused: with its {Money(spent.daily, most.currency)} a day "
        f"{plan.account_id} might spend {Money(total, most.currency)} a day, and daily_total in "
        f"{FILE} is {most}. Live there are:{''.join(lines) or ' no others'}\n"
        "Withdraw or pause one of these, lower a budget, or have the limit raised. Then clear the "
        "task activate, or trigger the launch again."
    )


def _others(plan: Plan, live: Sequence[Commitment]) -> list[Commitment]:
    return [item for item in live if item.campaign_id != plan.campaign_id]
