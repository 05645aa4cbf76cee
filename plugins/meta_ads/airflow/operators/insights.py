"""The operator that brings the insights of an account into Postgres; Meta is awaited outside."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import BaseOperator, Context

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.airflow.outcomes import GRACE, PATIENCE, fail_for_good
from meta_ads.airflow.triggers.report_runs import ReportRunsTrigger
from meta_ads.campaigns.insight_reports import ADS, Report
from meta_ads.campaigns.insight_settings import InsightSettings, load_insight_settings
from meta_ads.errors import FixInput, StopAndAsk, WaitUntil
from meta_ads.store.insights import InsightStore
from meta_ads.syncing.insight_ports import InsightReads
from meta_ads.syncing.insight_slices import Slice
from meta_ads.syncing.insights import InsightSync, advance_in_turn


class SyncInsightsOperator(BaseOperator):
    """Reads what is due of one account. Deferrable: report runs are waited for in the triggerer.

    :param account: `account_id`, and `since` and `until` (ISO days) when only those are wanted
    :param home: the folder with configs
    :param meta_conn_id: connection of type `meta_ads`
    :param db_conn_id: Postgres connection of the ledger
    """

    # Ids and days from checked configuration; a mapped argument must be a template field.
    template_fields: Sequence[str] = ("account",)

    def __init__(
        self,
        *,
        account: dict[str, str],
        home: str,
        meta_conn_id: str = MetaAdsHook.default_conn_name,
        db_conn_id: str = LedgerHook.default_conn_name,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{**PATIENCE, **kwargs})
        self.account = account
        self.home = home
        self.meta_conn_id = meta_conn_id
        self.db_conn_id = db_conn_id

    def execute(self, context: Context) -> dict[str, str]:
        """Begin, or begin again: what this DAG run has read already is not read twice."""
        with closing(LedgerHook(self.db_conn_id).database) as database:
            now = InsightStore(database).now()
        # Our clock may be ahead of the database's, by which readings are ordered.
        started = context["dag_run"].start_date or now
        return self._advance(min(started, now))

    def resume(self, context: Context, event: Any = None, begun: str = "") -> dict[str, str]:
        """Go on after a wait: the database knows what is left to do.

        `airflow dags test` forgets when the sync began, which costs a second reading.
        """
        return self._advance(datetime.fromisoformat(begun)) if begun else self.execute(context)

    def _advance(self, begun: datetime) -> dict[str, str]:
        """Return the account and when its sync began; defer while Meta is at work."""
        ledger = LedgerHook(self.db_conn_id)
        with closing(ledger.database):
            return self._advance_all(ledger, begun)

    def _advance_all(self, ledger: LedgerHook, begun: datetime) -> dict[str, str]:
        account_id = self.account["account_id"]
        settings, _ = load_insight_settings(Path(self.home))
        meta = MetaAdsHook(self.meta_conn_id, self.home, self.db_conn_id)
        reports = [ADS, *settings.reports_of(account_id)]
        try:
            platform = meta.for_account(account_id)
            outcome = advance_in_turn(
                [self._sync(report, ledger, platform, settings, begun) for report in reports]
            )
        except WaitUntil as wait:
            self.log.info("%s", wait)
            self._defer(DateTimeTrigger(moment=wait.not_before), wait.not_before, begun)
        except (FixInput, StopAndAsk) as error:
            fail_for_good(self.log.error, error)
        if outcome.until is not None:
            assert outcome.not_before is not None, "an outcome has both or none"
            trigger = ReportRunsTrigger(
                meta.connection_for(account_id),
                outcome.waiting_for,
                outcome.not_before.isoformat(),
                outcome.until.isoformat(),
            )
            self._defer(trigger, outcome.until, begun)
        return {"account_id": account_id, "begun": begun.isoformat()}

    def _sync(
        self,
        report: Report,
        ledger: LedgerHook,
        meta: InsightReads,
        settings: InsightSettings,
        begun: datetime,
    ) -> InsightSync:
        """Return the sync of one report, with tables of its own."""
        return InsightSync(
            self.account["account_id"],
            meta,
            ledger.insights if report is ADS else ledger.breakdown(report),
            ledger.report_runs(report),
            settings,
            begun,
            lambda: datetime.now(UTC),
            lambda text, *values: self.log.info(f"{report.name}: {text}", *values),
            wanted_days(self.account),
            report,
        )

    def _defer(self, trigger: Any, until: datetime, begun: datetime) -> None:
        self.defer(
            trigger=trigger,
            method_name="resume",
            kwargs={"begun": begun.isoformat()},
            timeout=max(until - datetime.now(UTC), timedelta(0)) + GRACE,
        )


def wanted_days(account: dict[str, str]) -> Slice | None:
    """Return the days an account's job names; None when whatever is due is wanted."""
    if "since" not in account:
        return None
    return Slice(date.fromisoformat(account["since"]), date.fromisoformat(account["until"]))
