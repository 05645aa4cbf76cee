"""The operators of a launch, in the order of the chain."""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from meta_ads.airflow.operators.base import LaunchOperator
from meta_ads.airflow.outcomes import LEAD
from meta_ads.airflow.requests import open_request, request_key
from meta_ads.airflow.run_notes import write_note
from meta_ads.airflow.trigger_form import refuse_unknown_conf, trigger_of
from meta_ads.errors import NotAllowedToActivate, listed
from meta_ads.graph.ads_manager import ads_manager_url
from meta_ads.launching.activation import Activator
from meta_ads.launching.creation import Creator
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.requests import pinned
from meta_ads.launching.revising import Reviser
from meta_ads.launching.spending import daily_commitment
from meta_ads.launching.uploading import Uploader
from meta_ads.launching.verification import verify
from meta_ads.planning.changes import Action
from meta_ads.planning.explain import explain
from meta_ads.planning.plan import Plan
from meta_ads.planning.report import Report
from meta_ads.planning.report_json import as_json
from meta_ads.planning.step import StepKind

LEVELS = {StepKind.CAMPAIGN: "campaigns", StepKind.AD_SET: "adsets", StepKind.AD: "ads"}


class PreflightOperator(LaunchOperator):
    """Checks the campaign file, the video and the account; lists every problem at once.

    What can be tried at Meta without making it is tried there, by Meta's own rules.
    """

    writes: ClassVar[bool] = False

    def work(self, context: Context) -> Any:
        """Return what was checked, as text for people."""
        from meta_ads.airflow.preflight import checked_plan, refuse_what_meta_refuses

        open_request(context, self.campaign_id, self.home, self.ledger.requests)
        refuse_unknown_conf(context)
        checked = checked_plan(self, context)
        refuse_what_meta_refuses(self, checked)
        facts = "".join(f"\n  {label}: {value}" for label, value in checked.plan.summary.items())
        self.log.info("Everything needed is there:%s", facts)
        if checked.warnings:
            self.log.warning("%s", listed(checked.warnings))
        return dict(checked.plan.summary)


class PlanOperator(LaunchOperator):
    """Fixes what this launch will do: the steps, their Graph parameters, and a hash."""

    writes: ClassVar[bool] = False
    noted: ClassVar[bool] = True

    def work(self, context: Context) -> Any:
        """Pin the plan in the ledger; return it as `planning/plan.schema.json` describes."""
        from meta_ads.airflow.preflight import checked_plan

        checked = checked_plan(self, context)
        choice = self.ledger.launches.preview(checked.plan)
        plan = choice.target
        account = checked.loaded.declaration.account
        committed = daily_commitment(plan, self.ledger.spending)
        report = Report(plan, choice.changes, account, checked.warnings, committed)
        self.log.info("The plan, %s:\n%s", plan.hash[:12], explain(report))
        choice.refuse()
        if not context["params"].get("dry_run"):
            self.ledger.spending.set_limits([account])
            self.ledger.launches.pin(checked.plan, trigger_of(context))
            self._ready(context, plan)
        return as_json(report)

    def _ready(self, context: Context, plan: Plan) -> None:
        key = request_key(context, self.campaign_id)
        if key is not None:
            pinned(self.ledger.requests, key, plan.hash)


class UploadVideoOperator(LaunchOperator):
    """Uploads the video in chunks, going on where an earlier try stopped."""

    def work(self, context: Context) -> Any:
        """Return the video ids."""
        plan = self.launch().target
        uploader = uploader_of(self)
        ids = [
            uploader.ensure_video(step, plan.account_id) for step in plan.of_kind(StepKind.VIDEO)
        ]
        for step in plan.of_kind(StepKind.IMAGE):
            if step.source is not None:
                uploader.ensure_image(step, plan.account_id)
        return ids[0] if len(ids) == 1 else ids


