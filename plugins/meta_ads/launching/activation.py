"""Switch a launch on: children first, then one call that turns the campaign on."""

from __future__ import annotations

from collections.abc import Mapping

from meta_ads.errors import FixInput, NotAllowedToActivate, VerificationFailed, WaitUntil
from meta_ads.launching.ports import (
    AdPlatform,
    LaunchLedger,
    LaunchRecord,
    LaunchState,
    Progress,
    StepLedger,
)
from meta_ads.launching.verification import differences, live_objects
from meta_ads.planning.step import Step, StepKind

LIVE = frozenset({LaunchState.ACTIVE, LaunchState.VERIFIED})


def refuse_activation(launch: LaunchRecord, ids: Mapping[str, str]) -> None:
    """Raise unless the launch may go live now, on the ledger's word alone.

    NotAllowedToActivate when withdrawn, unapproved or without an activation time; WaitUntil
    before its time; FixInput when an object is missing.
    """
    if launch.state is LaunchState.WITHDRAWN:
        raise NotAllowedToActivate(f"{launch.campaign_id} was withdrawn; it stays paused.")
    if launch.activate_at is None:
        raise NotAllowedToActivate(
            f"{launch.campaign_id} has no schedule.activate_at; it stays paused. "
            "Add one to the campaign file and trigger the launch again."
        )
    if launch.plan.approval_required and launch.approved_hash != launch.plan.hash:
        raise NotAllowedToActivate(
            f"{launch.campaign_id} needs an approval of plan {launch.plan.hash[:12]}, "
            "and nobody has given it."
        )
    if launch.now < launch.activate_at:
        raise WaitUntil(f"{launch.campaign_id} goes live later.", launch.activate_at)
    missing = [step.key for step in launch.plan.steps if step.key not in ids]
    if missing or launch.state is LaunchState.PLANNED:
        raise FixInput(
            f"{launch.campaign_id} is not complete at Meta ({', '.join(missing) or 'create_ad'}). "
            "Trigger the launch again: what exists is kept."
        )


def activate(
    campaign_id: str,
    platform: AdPlatform,
    launches: LaunchLedger,
    steps: StepLedger,
    log: Progress,
) -> LaunchRecord:
    """Switch the launch on, and return it ACTIVE (or VERIFIED, when it already was).

    Sends nothing for a launch that is live. Raises what `refuse_activation` raises, and
    VerificationFailed when an object is not as planned; then the campaign stays paused.
    """
    launch = launches.launch(campaign_id)
    if launch.state in LIVE:
        log("%s is live already; nothing to do", campaign_id)
        return launch
    ids = steps.object_ids([step.key for step in launch.plan.steps])
    refuse_activation(launch, ids)
    _refuse_differences(launch, platform, ids)
    launch = launches.advance(launch, LaunchState.ACTIVATING, "every check passed")
    if launch.state in LIVE:
        log("%s was switched on by another worker meanwhile", campaign_id)
        return launch
    for step in launch.plan.of_kind(StepKind.AD):
        platform.update(ids[step.key], {"status": "ACTIVE"})
    for step in launch.plan.of_kind(StepKind.AD_SET):
        platform.update(ids[step.key], {"status": "ACTIVE"})
    log("ads and ad sets are on, under a paused campaign")
    # Read once more: a withdrawal or a new plan since the first read must win.
    refuse_activation(launches.launch(campaign_id), ids)
    campaign = _campaign(launch)
    platform.update(ids[campaign.key], {"status": "ACTIVE"})
    try:
        launch = launches.advance(launch, LaunchState.ACTIVE, f"campaign {ids[campaign.key]} on")
    except NotAllowedToActivate:
        # Withdrawn between the last read and the call: take it back at once.
        platform.update(ids[campaign.key], {"status": "PAUSED"})
        raise
    log("campaign %s is live", ids[campaign.key])
    return launch


def _campaign(launch: LaunchRecord) -> Step:
    return launch.plan.of_kind(StepKind.CAMPAIGN)[0]


def _refuse_differences(launch: LaunchRecord, platform: AdPlatform, ids: Mapping[str, str]) -> None:
    # ACTIVATING: an earlier worker may have turned the campaign on and died before writing it.
    begun = launch.state is LaunchState.ACTIVATING
    objects = live_objects(launch.plan, platform, ids)
    found = differences(launch.plan, objects, {"PAUSED", "ACTIVE"} if begun else {"PAUSED"})
    if found:
        listed = "".join(f"\n  - {difference}" for difference in found)
        raise VerificationFailed(
            f"{launch.campaign_id} was not switched on, because at Meta it is not what was "
            f"planned:{listed}\nPut it right in Ads Manager, then clear the task activate."
        )
