"""The DAG that brings statuses back: daily for every account, on demand for one campaign."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pendulum
from airflow.sdk import DAG, Param, get_current_context, task

from meta_ads.airflow.deadlines import ended_within
from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.airflow.outcomes import PATIENCE, fail_for_good
from meta_ads.errors import FixInput, StopAndAsk
from meta_ads.planning.step import StepKind
from meta_ads.syncing.drift import check_drift
from meta_ads.syncing.statuses import read_account, rows_of, sync_objects

if TYPE_CHECKING:
    from meta_ads.graph.platform import MetaPlatform

DOC = """
Reads each account in which something was launched, with every campaign, ad set, ad, creative and
video in it, and writes

- `meta_ads.object_status`, `meta_ads.creative`, `meta_ads.video`, `meta_ads.ad_account`: what Meta
  says now, one row for each object;
- `meta_ads.object_status_history` and so on: one row for each time an object was seen different;
- `meta_ads.drift`: where Meta differs from what a launch sent; the task **drift** lists it, and
  fails for accounts with `drift: fail` in `configs/accounts.yaml`;
- `meta_ads.access_token`: whether each token works, until when, and what it may do; the task
  **tokens** fails when one needs a person;
- `meta_ads.name_finding`: what is wrong with the names of what stands at Meta;
- `meta_ads.naming_code`: brands, markets and channels of `configs/taxonomy.yaml`.

To sync one campaign now, trigger this DAG with its `campaign_id`.
"""
log = logging.getLogger(__name__)
# One account after the other would be slow, all at once would meet Meta's limits.
ACCOUNTS_AT_ONCE = 4


def build_sync_dag(home: Path, schedule: str = "@daily") -> DAG:
    """Return the DAG `sync_statuses`. `home` is the folder with `configs`."""
    with DAG(
        dag_id="sync_statuses",
        dag_display_name="Sync statuses",
        description="What Meta says of accounts and everything in them, into Postgres",
        doc_md=DOC,
        schedule=schedule,
        start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["sync"],
        deadline=ended_within(timedelta(hours=3), "Sync statuses", home),
        params={
            "campaign_id": Param(
                None,
                type=["null", "string"],
                title="Campaign",
                description="The campaign_id of a campaign file; empty means every account.",
            )
        },
        default_args={
            "owner": "meta_ads",
            **PATIENCE,
            "execution_timeout": timedelta(hours=1),
        },
    ) as dag:

        @task(doc_md="Lists the accounts with launches, or the one of the campaign asked for.")
        def accounts() -> list[str]:
            ledger = LedgerHook()
            campaign_id = _campaign_id()
            if campaign_id is None:
                return ledger.statuses.accounts()
            return [ledger.launches.launch(campaign_id).account_id]

        @task(
            doc_md="Reads one account from Meta and writes what changed.",
            max_active_tis_per_dagrun=ACCOUNTS_AT_ONCE,
            map_index_template="{{ account_id }}",
        )
        def sync(account_id: str) -> dict[str, int]:
            get_current_context()["account_id"] = account_id  # type: ignore[typeddict-unknown-key]
            ledger, campaign_id = LedgerHook(), _campaign_id()
            try:
                meta = MetaAdsHook(home=home).for_account(account_id)
                if campaign_id is None:
                    return _sync_whole(account_id, meta, ledger)
                ids = {
                    step["object_id"]: StepKind(step["kind"])
                    for step in ledger.launches.steps(campaign_id)
                    if step["object_id"] is not None
                }
                counts = sync_objects(account_id, ids, meta, ledger.statuses)
            except (FixInput, StopAndAsk) as error:
                fail_for_good(log.error, error)
            return {"seen": counts.seen, "changed": counts.changed}

        @task(
            doc_md="Checks the names at Meta against `configs/taxonomy.yaml`. Its log lists what "
            "is wrong; it fails for none of it.",
            trigger_rule="all_done",
        )
        def names(account_ids: list[str] | None) -> dict[str, dict[str, int]]:
            from meta_ads.airflow.names import checked_names

            return checked_names(home, account_ids or [], LedgerHook().names, log)

        @task(
            doc_md="Lists where Meta differs from what launches sent. It fails for accounts that "
            "want that (`drift: fail`).",
            trigger_rule="all_done",
        )
        def drift(account_ids: list[str] | None) -> dict[str, int]:
            from meta_ads.airflow.drift import told_drift

            return told_drift(home, account_ids or [], LedgerHook().drift, log)

        @task(
            doc_md="Asks Meta of each access token whether it works, when it expires, and what it "
            "may do and see. It fails when one needs a person; the others go on."
        )
        def tokens() -> list[str]:
            from meta_ads.airflow.tokens import checked_tokens
            from meta_ads.campaigns.accounts import load_accounts

            configured = list(load_accounts(home).by_key.values())
            return checked_tokens(configured, MetaAdsHook(), LedgerHook().tokens, log)

        tokens()
        listed = accounts()
        # At run time the tasks are handed the list itself.
        judged = [names(listed), drift(listed)]  # type: ignore[arg-type]
        sync.expand(account_id=listed) >> judged
    return dag


def _sync_whole(account_id: str, meta: MetaPlatform, ledger: LedgerHook) -> dict[str, int]:
    """Read a whole account, keep it, and judge its launches by it."""
    begun = ledger.drift.now()
    state = read_account(account_id, meta, ledger.statuses)
    counts = ledger.statuses.save(rows_of(state))
    found, findings = check_drift(state, begun, ledger.drift)
    for finding in findings:
        log.warning("%s: %s", finding.campaign_id, finding.message)
    return {
        "seen": counts.seen,
        "changed": counts.changed,
        "drift": found.open,
        "drift_new": found.new,
        "drift_settled": found.settled,
    }


def _campaign_id() -> str | None:
    campaign_id: str | None = get_current_context()["params"].get("campaign_id")
    return campaign_id or None
