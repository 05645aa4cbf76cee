"""What accounts spend, and may spend, as far as a person may see it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from meta_ads.campaigns.account import Account
from meta_ads.store.pages import Readable, Row
from meta_ads.web.desk import Desk, Ledger
from meta_ads.web.models import AccountSpend, SpendDay
from meta_ads.web.pacing import pace


def accounts(desk: Desk, ledger: Ledger, readable: Readable) -> list[AccountSpend]:
    """Return the spend of accounts, by name.

    Who may read every DAG sees whole accounts. Anybody else sees the accounts of the campaigns they
    may read, and of each what these campaigns alone are, without the account's limit.
    """
    known = sorted(desk.accounts().by_key.values(), key=lambda one: one.client_name)
    if not readable.everything:
        theirs = ledger.pages.readable_accounts(readable)
        known = [account for account in known if account.account_id in theirs]
    ids = [account.account_id for account in known]
    rows = {row["account_id"]: row for row in ledger.pages.account_spend(readable, ids)}
    days = defaultdict(list)
    for day in ledger.pages.account_days(readable, ids):
        days[day["account_id"]].append(day)
    return [
        _account(account, rows[account.account_id], days[account.account_id], readable.everything)
        for account in known
    ]


def _account(account: Account, row: Row, days: list[Row], whole: bool) -> AccountSpend:
    today = datetime.now(ZoneInfo(account.timezone)).date()
    spent = {day["date"]: day["spend"] for day in days}
    spent_in = days[-1]["currency"] if days else None
    figures = pace(row["committed"], row["daily_total"], spent, account.currency, spent_in, today)
    return AccountSpend(
        account_id=account.account_id,
        key=account.key,
        name=account.client_name,
        timezone=account.timezone,
        currency=account.currency,
        whole=whole,
        live=row["live"] or 0,
        committed=figures.committed,
        limit=figures.limit if whole else None,
        spend_currency=spent_in,
        per_day=figures.per_day,
        pace_percent=figures.percent,
        month=figures.month,
        month_end=figures.month_end,
        read_at=row["read_at"],
        days=[SpendDay(date=day["date"], spend=day["spend"]) for day in days],
    )
