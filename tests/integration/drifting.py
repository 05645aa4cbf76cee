"""Drift of an account as the daily sync finds it, once its launches have rested for a while."""

from __future__ import annotations

from datetime import timedelta

from meta_ads.store.drift import DriftStore
from meta_ads.store.statuses import StatusStore
from meta_ads.syncing.drift import check_drift
from meta_ads.syncing.statuses import read_account, rows_of
from tests.integration.launcher import Launcher

RESTED = timedelta(minutes=10)


def drift(launcher: Launcher, account_id: str) -> list[str]:
    """Sync the account; return what is found, as people are told it."""
    statuses, tables = StatusStore(launcher.database), DriftStore(launcher.database)
    state = read_account(account_id, launcher.meta, statuses)
    statuses.save(rows_of(state))
    _, found = check_drift(state, tables.now() + RESTED, tables)
    return [item.message for item in found]
