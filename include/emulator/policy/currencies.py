"""Meta's currencies: their minor units, and the least and largest budgets in them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

# What a billing event costs at least, as a multiple of the least budget for impressions.
_BILLING = {"imp": 1, "high_freq": 5, "low_freq": 40, "video_views": 1}
_LARGEST_BUDGET_DOLLARS = 1_000_000


@dataclass(frozen=True)
class Currency:
    """How many minor units the API counts in one unit, and about how many units a dollar is."""

    offset: int
    per_dollar: float

    def minor_units(self, dollars: float) -> int:
        """Return that many US dollars in this currency's minor units, by a round rate."""
        return round(dollars * self.per_dollar * self.offset)


@cache
def currencies() -> dict[str, Currency]:
    """Return every currency by its code."""
    text = Path(__file__).with_name("currencies.yaml").read_text(encoding="utf-8")
    return {code: Currency(**row) for code, row in yaml.safe_load(text).items()}


def minimum_budgets() -> dict[str, dict[str, int]]:
    """Return the least daily budget by currency and kind of billing, in minor units."""
    return {
        code: {name: currency.minor_units(times) for name, times in _BILLING.items()}
        for code, currency in currencies().items()
    }


def largest_budget(code: str) -> int:
    """Return the largest budget Meta takes, in minor units (a million US dollars)."""
    return currencies()[code].minor_units(_LARGEST_BUDGET_DOLLARS)
