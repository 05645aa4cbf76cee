"""Whether a launch can take a plan: what is already at Meta cannot become something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meta_ads.errors import NotAllowedToActivate, PlanMismatch
from meta_ads.launching.ports import LaunchRecord, LaunchState, StepState
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step, StepKind

NAMED = (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD)


@dataclass(frozen=True, slots=True)
class KnownStep:
    """A step the ledger already has."""

    key: str
    state: StepState
    spec_hash: str
    object_id: str | None

    @property
    def sent(self) -> bool:
        """Whether an object of it exists at Meta, or may exist."""
        return self.state is not StepState.NEW


def choose_plan(launch: LaunchRecord, plan: Plan, known: Sequence[KnownStep]) -> Plan:
    """Return the plan the launch goes on with: `plan`, or the pinned one.

    The pinned one stays when the person declared the same and only this package's parameters
    differ from what was already sent. When the declaration differs from what was sent, PlanMismatch
    lists every object; NotAllowedToActivate when the launch was withdrawn, which is for ever.
    """
    if launch.state is LaunchState.WITHDRAWN:
        raise NotAllowedToActivate(
            f"{launch.campaign_id} was withdrawn. Use a new campaign_id to launch it again."
        )
    refuse_renaming(launch, plan, known)
    differences = _differences(launch, plan, known)
    if not differences:
        return plan
    if launch.plan.declared == plan.declared:
        return launch.plan
    listed = "".join(f"\n  - {difference}" for difference in differences)
    raise PlanMismatch(
        f"{plan.campaign_id} no longer matches what it already created at Meta:{listed}\n"
        "Nothing was changed. Put the campaign file back as it was, or launch the new version "
        "under a new campaign_id."
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


def _differences(launch: LaunchRecord, plan: Plan, known: Sequence[KnownStep]) -> list[str]:
    differences = []
    if launch.account_id != plan.account_id:
        differences.append(
            f"it was planned for {launch.account_id}, the file now says {plan.account_id}"
        )
    planned = {step.key: step for step in plan.steps}
    for step in known:
        if not step.sent:
            continue
        wanted = planned.get(step.key)
        if wanted is None:
            differences.append(f"{_named(step)} exists, the file no longer has it")
        elif wanted.spec_hash != step.spec_hash:
            differences.append(f"{_named(step)} exists with other content{_fields(launch, wanted)}")
    return differences


def _named(step: KnownStep) -> str:
    kind = step.key.split("/")[2].replace("_", " ")
    return f"{kind} {step.object_id}" if step.object_id else f"{kind} ({step.key})"


def _fields(launch: LaunchRecord, wanted: Step) -> str:
    """Say which parameters differ, when the plan that made the object is still the pinned one."""
    try:
        before = launch.plan.step(wanted.key)
    except KeyError:
        return ""
    names = [
        f"{name}: {before.params.get(name)!r} → {wanted.params.get(name)!r}"
        for name in sorted({*before.params, *wanted.params})
        if before.params.get(name) != wanted.params.get(name)
    ]
    return f" ({'; '.join(names)})" if names else ""
