"""A person's yes to exactly one plan, through Airflow's required actions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.outcomes import PATIENCE, come_back, fail_for_good
from meta_ads.airflow.requests import close_request
from meta_ads.airflow.run_notes import write_note
from meta_ads.campaigns.accounts import load_accounts
from meta_ads.errors import FixInput, NotAllowedToActivate, StopAndAsk, WaitUntil
from meta_ads.launching.approval import Person, ask_from, decide, settled
from meta_ads.launching.ports import LaunchRecord, LaunchState
from meta_ads.launching.spending import daily_commitment
from meta_ads.planning.markdown import as_markdown
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
            subject=f"Approve the launch of {campaign_id}",
            fail_on_reject=True,
            **{**PATIENCE, **kwargs},
        )
        self.campaign_id = campaign_id
        self.home = home
        self.db_conn_id = db_conn_id

    def execute(self, context: Context) -> Any:
        """Show the plan and wait for a person, unless this plan needs no approval.

        Where approvals expire, the wait for the person begins when theirs would last until the
        activation time.
        """
        launch = LedgerHook(self.db_conn_id).launches.launch(self.campaign_id)
        plan = launch.target
        if not plan.approval_required:
            raise AirflowSkipException("This plan needs no approval.")
        if not launch.live and (plan.activate_at is None or plan.paused):
            raise AirflowSkipException("No schedule.activate_at: nothing goes live.")
        if settled(launch):
            raise AirflowSkipException("This plan is approved already.")
        if launch.state is not LaunchState.PAUSED and launch.revision is None:
            raise AirflowSkipException("Nothing changes that would need an approval.")
        moment = ask_from(launch)
        if moment is not None:
            come_back(self, WaitUntil("An approval given now would expire too soon.", moment))
        self.body = as_markdown(self._report(launch))
        try:
            return super().execute(context)
        except TaskAwaitingInput as awaiting:
            # The answer is on the plan that was shown, whatever is pinned when it comes.
            awaiting.kwargs = {"plan_hash": plan.hash}
            raise

    def resume(self, context: Context, event: Any = None) -> Any:
        """Go on after a wait: the ledger knows what is left to do."""
        return self.execute(context)

    def _report(self, launch: LaunchRecord) -> Report:
        """Return what the person is to approve, money and times in the words of its account."""
        plan = launch.target
        changes = LedgerHook(self.db_conn_id).launches.changes(launch)
        account = load_accounts(Path(self.home)).find(plan.account_id)
        committed = daily_commitment(plan, LedgerHook(self.db_conn_id).spending)
        return Report(plan, changes, account, committed=committed)

    def execute_complete(
        self, context: Context, event: dict[str, Any], plan_hash: str | None = None
    ) -> Any:
        """Write the decision on `plan_hash` to the ledger; the task fails unless it is a good yes.

        A rejection fails it, and so does the yes of a person whose yes does not count here. When a
        worker dies before it wrote the answer down, the next try asks again.
        """
        user = event.get("responded_by_user") or {}
        name, person_id = user.get("name"), user.get("id")
        person = Person(str(name or person_id or "unknown"), str(person_id) if person_id else None)
        approved = event.get("chosen_options") == [self.APPROVE]
        launches = LedgerHook(self.db_conn_id).launches
        try:
            decide(launches, self.campaign_id, approved, person, plan_hash)
        except (FixInput, StopAndAsk) as error:
            self._end(context, error)
            fail_for_good(self.log.error, error)
        if not approved:
            no = NotAllowedToActivate(f"{person.name} rejected the plan.")
            self._end(context, no)
            # Airflow's own failure on a rejection would be tried again, that is, asked again.
            fail_for_good(self.log.error, no)
        write_note(context, self.campaign_id, LedgerHook(self.db_conn_id))
        return super().execute_complete(context, event)

    def _end(self, context: Context, error: FixInput | StopAndAsk) -> None:
        ledger = LedgerHook(self.db_conn_id)
        close_request(context, self.campaign_id, ledger.requests, error, checks=False)
        write_note(context, self.campaign_id, ledger, error)
