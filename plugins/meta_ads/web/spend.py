"""What accounts spend, and may spend, as far as a person may see it."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from meta_ads.store.pages import Readable
from meta_ads.web.desk import Desk, Ledger
from meta_ads.web.models import AccountSpend, SpendDay
from meta_ads.web.pacing import pace


def accounts(desk: Desk, ledger: Ledger, readable: Readable) -> list[AccountSpend]:
    """Return the spend of accounts, by name.

    Who may read every DAG sees whole accounts. Anybody else sees the accounts of the campaigns they
    may read, and of each what these campaigns alone are, without the account's limit.
    """
    known = list(desk.accounts().by_key.values())
    if not readable.everything:
        theirs = ledger.pages.readable_accounts(readable)
        known = [account for account in known if account.account_id in theirs]
    ids = [account.account_id for account in known]
    rows = {row["account_id"]: row for row in ledger.pages.account_spend(readable, ids)}
    days = defaultdict(list)
    for day in ledger.pages.account_days(readable, ids):
        days[day["account_id"]].append(SpendDay(date=day["date"], spend=day["spend"]))
    now = datetime.now(UTC)
    found = []
    for account in sorted(known, key=lambda one: one.client_name):
        row = rows[account.account_id]
        today = now.astimezone(ZoneInfo(account.timezone)).date()
        figures = pace(row, account.currency, today)
        found.append(
            AccountSpend(
                account_id=account.account_id,
                key=account.key,
                name=account.client_name,
                timezone=account.timezone,
                currency=account.currency,
                whole=readable.everything,
                live=row["live"] or 0,
                committed=figures.committed,
                limit=figures.limit if readable.everything else None,
                spend_currency=row["currency"],
                per_day=figures.per_day,
                pace_percent=figures.percent,
                month=figures.month,
                month_end=figures.month_end,
                read_at=row["read_at"],
                days=days[account.account_id],
            )
        )
    return found
