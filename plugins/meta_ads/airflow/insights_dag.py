"""The DAG that brings insights back: what is due of every account, three times a day."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pendulum
from airflow.sdk import DAG, Asset, Param, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowSkipException

from meta_ads.airflow.deadlines import ended_within
from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.airflow.insight_jobs import backfill_jobs, scheduled_jobs
from meta_ads.airflow.insight_quality import checked_quality, dropped_months
from meta_ads.airflow.operators.insights import SyncInsightsOperator
from meta_ads.airflow.outcomes import PATIENCE, fail_for_good
from meta_ads.airflow.timetable import ZonedCronTimetable
from meta_ads.campaigns.account import DEFAULT_TIMEZONE
from meta_ads.campaigns.accounts import load_accounts
from meta_ads.campaigns.insight_settings import InsightSettings, load_insight_settings
from meta_ads.errors import StopAndAsk
from meta_ads.syncing.insight_slices import Slice
from meta_ads.syncing.insights import compare_with_account

DOC = """
Reads what ads did, by ad and day, of each account in `configs/accounts.yaml`, and writes

- `meta_ads.ad_insight`, `meta_ads.ad_insight_action`, `meta_ads.ad_insight_action_value`;
- `meta_ads.insight_breakdown` and its actions: the same by hour, age, country and so on, as far as
  `configs/insights.yaml` asks for it;
- `meta_ads.insight_day`: when each day was read, and whether its ads add up to the account;
- `meta_ads.insight_finding`: what is wrong: days whose ads do not add up, accounts that are late,
  days with far fewer rows than the days around them.

Meta restates days for four weeks, so these are read each time. The first load goes back as far as
`configs/insights.yaml` says and goes on where it was when it is interrupted. A backfill of this
DAG reads the days that ended in its range anew, whatever their age.

