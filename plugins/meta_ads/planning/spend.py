"""What a plan may spend once it is live, read from its Graph parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from meta_ads.campaigns.bidding import spread
from meta_ads.planning.step import Step, StepKind


@dataclass(frozen=True, slots=True)
class Spend:
    """What may be spent, in minor units of the account's currency.

    `daily` counts daily budgets, and lifetime budgets spread evenly over the days of their flight;
    `lifetime` is the sum of lifetime budgets. `until` (aware UTC) is when it ends, or None.
    Meta may spend more than a daily budget on one day, and less on others: see "Budgets".
    """

    daily: int = 0
    lifetime: int = 0
    until: datetime | None = None


def spend(steps: Sequence[Step], activate_at: datetime | None) -> Spend:
    """Return what a plan of these steps may spend when it goes live at `activate_at`.

    What is to be paused spends nothing.
    """
    if any(step.paused for step in steps if step.kind is StepKind.CAMPAIGN):
        return Spend()
    daily = lifetime = 0
    ends: list[datetime] = []
    for step in steps:
        if step.kind in (StepKind.CAMPAIGN, StepKind.AD_SET) and not step.paused:
            daily += step.params.get("daily_budget", 0)
            lifetime += step.params.get("lifetime_budget", 0)
            if end := step.late_params.get("end_time"):
                ends.append(datetime.fromisoformat(end))
    until = max(ends, default=None)
    return Spend(daily + spread(lifetime, activate_at, until), lifetime, until)
