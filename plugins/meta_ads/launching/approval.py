"""A person's decision on exactly one plan: when to ask for it, whose counts, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from meta_ads.errors import ApprovalRefused, FixInput, NotAllowedToActivate
from meta_ads.launching.ports import LaunchRecord, LaunchState

# An approval that ends so soon after the activation time leaves room for what delays a launch.
SPARE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who decides: their name, and the id by which their sign-in service knows them."""

    name: str
    person_id: str | None = None


class Approvals(Protocol):
    """The ledger, as far as decisions go."""

    def launch(self, campaign_id: str) -> LaunchRecord:
        """Return the launch. KeyError when there is none."""

    def approve(
        self,
        launch: LaunchRecord,
        approved: bool,
        decided_by: str,
        *,
        person_id: str | None = None,
        plan_hash: str | None = None,
    ) -> str | None:
        """Write the decision down for ever; return why it does not count, or None."""


def decide(
    ledger: Approvals,
    campaign_id: str,
    approved: bool,
    person: Person,
    plan_hash: str | None = None,
) -> LaunchRecord:
    """Record a decision on the plan the launch is to have, and return the launch.

    With `plan_hash`, or the beginning of one, the decision is on that plan and no other: FixInput
    when the launch has another by now, or needs no approval. NotAllowedToActivate when it was
    withdrawn. ApprovalRefused when this person's yes cannot count; it is on record all the same.
    """
    launch = ledger.launch(campaign_id)
    plan = launch.target
    if launch.state is LaunchState.WITHDRAWN:
        raise NotAllowedToActivate(f"{campaign_id} was withdrawn; nobody can approve it any more.")
    if plan_hash is not None and not plan.hash.startswith(plan_hash):
        raise FixInput(
            f"{campaign_id} has another plan by now, {plan.hash[:12]}, and the decision is on "
            f"{plan_hash[:12]}. Look at the new plan, and decide on that."
        )
    if not plan.approval_required:
        raise FixInput(
            f"Plan {plan.hash[:12]} of {campaign_id} needs no approval. To keep it from going "
            f"live, run adlaunch withdraw {campaign_id}."
        )
    refused = ledger.approve(
        launch, approved, person.name, person_id=person.person_id, plan_hash=plan.hash
    )
    if refused is not None:
        raise ApprovalRefused(
            f"The approval of {campaign_id} by {person.name} does not count: {refused}. It is kept "
            "in the launch's history. Clear the task approve to ask again, or run adlaunch approve."
        )
    return ledger.launch(campaign_id)


def settled(launch: LaunchRecord) -> bool:
    """Whether nobody needs to be asked: the launch is approved, beyond its activation time."""
    ends = launch.decision.expires_at if launch.decision else None
    moment = None if launch.live else launch.target.activate_at
    lasts = ends is None or moment is None or ends > moment
    return launch.target_approved and lasts


def ask_from(launch: LaunchRecord) -> datetime | None:
    """Return when to ask, so that the approval still counts at the activation time; None for now.

    An approval that ends before it is needed would only have to be given twice.
    """
    terms, activate_at = launch.target.approval, launch.target.activate_at
    if terms is None or not terms.expires_after or activate_at is None or launch.live:
        return None
    lasts = timedelta(seconds=terms.expires_after)
    moment = activate_at - lasts + min(SPARE, lasts / 2)
    return moment if moment > launch.now else None


def missing_approval(launch: LaunchRecord) -> str:
    """Return what a launch that is not approved lacks, as a sentence."""
    decision, plan = launch.decision, launch.target.hash[:12]
    again = "Trigger the launch again, or clear its task approve, to be asked once more."
    if decision is None:
        return f"{launch.campaign_id} needs an approval of plan {plan}, and nobody has given it."
    if not decision.approved:
        return f"{launch.campaign_id}: {decision.by} rejected plan {plan}. {again}"
    return (
        f"{launch.campaign_id}: the approval of plan {plan} by {decision.by} has expired"
        f"{f' at {decision.expires_at:%F %H:%M} UTC' if decision.expires_at else ''}. {again}"
    )
