"""How an account's spend compares with what its campaigns may spend."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from meta_ads.campaigns.money import WITHOUT_CENTS

WEEK = timedelta(days=7)


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


def pace(
    committed: int | None,
    limit: int | None,
    days: Mapping[date, Decimal],
    currency: str,
    spent_in: str | None,
    today: date,
) -> Pace:
    """Return the pace of an account.

    `committed` and `limit` are minor units a day, `days` what was spent on each day that was read,
    in whole units of `spent_in`, this month and the last week at least; `currency` is the one that
    the account is configured with. `today` is by the account's calendar.
    """
    allowed = _whole(committed, currency)
    week = [spend for day, spend in days.items() if today - WEEK <= day < today]
    per_day = sum(week, Decimal(0)) / len(week) if week else None
    left = monthrange(today.year, today.month)[1] - today.day
    so_far = [spend for day, spend in days.items() if day >= today.replace(day=1)]
    month = sum(so_far, Decimal(0)) if so_far else None
    return Pace(
        committed=allowed,
        limit=_whole(limit, currency),
        per_day=per_day,
        percent=100 * per_day / allowed
        if per_day is not None and allowed and spent_in == currency
        else None,
        month=month,
        month_end=month + left * per_day if month is not None and per_day is not None else None,
    )


def _whole(minor: int | None, currency: str) -> Decimal | None:
    if minor is None:
        return None
    return Decimal(minor) if currency in WITHOUT_CENTS else Decimal(minor) / 100
