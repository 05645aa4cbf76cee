"""The DAGs by which a person pauses and resumes a live launch from Airflow's UI or REST API."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from airflow.sdk import DAG, Param, get_current_context, task

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.airflow.outcomes import MAX_RETRY_DELAY, RETRIES, RETRY_DELAY, fail_for_good
from meta_ads.errors import FixInput, StopAndAsk
from meta_ads.launching.pausing import pause, resume
from meta_ads.launching.ports import LaunchRecord
from meta_ads.store.launch_ledger import UnknownLaunch

PAUSE_DOC = """
Pauses a live launch: it is recorded, and its campaign is switched off at Meta. It can be resumed.
What is not live yet is kept from going live by rejecting its plan, or by withdrawing it.
"""
RESUME_DOC = """
Switches a paused launch on again. It takes everything that going live takes: the approval of its
plan, the limits of its account, and objects at Meta that are as planned.
"""
log = logging.getLogger(__name__)
Switch = Callable[..., LaunchRecord]


def build_pause_dag() -> DAG:
    """Return the DAG `pause_launch`."""
    return _dag(
        "pause", "Pause a launch", "Switches a live launch off for a while", PAUSE_DOC, pause
    )


def build_resume_dag() -> DAG:
    """Return the DAG `resume_launch`."""
    return _dag("resume", "Resume a launch", "Switches a paused launch on", RESUME_DOC, resume)


def _dag(word: str, title: str, description: str, doc: str, switch: Switch) -> DAG:
    with DAG(
        dag_id=f"{word}_launch",
        dag_display_name=title,
        description=description,
        doc_md=doc,
        schedule=None,
        catchup=False,
        is_paused_upon_creation=False,
        tags=["launch"],
        params={
            "campaign_id": Param(
                type="string",
                minLength=1,
                title="Campaign",
                description=f"The campaign_id of the launch to {word}.",
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
            task_id=word,
            task_display_name=word.capitalize(),
            doc_md=doc.strip(),
            priority_weight=1000,
        )
        def act() -> str:
            return _switched(switch)

        act()
    return dag


def _switched(switch: Switch) -> str:
    """Run the use case as whoever triggered the run; return the launch's state."""
    context = get_current_context()
    ledger, campaign_id = LedgerHook(), context["params"]["campaign_id"]
    by = getattr(context["dag_run"], "triggering_user_name", None) or "Airflow"
    meta = MetaAdsHook().get_conn()
    try:
        launch = switch(campaign_id, by, meta, ledger.launches, ledger.steps, log.info)
    except UnknownLaunch:
        unknown = FixInput(f"No launch “{campaign_id}”: it was never triggered.")
        fail_for_good(log.error, unknown)
    except (FixInput, StopAndAsk) as error:
        fail_for_good(log.error, error)
    return str(launch.state)
