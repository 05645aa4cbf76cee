"""How Meta may bid: the strategies, and what each needs.

Source: Marketing API, "Bid Strategies".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from meta_ads.campaigns.money import Money

# As a person writes it, and as Meta calls it.
BID_STRATEGIES = {
    "lowest_cost": "LOWEST_COST_WITHOUT_CAP",
    "cost_cap": "COST_CAP",
    "bid_cap": "LOWEST_COST_WITH_BID_CAP",
    "min_roas": "LOWEST_COST_WITH_MIN_ROAS",
}
DEFAULT_BID_STRATEGY = "lowest_cost"
CAPPED = frozenset({"cost_cap", "bid_cap"})
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent: a day, or in the whole flight."""

    amount: Money
    lifetime: bool = False

    def __str__(self) -> str:
        return f"{self.amount} {'in all' if self.lifetime else 'a day'}"


@dataclass(frozen=True, slots=True)
class Bid:
    """How Meta bids. `amount` goes with a cap, `roas` (2 is 200 %) with a least return."""

    strategy: str = DEFAULT_BID_STRATEGY
    amount: Money | None = None
    roas: Decimal | None = None


def spread(budget: int, starts: datetime | None, ends: datetime | None) -> int:
    """Return what a budget for a whole flight comes to a day; all of it without a known flight.

    The same as `meta_ads.spread` in Postgres, for what was seen at Meta.
    """
    if starts is None or ends is None:
        return budget
    return math.ceil(budget / max(1, math.ceil((ends - starts) / DAY)))
