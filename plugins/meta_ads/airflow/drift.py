"""The summary of drift in a task's log, and its failing where an account wants that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from logging import Logger
from pathlib import Path

from meta_ads.airflow.outcomes import fail_for_good
from meta_ads.campaigns.accounts import load_accounts
from meta_ads.errors import StopAndAsk
from meta_ads.store.drift import DriftStore

REMEDY = (
    "Put it back in Ads Manager; or write it into the campaign file and trigger the launch, so "
    "that it is the plan; or take the launch back with `adlaunch withdraw`."
)


def told_drift(
    home: Path, account_ids: Sequence[str], drift: DriftStore, log: Logger
) -> dict[str, int]:
    """Log everything that differs; return how many findings are open by campaign.

    Fails the task, after all of it was told, when an account with `drift: fail` has any.
    """
    accounts = load_accounts(home)
    rows = drift.open(account_ids)
    failing = []
    for row in rows:
        text = f"{row['campaign_id']}: {row['message']} (since {row['first_seen_at']:%F %H:%M} UTC)"
        log.warning("%s", text)
        account = accounts.find(row["account_id"])
        if account is not None and account.drift_fails:
            failing.append(text)
    if not rows:
        log.info("Everything at Meta is as planned, in %s accounts.", len(account_ids))
    if failing:
        listed = "".join(f"\n  - {text}" for text in failing)
        error = StopAndAsk(f"{len(failing)} settings at Meta are not as planned:{listed}\n{REMEDY}")
        fail_for_good(log.error, error)
    return dict(Counter(row["campaign_id"] for row in rows))
