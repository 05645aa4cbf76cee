"""What Meta says of an ad account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An ad account as Meta has it. Money in minor units; `created_time` is aware.

    `balance` is what is owed now, `amount_spent` what was spent since the account's spending limit
    was last reset, `spend_cap` that limit; None where there is none. `timezone` is an IANA name.
    """

    account_id: str
    name: str
    status: str
    currency: str
    timezone: str
    disable_reason: str | None = None
    timezone_offset_hours: Decimal | None = None
    business_name: str | None = None
    business_state: str | None = None
    business_country_code: str | None = None
    balance: int | None = None
    amount_spent: int | None = None
    spend_cap: int | None = None
    min_daily_budget: int | None = None
    created_time: datetime | None = None
