"""What goes live in the next weeks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from meta_ads.campaigns.account import DEFAULT_TIMEZONE
from meta_ads.store.pages import Readable
from meta_ads.web.desk import Desk, Ledger
from meta_ads.web.models import Upcoming
from meta_ads.web.situations import SITUATIONS

# How far the calendar looks.
BACK, AHEAD = timedelta(days=1), timedelta(days=60)


def upcoming(desk: Desk, ledger: Ledger, readable: Readable) -> list[Upcoming]:
    """Return the launches that went live since yesterday or are to go live, the first first."""
    now = datetime.now(UTC)
    found = []
    for row in ledger.pages.upcoming(readable, now - BACK, now + AHEAD):
        account = desk.account(row["account_id"])
        situation = SITUATIONS[row["situation"]]
        found.append(
            Upcoming(
                campaign_id=row["campaign_id"],
                title=row["title"],
                account_id=row["account_id"],
                account_name=account.client_name if account else None,
                timezone=account.timezone if account else DEFAULT_TIMEZONE,
                currency=account.currency if account else None,
                activate_at=row["activate_at"],
                daily_budget_minor=row["daily_spend"],
                situation=row["situation"],
                label=situation.label,
                tone=situation.tone,
            )
        )
    return found
