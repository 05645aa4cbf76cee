"""Limits and commitments of accounts in Postgres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from meta_ads.campaigns.account import Account, SpendLimits
from meta_ads.campaigns.money import Money
from meta_ads.launching.spending import Commitment
from meta_ads.store.database import Database
from meta_ads.store.queries import queries


class PostgresSpending:
    """`AccountSpending` on Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set_limits(self, accounts: Sequence[Account]) -> None:
        """Keep the limits of these accounts; see `AccountSpending.set_limits`."""
        with self._database.transaction() as cursor:
            # In one order everywhere, so that two writers cannot wait for each other.
            for account in sorted(accounts, key=lambda item: item.account_id):
                limits = account.limits
                cursor.execute(
                    queries("launches")["set_limit"],
                    {
                        "account_id": account.account_id,
                        "currency": account.currency,
                        "daily_per_campaign": _minor(limits.daily_per_campaign),
                        "lifetime_per_campaign": _minor(limits.lifetime_per_campaign),
                        "daily_total": _minor(limits.daily_total),
                    },
                )

    def commitments(self, account_id: str) -> Sequence[Commitment]:
        """Return what the account may spend a day; see `AccountSpending.commitments`."""
        with self._database.transaction() as cursor:
            return read_commitments(cursor, account_id)


def lock_limits(cursor: Any, account_id: str) -> SpendLimits:
    """Return the limits of an account; until the transaction ends, nobody else gets them so."""
    row = cursor.execute(queries("launches")["lock_limit"], {"account_id": account_id}).fetchone()
    if row is None:
        return SpendLimits()
    return SpendLimits(
        *(
            Money(row[name], row["currency"]) if row[name] is not None else None
            for name in ("daily_per_campaign", "lifetime_per_campaign", "daily_total")
        )
    )


def read_commitments(cursor: Any, account_id: str) -> list[Commitment]:
    """Return what the account is committed to, as the cursor's transaction sees it."""
    rows = cursor.execute(queries("launches")["commitments"], {"account_id": account_id}).fetchall()
    return [
        Commitment(row["name"], row["daily_spend"], row["campaign_id"], row["object_id"])
        for row in rows
    ]


def _minor(money: Money | None) -> int | None:
    return money.amount_minor if money else None
