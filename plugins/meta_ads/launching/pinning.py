"""Whether a launch can take a plan, and whether at once or as changes to what is at Meta."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meta_ads.errors import NotAllowedToActivate, PlanMismatch
from meta_ads.launching.ports import LaunchRecord, LaunchState, StepState
from meta_ads.planning.changes import Action, Changes, StepChange
from meta_ads.planning.comparison import OFF, TIMES, KnownObject, compare, wanted_status
from meta_ads.planning.plan import Plan
from meta_ads.planning.replacement import with_replacements
from meta_ads.planning.step import StepKind

NAMED = (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD)


@dataclass(frozen=True, slots=True)
class KnownStep:
    """A step the ledger already has.

    `applied` are the parameters its object has, or would be sent with; `changing` those of an
    update without a known outcome.
    """

    key: str
    kind: StepKind
    state: StepState
    spec_hash: str
    object_id: str | None
    applied: Mapping[str, Any]
    changing: Mapping[str, Any] | None = None

    @property
    def sent(self) -> bool:
        """Whether an object of it exists at Meta, or may exist."""
        return self.state is not StepState.NEW


@dataclass(frozen=True, slots=True)
class Choice:
    """What a launch does with a plan.

    `plan` is what it is pinned to; `revision` the plan it is to change to, or None; `changes` what
    becomes of every object.
    """

    plan: Plan
    revision: Plan | None
    changes: Changes

    @property
    def target(self) -> Plan:
        """What the launch is to have."""
        return self.revision or self.plan

    def refuse(self) -> None:
        """Raise PlanMismatch, with every reason, when Meta does not let it change so."""
        if not self.changes.refusals:
            return
        listed = "".join(f"\n  - {_told(change)}" for change in self.changes.refusals)
        raise PlanMismatch(
            f"{self.target.campaign_id} cannot become what its file says now:{listed}\n"
            "Nothing was changed."
        )


def choose_plan(launch: LaunchRecord, plan: Plan, known: Sequence[KnownStep]) -> Choice:
    """Return what the launch does with `plan`.

    What was never sent takes the new plan at once. What is at Meta changes by a revision, which
    `launching/revising.py` applies. The pinned plan stays when the person declared the same and
    only this package's parameters differ from what was sent. NotAllowedToActivate when the launch
    was withdrawn, which is for ever; PlanMismatch when the file names another account.
    """
    if launch.state is LaunchState.WITHDRAWN:
        raise NotAllowedToActivate(
            f"{launch.campaign_id} was withdrawn. Use a new campaign_id to launch it again."
        )
    refuse_renaming(launch, plan, known)
    if launch.account_id != plan.account_id:
        raise PlanMismatch(
            f"{plan.campaign_id} was planned for {launch.account_id}, the file now says "
            f"{plan.account_id}. Nothing was changed. Put the account back, or launch the campaign "
            "under a new campaign_id."
        )
    there = known_objects(known, launch.plan)
    wanted = _wanted(launch, _settled(plan, there), there)
    changes = compare(wanted, there, live=launch.live)
    if any(_needs_revision(change, launch) for change in changes.steps) or changes.refusals:
        return Choice(launch.plan, wanted, changes)
    return Choice(launch.plan if launch.live else wanted, None, changes)


def changes_left(launch: LaunchRecord, known: Sequence[KnownStep]) -> Changes:
    """Return what is left to do until Meta has what `launch.target` says."""
    return compare(launch.target, known_objects(known, launch.plan), live=launch.live)


def known_objects(known: Sequence[KnownStep], plan: Plan) -> dict[str, KnownObject]:
    """Return, by key, what was sent of these steps. `plan` is what the launch is pinned to.

    What no plan meant to be on is still paused, as everything is created.
    """
    meant = {step.key: wanted_status(step) for step in plan.steps}
    return {
        step.key: KnownObject(
            key=step.key,
            kind=step.kind,
            object_id=step.object_id,
            spec_hash=step.spec_hash,
            params={name: value for name, value in step.applied.items() if name != "status"},
            status=step.applied.get("status") or meant.get(step.key, OFF),
            changing=step.changing or {},
        )
        for step in known
        if step.sent
    }


def _settled(plan: Plan, there: Mapping[str, KnownObject]) -> Plan:
    sent = {
        item.key: item.params
        for item in there.values()
        if item.kind is StepKind.CREATIVE and item.params
    }
    return with_replacements(plan, sent)


def _wanted(launch: LaunchRecord, plan: Plan, there: Mapping[str, KnownObject]) -> Plan:
    """Return the plan as it was pinned before, when the person declared the same then."""
    if launch.revision is not None and launch.revision.declared == plan.declared:
        return launch.revision
    if launch.plan.declared == plan.declared and not _fits(plan, there):
        return launch.plan
    return plan


def _fits(plan: Plan, there: Mapping[str, KnownObject]) -> bool:
    """Whether everything of the plan that was sent was sent with its very parameters."""
    return all(
        there[step.key].spec_hash == step.spec_hash for step in plan.steps if step.key in there
    )


def refuse_renaming(launch: LaunchRecord, plan: Plan, known: Sequence[KnownStep]) -> None:
    """Raise PlanMismatch when what has a generated name at Meta would be called something else.

    Reports are joined by these names. See `governance`; a name written by hand may change.
    """
    if not launch.plan.naming:
        return
    now = {step.key: step.params.get("name") for step in plan.steps}
    renamed = [
        f"“{before.params.get('name')}” would become “{now[before.key]}”"
        for before in launch.plan.of_kind(*NAMED)
        if before.key in {step.key for step in known if step.sent}
        and now.get(before.key, before.params.get("name")) != before.params.get("name")
    ]
    if renamed:
        listed = "".join(f"\n  - {change}" for change in renamed)
        raise PlanMismatch(
            f"{plan.campaign_id} is named by configs/taxonomy.yaml, and such names are for ever "
            f"once something is at Meta:{listed}\n"
            "Nothing was changed. Put the parts of the name, or the pattern, back as they were; "
            f"or write “name: {launch.plan.naming['name']}” in place of naming."
        )


def _needs_revision(change: StepChange, launch: LaunchRecord) -> bool:
    match change.action:
        case Action.CHANGE:
            times_only = all(field.name in TIMES for field in change.fields)
            return launch.live or not times_only
        case Action.CREATE | Action.REPLACE:
            return launch.state is not LaunchState.PLANNED
        case _:
            return False


def _told(change: StepChange) -> str:
    step = change.step
    name = step.params.get("name", step.key)
    fields = "; ".join(
        f"{field.name}: {field.before!r} → {field.after!r}" for field in change.fields
    )
    return (
        f"{step.kind.replace('_', ' ')} {change.object_id or ''} “{name}”"
        f"{f' ({fields})' if fields else ''}: {change.refusal}"
    )