class CreateOperator(LaunchOperator):
    """Creates every object of one kind, paused, each exactly once.

    :param kind: what to create
    """

    def __init__(self, *, kind: StepKind, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = StepKind(kind)
        self.object_url = ""

    def work(self, context: Context) -> Any:
        """Return the ids."""
        launch = self.launch()
        if launch.state is LaunchState.WITHDRAWN:
            raise NotAllowedToActivate(
                f"{self.campaign_id} was withdrawn; nothing more is created for it."
            )
        plan = launch.target
        if self.kind is StepKind.CREATIVE:
            uploader = uploader_of(self)
            for step in plan.of_kind(StepKind.IMAGE):
                uploader.ensure_image(step, plan.account_id)
        creator = Creator(self.platform, self.ledger.steps, self.worker, self.log.info)
        changes = self.ledger.launches.changes(launch)
        ids = []
        for change in changes.steps:
            if change.step.kind is not self.kind or change.refusal:
                continue
            if change.action is Action.CHANGE:
                # `apply_changes` does it, once everything that is new exists.
                assert change.object_id is not None, "only what exists is changed"
                ids.append(change.object_id)
                continue
            ids.append(creator.ensure(change.step, plan.account_id))
            if launch.state in (LaunchState.PLANNED, LaunchState.PAUSED):
                creator.keep_current(change.step, ids[-1], launch.now)
        if self.kind in LEVELS:
            self.object_url = ads_manager_url(
                self.platform.base_url, plan.account_id, LEVELS[self.kind], ids[0]
            )
        if self.kind is StepKind.AD:
            self._finish()
            write_note(context, self.campaign_id, self.ledger)
        return ids[0] if len(ids) == 1 else ids

    def _finish(self) -> None:
        """Every object exists: the launch is complete, and paused."""
        launch = self.launch()
        if launch.state is LaunchState.PLANNED and launch.revision is None:
            self.ledger.launches.advance(launch, LaunchState.PAUSED, "complete and paused")


class ApplyChangesOperator(LaunchOperator):
    """Changes what is at Meta to what the edited campaign file says."""

    noted: ClassVar[bool] = True

    def work(self, context: Context) -> Any:
        """Return the hash of the plan that is at Meta now. Skipped when nothing changes."""
        if self.launch().revision is None:
            raise AirflowSkipException("Nothing that exists at Meta changes.")
        reviser = Reviser(
            self.platform,
            self.ledger.launches,
            self.ledger.steps,
            self.worker,
            self.log.info,
        )
        launch = reviser.apply(self.campaign_id)
        if launch.state is LaunchState.PLANNED:
            self.ledger.launches.advance(launch, LaunchState.PAUSED, "complete and paused")
        self.ledger.requests.settle(self.campaign_id)
        return launch.plan.hash


class ActivateOperator(LaunchOperator):
    """Switches the launch on: ads and ad sets under the paused campaign, then the campaign."""

    def work(self, context: Context) -> Any:
        """Return the launch's state."""
        activator = Activator(self.platform, self.ledger.launches, self.ledger.steps, self.log.info)
        launch = activator.activate(self.campaign_id, LEAD)
        return str(launch.state)


class VerifyOperator(LaunchOperator):
    """Reads the launch back from Meta and fails loudly when it is not what was planned."""

    noted: ClassVar[bool] = True

    def work(self, context: Context) -> Any:
        """Return the launch's state."""
        launch = verify(
            self.campaign_id,
            self.platform,
            self.ledger.launches,
            self.ledger.steps,
            self.log.info,
        )
        self.ledger.requests.settle(self.campaign_id)
        return str(launch.state)


def uploader_of(operator: LaunchOperator) -> Uploader:
    """Return the uploader for an operator's connections and folder."""
    from meta_ads.media.files import CreativeFiles

    return Uploader(
        operator.platform,
        operator.ledger.steps,
        CreativeFiles(operator.creatives),
        operator.worker,
        operator.log.info,
    )
