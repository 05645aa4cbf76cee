"""The DAGs by which a person pauses and resumes a live launch from Airflow's UI or REST API."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, Param, get_current_context, task

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.airflow.outcomes import MAX_RETRY_DELAY, RETRIES, RETRY_DELAY, fail_for_good
from meta_ads.errors import FixInput, StopAndAsk
from meta_ads.launching.pausing import pause, resume
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


def build_pause_dag(home: Path) -> DAG:
    """Return the DAG `pause_launch`. `home` is the folder with `configs`."""
    described = "Switches a live launch off for a while"
    return _dag("pause", "Pause a launch", described, PAUSE_DOC, home)


def build_resume_dag(home: Path) -> DAG:
    """Return the DAG `resume_launch`. `home` is the folder with `configs`."""
    described = "Switches a paused launch on again"
    return _dag("resume", "Resume a launch", described, RESUME_DOC, home)


def _dag(word: str, title: str, description: str, doc: str, home: Path) -> DAG:
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
            return _switched(word, home)

        act()
    return dag


def _switched(word: str, home: Path) -> str:
    """Run the use case as whoever triggered the run; return the launch's state."""
    context = get_current_context()
    ledger, campaign_id, run = LedgerHook(), context["params"]["campaign_id"], context["dag_run"]
    by = getattr(run, "triggering_user_name", None) or "Airflow"
    try:
        launch = ledger.launches.launch(campaign_id)
        if word == "pause":
            # First of all, whatever there is to say of connections and of Meta.
            launch = ledger.launches.pause(campaign_id, by)
        meta = MetaAdsHook(home=home).for_account(launch.account_id)
        ports = (meta, ledger.launches, ledger.steps, log.info)
        if word == "pause":
            launch = pause(campaign_id, by, *ports)
        else:
            # Who clears the run asks anew; Airflow's own retries do not.
            asked_at = run.start_date if run.clear_number else run.run_after
            launch = resume(campaign_id, by, *ports, asked_at=asked_at)
    except UnknownLaunch:
        unknown = FixInput(f"No launch “{campaign_id}”: it was never triggered.")
        fail_for_good(log.error, unknown)
    except (FixInput, StopAndAsk) as error:
        fail_for_good(log.error, error)
    return str(launch.state)
