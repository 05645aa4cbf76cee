"""A person's yes to exactly one plan, through Airflow's required actions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.campaigns.accounts import load_accounts
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.spending import daily_commitment
from meta_ads.planning.changes import missing
from meta_ads.planning.markdown import as_markdown
from meta_ads.planning.plan import Plan
from meta_ads.planning.report import Report


class LaunchApprovalOperator(ApprovalOperator):
    """Asks for approval where the account wants it; skipped elsewhere.

    The decision is written to the ledger with the plan's hash and the person's name. `activate`
    reads it there: a plan that changes afterwards needs another approval.

    :param campaign_id: the campaign file's `campaign_id`
    :param home: the folder with configs/accounts.yaml
    :param db_conn_id: Postgres connection of the ledger
    """

    def __init__(
        self,
        *,
        campaign_id: str,
        home: str,
        db_conn_id: str = LedgerHook.default_conn_name,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            subject=f"Approve the launch of {campaign_id}", fail_on_reject=True, **kwargs
        )
        self.campaign_id = campaign_id
        self.home = home
        self.db_conn_id = db_conn_id

    def execute(self, context: Context) -> Any:
        """Show the plan and wait for a person, unless this plan needs no approval."""
        launch = LedgerHook(self.db_conn_id).launches.launch(self.campaign_id)
        if not launch.plan.approval_required:
            raise AirflowSkipException("This account needs no approval.")
        if launch.activate_at is None:
            raise AirflowSkipException("No schedule.activate_at: nothing goes live.")
        if launch.approved_hash == launch.plan.hash or launch.state is not LaunchState.PAUSED:
            raise AirflowSkipException("This plan is approved already.")
        self.body = as_markdown(self._report(launch.plan))
        return super().execute(context)

    def _report(self, plan: Plan) -> Report:
        """Return what the person is to approve, money and times in the words of its account."""
        ids = LedgerHook(self.db_conn_id).steps.object_ids([step.key for step in plan.steps])
        account = load_accounts(Path(self.home)).find(plan.account_id)
        committed = daily_commitment(plan, LedgerHook(self.db_conn_id).spending)
        return Report(plan, missing(plan, ids), account, committed=committed)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Write the decision to the ledger; a rejection fails the task."""
        launches = LedgerHook(self.db_conn_id).launches
        approved = event.get("chosen_options") == [self.APPROVE]
        user = event.get("responded_by_user") or {}
        who = user.get("name") or user.get("id") or "unknown"
        launches.approve(launches.launch(self.campaign_id), approved, str(who))
        return super().execute_complete(context, event)
