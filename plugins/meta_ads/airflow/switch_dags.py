"""The DAGs by which a person withdraws, pauses or resumes a launch from Airflow's UI or API."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.airflow.outcomes import PATIENCE, fail_for_good
from meta_ads.airflow.queues import urgent
from meta_ads.errors import FixInput, StopAndAsk
from meta_ads.launching.pausing import pause, resume
from meta_ads.launching.ports import (
    AdPlatform,
    LaunchLedger,
    LaunchRecord,
    Progress,
    StepLedger,
)
from meta_ads.launching.withdrawal import withdraw
from meta_ads.store.launch_ledger import UnknownLaunch

WITHDRAW_DOC = """
Takes a launch back, before, while or after it goes live: it is recorded as withdrawn, so that
nothing switches it on any more, and its campaign is paused at Meta. A withdrawal is for ever; to
run the campaign after all, launch it under a new `campaign_id`.

Pausing a DAG or failing its run does not stop a launch: what is complete and approved goes live at
its time.
"""
PAUSE_DOC = """
Pauses a live launch: it is recorded, and its campaign is switched off at Meta. It can be resumed.
What is not live yet is kept from going live by rejecting its plan, or by withdrawing it.
"""
RESUME_DOC = """
Switches a paused launch on again. It takes everything that going live takes: the approval of its
plan, the limits of its account, and objects at Meta that are as planned.
"""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """What a person asked for: which launch, who, and the run that says so."""

    campaign_id: str
    by: str
    run: Any
    ledger: LedgerHook
    home: Path

    def ports(self, launch: LaunchRecord) -> tuple[AdPlatform, LaunchLedger, StepLedger, Progress]:
        """Return what the use cases work with."""
        meta = MetaAdsHook(home=self.home).for_account(launch.account_id)
        return meta, self.ledger.launches, self.ledger.steps, log.info


def build_withdraw_dag(home: Path) -> DAG:
    """Return the DAG `withdraw_launch`. `home` is the folder with `configs`."""
    described = "Takes a launch back: paused at Meta, and never switched on again"
    return _dag("withdraw", described, WITHDRAW_DOC, home, _withdraw)


def build_pause_dag(home: Path) -> DAG:
    """Return the DAG `pause_launch`. `home` is the folder with `configs`."""
    return _dag("pause", "Switches a live launch off for a while", PAUSE_DOC, home, _pause)


def build_resume_dag(home: Path) -> DAG:
    """Return the DAG `resume_launch`. `home` is the folder with `configs`."""
    return _dag("resume", "Switches a paused launch on again", RESUME_DOC, home, _resume)


def _withdraw(asked: Asked) -> LaunchRecord:
    # First of all, whatever there is to say of connections and of Meta.
    launch = asked.ledger.launches.withdraw(asked.campaign_id, asked.by)
    return withdraw(asked.campaign_id, asked.by, *asked.ports(launch))


def _pause(asked: Asked) -> LaunchRecord:
    # First of all, as above.
    launch = asked.ledger.launches.pause(asked.campaign_id, asked.by)
    return pause(asked.campaign_id, asked.by, *asked.ports(launch))


def _resume(asked: Asked) -> LaunchRecord:
    launch = asked.ledger.launches.launch(asked.campaign_id)
    # Who clears the run asks anew; Airflow's own retries do not.
    asked_at = asked.run.start_date if asked.run.clear_number else asked.run.run_after
    return resume(asked.campaign_id, asked.by, *asked.ports(launch), asked_at=asked_at)


def _dag(
    word: str, described: str, doc: str, home: Path, switch: Callable[[Asked], LaunchRecord]
) -> DAG:
    with DAG(
        dag_id=f"{word}_launch",
        dag_display_name=f"{word.capitalize()} a launch",
        description=described,
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
            **PATIENCE,
            "execution_timeout": timedelta(hours=1),
        },
    ) as dag:

        @task(
            task_id=word,
            task_display_name=word.capitalize(),
            doc_md=doc.strip(),
            priority_weight=1000,
            **urgent(),
        )
        def act() -> str:
            return _switched(switch, home)

        act()
    return dag


def _switched(switch: Callable[[Asked], LaunchRecord], home: Path) -> str:
    """Run the use case as whoever triggered the run; return the launch's state."""
    context = get_current_context()
    campaign_id, run = context["params"]["campaign_id"], context["dag_run"]
    by = getattr(run, "triggering_user_name", None) or "Airflow"
    try:
        return str(switch(Asked(campaign_id, by, run, LedgerHook(), home)).state)
    except UnknownLaunch:
        unknown = FixInput(f"No launch “{campaign_id}”: it was never triggered.")
        fail_for_good(log.error, unknown)
    except (FixInput, StopAndAsk) as error:
        fail_for_good(log.error, error)
