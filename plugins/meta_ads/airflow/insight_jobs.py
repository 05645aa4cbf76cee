"""Which accounts a run of `sync_insights` reads: decisions by cron, time zone and kind of run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter

from meta_ads.campaigns.account import Account
from meta_ads.syncing.insight_quality import Lateness
from meta_ads.syncing.insight_slices import backfill_days

_MOMENT = timedelta(seconds=1)
# A reading may take so long before its account counts as late.
_READING = timedelta(hours=2)


def last_firing(cron: str, timezone: str, moment: datetime) -> datetime:
    """Return the last time at or before `moment` (aware) that the cron fired in its zone."""
    local = moment.astimezone(ZoneInfo(timezone))
    # By the wall clock: on a day that changes clocks the cron fires by what people read.
    wall: datetime = croniter(cron, local.replace(tzinfo=None) + _MOMENT).get_prev(datetime)
    return wall.replace(tzinfo=ZoneInfo(timezone))


def scheduled_jobs(
    accounts: Iterable[Account],
    cron: str,
    moment: datetime,
    last_reads: Mapping[str, datetime | None],
) -> list[dict[str, str]]:
    """Return the accounts not read since their cron last fired.

    So an account whose run was missed, because no scheduler was there, comes with the next one.
    """
    return [
        {"account_id": account.account_id}
        for account in accounts
        if (last := last_reads.get(account.account_id)) is None
        or last < last_firing(cron, account.timezone, moment)
    ]


def backfill_jobs(accounts: Iterable[Account], cron: str, moment: datetime) -> list[dict[str, str]]:
    """Return the accounts whose cron fires at `moment`, with the days that ended since before."""
    jobs = []
    for account in accounts:
        zone = account.timezone
        fired = last_firing(cron, zone, moment)
        if fired != moment:
            continue
        before = last_firing(cron, zone, moment - _MOMENT)
        days = backfill_days(fired.date(), before.date())
        if days is not None:
            ends = {"since": days.since.isoformat(), "until": days.until.isoformat()}
            jobs.append({"account_id": account.account_id, **ends})
    return jobs


def lateness(
    cron: str, timezone: str, last_read: datetime | None, now: datetime
) -> Lateness | None:
    """Return since when an account should have been read again; None when it is not late.

    `missed` is the first time its cron fired after the last reading, by the account's own clock;
    of an account that was never read, the last time.
    """
    due = last_firing(cron, timezone, now - _READING)
    if last_read is not None and last_read >= due:
        return None
    if last_read is None:
        return Lateness(due, None, now)
    missed = due
    while (before := last_firing(cron, timezone, missed - _MOMENT)) > last_read:
        missed = before
    return Lateness(missed, last_read, now)
