"""How an account's spend compares with what its campaigns may spend."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from meta_ads.campaigns.money import WITHOUT_CENTS


@dataclass(frozen=True, slots=True)
class Pace:
    """Spend in whole units of the currency; None where nothing is known.

    `per_day` is the mean of the last seven whole days that were read, `percent` how much of the
    budgets that live campaigns have a day this is. `month_end` is the month so far, and the days
    that are left at `per_day`.
    """

    committed: Decimal | None
    limit: Decimal | None
    per_day: Decimal | None
    percent: Decimal | None
    month: Decimal | None
    month_end: Decimal | None


def pace(row: Mapping[str, Any], currency: str | None, today: date) -> Pace:
    """Return the pace of a row of `account_spend`; `today` by the account's calendar."""
    committed, limit = (_whole(row[name], currency) for name in ("committed", "daily_total"))
    per_day = row["spend_7"] / row["days_7"] if row["days_7"] else None
    left = monthrange(today.year, today.month)[1] - today.day
    month = row["spend_month"]
    return Pace(
        committed=committed,
        limit=limit,
        per_day=per_day,
        percent=100 * per_day / committed if per_day is not None and committed else None,
        month=month,
        month_end=month + left * per_day if month is not None and per_day is not None else None,
    )


def _whole(minor: int | None, currency: str | None) -> Decimal | None:
    if minor is None:
        return None
    return Decimal(minor) if currency in WITHOUT_CENTS else Decimal(minor) / 100
