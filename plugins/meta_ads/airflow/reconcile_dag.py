"""The DAG that takes launches on without their own runs, and the second activator."""

from __future__ import annotations

import logging
import os
import uuid
from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.sdk import DAG, task

from meta_ads.airflow.deadlines import ended_within
from meta_ads.airflow.hooks.ledger import LedgerHook, database_url
from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.airflow.outcomes import RETRY_DELAY, fail_for_good
from meta_ads.airflow.queues import urgent
from meta_ads.campaigns.notification_settings import load_notification_settings
from meta_ads.errors import FixInput, Held
from meta_ads.launching.timing import Rhythm
from meta_ads.store.database import Database
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.step_ledger import PostgresStepLedger

DOC = """
Looks at every launch that is not finished, from the ledger alone: neither the campaign file nor the
launch's own run is needed.

- **take_on** finds out what became of calls whose answer was lost, goes on with launches that were
  left half made, deletes second objects of ours, verifies what is live, and keeps withdrawn
  launches paused.
- **activate_due** switches on what becomes due, at its second, whether or not the launch's own run
  or the triggerer is alive.
- **report** fails when a person is needed. Its log says for what, and how to go on. It fails once
  for each thing, and again after a day if it is still open, so that the overview of this DAG keeps
  it among the recent failed task logs. Its later logs and `adlaunch status` list what is open.
- **tell_people** sends what `configs/notifications.yaml` wants sent; without channels there it is
  not in the DAG.
"""
EVERY = timedelta(minutes=2)
# The next run may start late; until then this one keeps watch.
OVERLAP = timedelta(seconds=45)
log = logging.getLogger(__name__)


def build_reconcile_dag(home: Path, every: timedelta = EVERY) -> DAG:
    """Return the DAG `reconcile_launches`. `home` is the folder with `configs` and `creatives`."""
    with DAG(
        dag_id="reconcile_launches",
        dag_display_name="Reconcile launches",
        description="Takes on what was left unfinished, and switches on what is due",
        doc_md=DOC,
        schedule=every,
        start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
        catchup=False,
        # Airflow needs minutes to see that a worker died; the next run must not wait for that.
        max_active_runs=2,
        is_paused_upon_creation=False,
        tags=["launch"],
        deadline=ended_within(timedelta(minutes=30), "Reconcile launches", home),
        default_args={
            "owner": "meta_ads",
            # What becomes due meanwhile cannot wait for the next run.
            "retries": 3,
            "retry_delay": RETRY_DELAY,
            "execution_timeout": timedelta(hours=1),
        },
    ) as dag:
        # Ahead of the launches' own tasks: what they leave undone must not wait behind them.
        @task(doc_md="Takes every unfinished launch as far as it can go now.", priority_weight=500)
        def take_on() -> list[str]:
            from meta_ads.airflow.launch_dag import PREFIX
            from meta_ads.airflow.run_notes import write_notes
            from meta_ads.campaigns.accounts import load_accounts
            from meta_ads.launching.reconciliation import Reconciler
            from meta_ads.media.files import CreativeFiles

            ledger, rhythm = LedgerHook(), Rhythm()
            # A limit that was lowered holds for launches that were planned before.
            ledger.spending.set_limits(list(load_accounts(home).by_key.values()))
            meta = MetaAdsHook(home=home)
            worker = f"reconcile@{os.getpid()}-{uuid.uuid4().hex[:12]}"
            problems, tokenless = [], set()
            for campaign_id in ledger.launches.unfinished(rhythm.idle, rhythm.watch):
                account_id = ledger.launches.launch(campaign_id).account_id
                if account_id in tokenless:
                    continue
                try:
                    platform = meta.for_account(account_id)
                except FixInput as error:
                    problems.append(f"{campaign_id}: {error}")
                    continue
                files = CreativeFiles(home / "creatives")
                reconciler = Reconciler(
                    platform, ledger.launches, ledger.steps, files, worker, log.info
                )
                outcome = reconciler.drive(campaign_id)
                if outcome.token_dead:
                    # `report` tells of the token, once for all that waits for it.
                    log.warning("Meta takes no token of %s; its launches wait.", account_id)
                    tokenless.add(account_id)
                else:
                    problems.extend(outcome.problems)
            write_notes(ledger.requests.settle(), PREFIX, ledger)
            return problems

        @task(
            doc_md="Switches on at its second what becomes due before the next run.",
            priority_weight=1000,
            **urgent(),
        )
        def activate_due() -> list[str]:
            from meta_ads.launching.activation import Activator
            from meta_ads.launching.due import ActivatorsByAccount, DueActivations, Tools

            meta, ledger = MetaAdsHook(home=home), LedgerHook()
            platforms_of_thread = meta.platforms_of(meta.connections())
            url = database_url(ledger.get_connection(ledger.db_conn_id))

            def connect() -> Tools:
                database = Database(url)
                launches = PostgresLaunchLedger(database)
                steps = PostgresStepLedger(database)
                platforms = platforms_of_thread()

                def activator(account_id: str) -> Activator:
                    platform = platforms.for_account(account_id)
                    return Activator(platform, launches, steps, log.info)

                return Tools(ActivatorsByAccount(launches, activator), launches)

            return DueActivations(connect, log.info).run((every + OVERLAP).total_seconds())

        @task(
            doc_md="Fails when a person is newly needed, and says for what.",
            trigger_rule="all_done",
        )
        def report(*found: list[str] | None) -> list[str]:
            from meta_ads.airflow.metrics import report_metrics
            from meta_ads.launching.notices import announcement

            ledger = LedgerHook()
            problems = [problem for problems in found for problem in problems or ()]
            held = [row["last_error"] for row in ledger.steps.held()]
            dead = ledger.tokens.dead()
            notices = ledger.notices.keep([*held, *problems, *dead], Rhythm().remind)
            report_metrics(ledger.measures.read(), log)
            if any(notice.tell for notice in notices):
                fail_for_good(log.error, Held(announcement(notices)))
            if notices:
                log.warning("%s", announcement(notices))
            return [notice.text for notice in notices]

        if load_notification_settings(home)[0].channels:

            @task(
                doc_md="Tells people what happened, as `configs/notifications.yaml` says. It fails "
                "for no channel that takes nothing.",
                max_active_tis_per_dag=1,
                retries=0,
            )
            def tell_people() -> int:
                from meta_ads.airflow.notifying import tell_what_happened

                return tell_what_happened(home)

            tell_people()
        # At run time the tasks hand over what they returned.
        report(take_on(), activate_due())  # type: ignore[arg-type]
    return dag
