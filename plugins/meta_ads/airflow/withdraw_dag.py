"""The DAG by which a person takes a launch back from Airflow's UI or REST API."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, Param, get_current_context, task

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.airflow.outcomes import MAX_RETRY_DELAY, RETRIES, RETRY_DELAY, fail_for_good
from meta_ads.airflow.queues import urgent
from meta_ads.errors import FixInput, StopAndAsk
from meta_ads.launching.withdrawal import withdraw
from meta_ads.store.launch_ledger import UnknownLaunch

DOC = """
Takes a launch back, before, while or after it goes live: it is recorded as withdrawn, so that
nothing switches it on any more, and its campaign is paused at Meta. A withdrawal is for ever; to
run the campaign after all, launch it under a new `campaign_id`.

Pausing a DAG or failing its run does not stop a launch: what is complete and approved goes live at
its time.
"""
log = logging.getLogger(__name__)


def build_withdraw_dag(home: Path) -> DAG:
    """Return the DAG `withdraw_launch`. `home` is the folder with `configs`."""
    with DAG(
        dag_id="withdraw_launch",
        dag_display_name="Withdraw a launch",
        description="Takes a launch back: paused at Meta, and never switched on again",
        doc_md=DOC,
        schedule=None,
        catchup=False,
        is_paused_upon_creation=False,
        tags=["launch"],
        params={
            "campaign_id": Param(
                type="string",
                minLength=1,
                title="Campaign",
                description="The campaign_id of the launch to take back.",
            )
        },
        default_args={
            "owner": "meta_ads",
            "retries": RETRIES,
            "retry_delay": RETRY_DELAY,
            "retry_exponential_backoff": 2.0,
            "max_retry_delay": MAX_RETRY_DELAY,
            "execution_timeout": timedelta(hours=1),
        },
    ) as dag:

        @task(
            task_id="withdraw",
            task_display_name="Withdraw",
            doc_md="Records the withdrawal, then pauses the campaign at Meta.",
            priority_weight=1000,
            **urgent(),
        )
        def take_back() -> str:
            context = get_current_context()
            ledger = LedgerHook()
            campaign_id = context["params"]["campaign_id"]
            by = getattr(context["dag_run"], "triggering_user_name", None) or "Airflow"
            try:
                # First of all, whatever there is to say of connections and of Meta.
                account_id = ledger.launches.withdraw(campaign_id, by).account_id
                launch = withdraw(
                    campaign_id,
                    by,
                    MetaAdsHook(home=home).for_account(account_id),
                    ledger.launches,
                    ledger.steps,
                    log.info,
                )
            except UnknownLaunch:
                unknown = FixInput(f"No launch “{campaign_id}”: it was never triggered.")
                fail_for_good(log.error, unknown)
            except (FixInput, StopAndAsk) as error:
                fail_for_good(log.error, error)
            return str(launch.state)

        take_back()
    return dag