Each day on which anything changed is an event of the asset `meta_ads_insights`, with the partition
key `<account>/<day>`.
"""
ASSET = Asset("meta_ads_insights")
log = logging.getLogger(__name__)


def build_insights_dag(home: Path) -> DAG:
    """Return the DAG `sync_insights`; a bad configuration file gives its defaults."""
    settings, _ = load_insight_settings(home)
    zones = {account.timezone for account in load_accounts(home).by_key.values()}
    with DAG(
        dag_id="sync_insights",
        dag_display_name="Sync insights",
        description="What ads did, by ad and day, into Postgres",
        doc_md=DOC,
        schedule=ZonedCronTimetable(
            [(settings.cron, zone) for zone in zones or {DEFAULT_TIMEZONE}]
        ),
        start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
        catchup=False,
        # The first load of one zone's accounts holds up no other zone.
        max_active_runs=4,
        is_paused_upon_creation=False,
        tags=["sync"],
        deadline=ended_within(timedelta(hours=6), "Sync insights", home),
        params={
            "account_id": Param(
                None,
                type=["null", "string"],
                title="Account",
                description="An account of configs/accounts.yaml; empty means all that are due.",
            )
        },
        default_args={
            "owner": "meta_ads",
            **PATIENCE,
            "execution_timeout": timedelta(hours=4),
        },
    ) as dag:

        @task(doc_md="Chooses the accounts that are due, or the one asked for.")
        def accounts() -> list[dict[str, str]]:
            return _jobs(home)

        @task_group(group_id="account")
        def account(job: dict[str, str]) -> None:
            read = SyncInsightsOperator(
                task_id="read",
                account=job,
                home=str(home),
                max_active_tis_per_dagrun=settings.accounts_at_once,
                doc_md="Reads what is due; each slice of days is merged in one transaction.",
            )
            compare(read.output)  # type: ignore[arg-type]  # resolved when it runs
            announce(read.output)  # type: ignore[arg-type]

        @task(doc_md="Holds each finished day against the account's own report.")
        def compare(done: dict[str, str]) -> None:
            _compare(home, done)

        @task(outlets=[ASSET], doc_md="Tells which days changed, as events of the asset.")
        def announce(done: dict[str, str], *, outlet_events: Any = None) -> None:
            now_settings, _ = load_insight_settings(home)
            keys = changed_partitions(done, now_settings, LedgerHook())
            if not keys:
                raise AirflowSkipException("No day changed.")
            outlet_events[ASSET].add_partitions(keys)

        @task(
            doc_md="Writes what is wrong with the insights of every account into "
            "`meta_ads.insight_finding`: sums, lateness, missing rows.",
            trigger_rule="all_done",
        )
        def quality() -> Mapping[str, Mapping[str, int]]:
            ledger = LedgerHook()
            known = load_accounts(home).by_key.values()
            now_settings, _ = load_insight_settings(home)
            return checked_quality(known, now_settings, ledger.insights, ledger.quality, log)

        @task(
            doc_md="Drops whole months that are older than `configs/insights.yaml` keeps them.",
            trigger_rule="all_done",
        )
        def retention() -> dict[str, Any]:
            now_settings, _ = load_insight_settings(home)
            return dropped_months(now_settings, LedgerHook().quality, log)

        @task(
            doc_md="Copies what changed in the views to Parquet files, where "
            "`configs/insights.yaml` names a folder.",
            trigger_rule="all_done",
        )
        def parquet() -> dict[str, int]:
            from meta_ads.airflow.mirrors import parquet_copied

            now_settings, _ = load_insight_settings(home)
            return parquet_copied(now_settings, LedgerHook().mirrors, log)

        @task(
            doc_md="Copies what changed in the views to SQL Server, where "
            "`configs/insights.yaml` turns it on.",
            trigger_rule="all_done",
        )
        def mssql() -> dict[str, int]:
            from meta_ads.airflow.mirrors import mssql_copied

            now_settings, _ = load_insight_settings(home)
            return mssql_copied(now_settings, LedgerHook().mirrors, log)

        @task(
            doc_md="Sums up what campaigns did by day, for the Campaigns page.",
            trigger_rule="all_done",
        )
        def sum_up() -> None:
            LedgerHook().pages.refresh_days()

        read = account.expand(job=accounts())
        read >> sum_up()
        read >> quality() >> retention() >> [parquet(), mssql()]
    return dag


def changed_partitions(
    done: Mapping[str, str], settings: InsightSettings, ledger: LedgerHook
) -> list[str]:
    """Return `<account>/<day>` of each day that a sync changed in any of the account's reports."""
    account_id, begun = done["account_id"], datetime.fromisoformat(done["begun"])
    stores = [ledger.insights, *map(ledger.breakdown, settings.reports_of(account_id))]
    changed = {day for store in stores for day in store.read_since(account_id, begun)[1]}
    return [f"{account_id}/{day}" for day in sorted(changed)]


def _jobs(home: Path) -> list[dict[str, str]]:
    """Return which accounts this run reads."""
    context = get_current_context()
    run, asked = context["dag_run"], context["params"].get("account_id")
    known = load_accounts(home)
    if asked:
        found = known.find(str(asked))
        if found is None:
            error = StopAndAsk(f"{asked} is not in configs/accounts.yaml. Add it, or leave it out.")
            fail_for_good(log.error, error)
        return [{"account_id": found.account_id}]
    cron = load_insight_settings(home)[0].cron
    everyone = list(known.by_key.values())
    if run.run_type == "backfill" and run.logical_date is not None:
        return backfill_jobs(everyone, cron, run.logical_date)
    if run.run_type == "scheduled":
        insights = LedgerHook().insights
        reads = {one.account_id: insights.last_read(one.account_id) for one in everyone}
        return scheduled_jobs(everyone, cron, run.logical_date or datetime.now(UTC), reads)
    return [{"account_id": one.account_id} for one in everyone]


def _compare(home: Path, done: dict[str, str]) -> None:
    """Keep what the account reports of each day that is over; the task `quality` judges it."""
    account_id, begun = done["account_id"], datetime.fromisoformat(done["begun"])
    ledger, meta = LedgerHook(), MetaAdsHook(home=home).for_account(account_id)
    zone = meta.account_facts(account_id).timezone
    today = datetime.now(UTC).astimezone(pendulum.timezone(zone)).date()
    read, _ = ledger.insights.read_since(account_id, begun)
    over = [day for day in read if day < today]
    if not over:
        raise AirflowSkipException("No day that is over was read.")
    part = Slice(min(over), max(over))
    for gap in compare_with_account(account_id, part, meta, ledger.insights):
        log.warning("%s, %s", account_id, gap)
