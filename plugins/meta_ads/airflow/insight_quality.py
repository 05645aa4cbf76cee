"""The last tasks of `sync_insights`: what is wrong with the data, and dropping what is too old."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from logging import Logger
from typing import Any

from airflow.sdk.exceptions import AirflowSkipException

from meta_ads.airflow.insight_jobs import lateness
from meta_ads.airflow.outcomes import fail_for_good
from meta_ads.campaigns.account import Account
from meta_ads.campaigns.insight_settings import InsightSettings
from meta_ads.errors import StopAndAsk
from meta_ads.store.insight_quality import QualityStore
from meta_ads.store.insights import InsightStore
from meta_ads.syncing.insight_quality import InsightFinding, counts, findings, first_kept_day

# Days are judged as long as they are read again, and a week longer.
_LONGER = timedelta(days=7)


def checked_quality(
    accounts: Iterable[Account],
    settings: InsightSettings,
    insights: InsightStore,
    quality: QualityStore,
    log: Logger,
) -> Mapping[str, Mapping[str, int]]:
    """Write what is wrong with the insights of each account, log it, and return the counts.

    Fails the task when `fail_on` names what was found.
    """
    found: list[InsightFinding] = []
    for account in accounts:
        wrong = _judged(account, settings, insights, quality)
        quality.save(account.account_id, wrong)
        found += wrong
    for one in found:
        log.warning("%s: %s", one.account_id, one.message)
    if not found:
        log.info("Nothing is wrong with the insights.")
    red = [one for one in found if one.rule.value in settings.fail_on]
    if red:
        listed = "\n".join(f"  - {one.account_id}: {one.message}" for one in red)
        fail_for_good(
            log.error,
            StopAndAsk(
                f"Findings in the insights: {len(red)}\n{listed}\n"
                "What was read is kept. They are rows of meta_ads.insight_finding, too; "
                "`fail_on` in configs/insights.yaml says which of them turn this task red."
            ),
        )
    return counts(found)


def _judged(
    account: Account, settings: InsightSettings, insights: InsightStore, quality: QualityStore
) -> list[InsightFinding]:
    now = insights.now()
    since = (now - timedelta(days=settings.reread_days) - _LONGER).date()
    late = lateness(settings.cron, account.timezone, insights.last_read(account.account_id), now)
    return findings(
        account.account_id,
        quality.day_sums(account.account_id, since),
        quality.day_rows(account.account_id, since),
        late,
        account.timezone,
    )


def dropped_months(settings: InsightSettings, quality: QualityStore, log: Logger) -> dict[str, Any]:
    """Drop what is older than it is kept, and return it; skips the task when all is kept."""
    if settings.keep_months is None and settings.keep_history_months is None:
        raise AirflowSkipException("configs/insights.yaml keeps everything for ever.")
    today = datetime.now(UTC).date()
    told: dict[str, Any] = {"partitions": [], "versions": 0}
    if settings.keep_months is not None:
        first = first_kept_day(today, settings.keep_months)
        told["partitions"] = quality.drop_insights(first)
        log.info("Insights before %s: dropped %s", first, told["partitions"] or "nothing")
    if settings.keep_history_months is not None:
        first = first_kept_day(today, settings.keep_history_months)
        told["versions"] = quality.forget_history(first)
        log.info("Versions replaced before %s: deleted %s", first, told["versions"])
    return told
