"""Bring what is at Meta to what an edited campaign file says, object by object.

Everything new is created first, paused (`creation`). Then each object that differs gets one POST,
which may be repeated, in an order that never spends more than the old or the new plan. The ledger
holds the intent before each POST, so that an update whose outcome nobody knows is sent again,
whichever plan is wanted by then. At the end the new plan becomes the launch's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from meta_ads.errors import (
    AccessLost,
    FixInput,
    NotAllowedToActivate,
    PlanMismatch,
    RejectedByMeta,
    StepBusy,
    Throttled,
    TryAgain,
)
from meta_ads.launching.approval import missing_approval
from meta_ads.launching.creation import still_ahead
from meta_ads.launching.ports import (
    AdPlatform,
    LaunchLedger,
    LaunchRecord,
    LaunchState,
    Lease,
    Progress,
    StepLedger,
)
from meta_ads.launching.timing import Timing
from meta_ads.planning.changeable import STATUS
from meta_ads.planning.changes import Action, Changes, StepChange
from meta_ads.planning.comparison import OFF, ON, wanted_status
from meta_ads.planning.step import Step, StepKind, resolve
from meta_ads.planning.updates import in_order, update_params


class Reviser:
    """Applies revisions. `owner` names this worker, unique to its process."""

    def __init__(
        self,
        platform: AdPlatform,
        launches: LaunchLedger,
        steps: StepLedger,
        owner: str,
        log: Progress,
        timing: Timing | None = None,
    ) -> None:
        self._platform = platform
        self._launches = launches
        self._steps = steps
        self._owner = owner
        self._log = log
        self._timing = timing or Timing()

    def apply(self, campaign_id: str) -> LaunchRecord:
        """Apply what is left of the launch's revision; return the launch with it as its plan.

        Without a revision nothing is done. NotAllowedToActivate when it was withdrawn, lacks its
        approval or would exceed a limit; FixInput when an object is still to be created;
        PlanMismatch when Meta would not let it change so; and what `AdPlatform.update` raises:
        then the rest stays to be done, and the launch goes on as it is.
        """
        launch = self._launches.launch(campaign_id)
        if launch.revision is None:
            return launch
        refuse_revision(launch)
        changes = self._launches.changes(launch)
        _refuse_changes(launch, changes)
        launch = self._launches.begin_revision(launch)
        for change in in_order(changes):
            self._update(launch, change)
        launch = self._launches.promote(launch)
        self._log("%s is what plan %s says", campaign_id, launch.plan.hash[:12])
        return launch

    def _update(self, launch: LaunchRecord, change: StepChange) -> None:
        with self._steps.lease_done(change.step.key, self._owner) as lease:
            # Read once more: a withdrawal, a lost approval or a newer plan must win, and another
            # worker may have made this change.
            current = self._current(launch)
            left = self._launches.changes(current).steps
            [now] = [item for item in left if item.step.key == change.step.key]
            if now.action is not Action.CHANGE:
                return
            self._send(current, now, lease)
            self._keep_off(launch, change)

    def _current(self, launch: LaunchRecord) -> LaunchRecord:
        current = self._launches.launch(launch.campaign_id)
        refuse_revision(current)
        if current.revision is None or current.target.hash != launch.target.hash:
            raise NotAllowedToActivate(
                f"{launch.campaign_id}: its plan changed meanwhile to {current.target.hash[:12]}. "
                "Trigger the launch again."
            )
        return current

    def _send(self, launch: LaunchRecord, change: StepChange, lease: Lease) -> None:
        """Commit the intent, send one POST unless there is nothing to send, commit the outcome."""
        assert change.object_id is not None, "only what exists is changed"
        step = change.step
        ids = self._steps.object_ids(step.parents)
        values = update_params(change)
        sent = _sendable(resolve(values, ids), launch, step, lease.now)
        self._steps.begin_update(lease, _intent(values, change), launch)
        committed = monotonic()
        if not self._steps.still_leased(lease) or (
            monotonic() - committed > self._timing.send_window
        ):
            raise StepBusy(f"Step {step.key}: this worker was too slow to send.", lease.expires_at)
        try:
            if sent:
                self._platform.update(change.object_id, sent)
        except (RejectedByMeta, AccessLost, Throttled, TryAgain) as refusal:
            self._steps.record_not_updated(lease, str(refusal))
            raise
        content = {**step.params, **step.late_params, STATUS: wanted_status(step)}
        said = "; ".join(f"{field.name}: {field.before} → {field.after}" for field in change.fields)
        self._steps.record_updated(lease, step, content, said)
        self._log("%s %s changed: %s", step.kind, change.object_id, said)

    def _keep_off(self, launch: LaunchRecord, change: StepChange) -> None:
        """Pause the campaign again when it was stopped, or lost its leave, meanwhile."""
        if change.step.kind is not StepKind.CAMPAIGN or change.step.paused:
            return
        current = self._launches.launch(launch.campaign_id)
        may_be_on = not current.live or current.may_be_on or current.resuming
        if current.state is not LaunchState.WITHDRAWN and may_be_on:
            return
        assert change.object_id is not None, "only what exists is changed"
        if current.live and not current.paused:
            # Switched on again once it is approved.
            self._steps.record_paused(change.step.key)
        self._platform.update(change.object_id, {STATUS: OFF})
        refuse_revision(current)


def refuse_revision(launch: LaunchRecord) -> None:
    """Raise NotAllowedToActivate unless the launch may change to its revision now."""
    if launch.state is LaunchState.WITHDRAWN:
        raise NotAllowedToActivate(f"{launch.campaign_id} was withdrawn; nothing changes any more.")
    if launch.on_air and not launch.target_approved:
        rest = (
            "What was changed already stays so until then, or until the old file is triggered."
            if launch.revision_begun
            else "Until then it goes on as it was."
        )
        raise NotAllowedToActivate(f"{missing_approval(launch)} {rest}")


def _refuse_changes(launch: LaunchRecord, changes: Changes) -> None:
    if changes.refusals:
        listed = "".join(
            f"\n  - {change.step.key}: {change.refusal}" for change in changes.refusals
        )
        raise PlanMismatch(f"{launch.campaign_id} cannot become what its file says:{listed}")
    missing = [
        change.step.key
        for change in changes.steps
        if change.action in (Action.CREATE, Action.REPLACE)
    ]
    if missing:
        raise FixInput(
            f"{launch.campaign_id} is not complete at Meta ({', '.join(missing)}). "
            "Trigger the launch again: what exists is kept."
        )


def _sendable(
    params: Mapping[str, Any], launch: LaunchRecord, step: Step, now: datetime
) -> Mapping[str, Any]:
    """Leave out what only going live may switch on, and times that have passed."""
    kept = still_ahead(params, now)
    campaign = step.kind is StepKind.CAMPAIGN
    if kept.get(STATUS) == ON and (not launch.live or (campaign and launch.paused)):
        del kept[STATUS]
    return kept


def _intent(values: Mapping[str, Any], change: StepChange) -> Mapping[str, Any]:
    wanted = {**change.step.params, **change.step.late_params, STATUS: wanted_status(change.step)}
    return {name: wanted.get(name) for name in values}
