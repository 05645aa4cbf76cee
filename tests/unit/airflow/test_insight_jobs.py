"""Which accounts a run of `sync_insights` reads."""

from __future__ import annotations

from datetime import UTC, datetime

from meta_ads.airflow.insight_jobs import (
    backfill_jobs,
    last_firing,
    lateness,
    scheduled_jobs,
)
from meta_ads.campaigns.account import Account
from meta_ads.campaigns.insight_settings import DEFAULT_CRON

SG = Account("sg", "act_1", "One", "SGD", "Asia/Singapore")
DE = Account("de", "act_2", "Two", "EUR", "Europe/Berlin")


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_the_cron_is_by_the_wall_clock_of_the_accounts_zone() -> None:
    # 21 November 2026 is a Saturday; Sunday has no runs.
    assert last_firing(DEFAULT_CRON, "Asia/Singapore", utc(21, 0)) == utc(21, 0)
    assert last_firing(DEFAULT_CRON, "Europe/Berlin", utc(21, 0)) == utc(20, 19)
    assert last_firing(DEFAULT_CRON, "Asia/Singapore", utc(22, 23)) == utc(21, 12)
    summer = datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert last_firing(DEFAULT_CRON, "Europe/Berlin", summer).astimezone(UTC).hour == 6


def test_a_run_reads_the_accounts_whose_time_it_is() -> None:
    reads = {"act_1": utc(20, 12, 5), "act_2": utc(20, 19, 5)}
    jobs = scheduled_jobs([SG, DE], DEFAULT_CRON, utc(21, 0), reads)
    assert jobs == [{"account_id": "act_1"}]


def test_an_account_whose_run_was_missed_or_that_is_new_comes_with_the_next_run() -> None:
    reads = {"act_1": utc(20, 12, 5), "act_2": utc(20, 13, 5)}
    jobs = scheduled_jobs([SG, DE], DEFAULT_CRON, utc(21, 0), reads)
    assert [job["account_id"] for job in jobs] == ["act_1", "act_2"]
    assert scheduled_jobs([DE], DEFAULT_CRON, utc(21, 0), {}) == [{"account_id": "act_2"}]


def test_a_backfill_run_reads_the_days_that_ended_in_the_zone_of_its_time() -> None:
    monday = backfill_jobs([SG, DE], DEFAULT_CRON, utc(23, 0))
    assert monday == [{"account_id": "act_1", "since": "2026-11-21", "until": "2026-11-22"}]
    assert backfill_jobs([SG, DE], DEFAULT_CRON, utc(23, 6)) == []


def test_an_account_is_late_two_hours_after_a_reading_it_missed() -> None:
    # In Singapore the cron fires at 0, 6 and 12 o'clock UTC.
    read = utc(20, 0, 4)
    assert lateness(DEFAULT_CRON, SG.timezone, read, utc(20, 7, 59)) is None
    late = lateness(DEFAULT_CRON, SG.timezone, read, utc(20, 8))
    assert late is not None
    assert late.missed == utc(20, 6)
    late = lateness(DEFAULT_CRON, SG.timezone, read, utc(21, 9))
    assert late is not None
    assert late.missed == utc(20, 6), "the first reading it missed, not the last"


def test_an_account_that_was_never_read_is_late_since_its_last_time() -> None:
    late = lateness(DEFAULT_CRON, SG.timezone, None, utc(22, 9))
    assert late is not None
    # Sunday has no runs.
    assert (late.missed, late.last_read) == (utc(21, 12), None)
