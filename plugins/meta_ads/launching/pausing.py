"""Switch a live launch off for a while, and on again.

A pause only needs a person. A resumption takes everything that going live takes, decided anew: the
approval of exactly this plan, the account's limits, its time, and objects that are as planned.
"""

from __future__ import annotations

from datetime import datetime

from meta_ads.errors import NotAllowedToActivate, VerificationFailed
from meta_ads.launching.approval import missing_approval
from meta_ads.launching.ports import (
    AdPlatform,
    LaunchLedger,
    LaunchRecord,
    LaunchState,
    Progress,
    StepLedger,
)
from meta_ads.launching.verification import differences, live_objects
from meta_ads.launching.withdrawal import switch_off
from meta_ads.planning.step import StepKind


def pause(
    campaign_id: str,
    by: str,
    platform: AdPlatform,
    launches: LaunchLedger,
    steps: StepLedger,
    log: Progress,
) -> LaunchRecord:
    """Record the pause first, so that nothing switches it on; then pause the campaign at Meta.

    Repeating is harmless. KeyError when no such launch exists; NotAllowedToActivate when it is not
    live.
    """
    launch = launches.pause(campaign_id, by)
    switch_off(launch, "paused by a person", platform, launches, steps, log)
    launch = launches.launch(campaign_id)
    if launch.live and not launch.paused:
        # Resumed while the call was under way: nobody knows which call came last, so a pause wins.
        return pause(campaign_id, by, platform, launches, steps, log)
    return launch


def resume(
    campaign_id: str,
    by: str,
    platform: AdPlatform,
    launches: LaunchLedger,
    steps: StepLedger,
    log: Progress,
    asked_at: datetime | None = None,
) -> LaunchRecord:
    """Switch the campaign of a paused launch on, and record it.

    A worker that dies in between leaves the launch paused: the reconciler switches it off again.
    NotAllowedToActivate when going live would be refused now, or when a person paused it after
    `asked_at` (aware): a task that is tried again must not undo that. VerificationFailed when an
    object is not as planned. Sends nothing for a launch that is not paused.
    """
    launch = launches.launch(campaign_id)
    if not launch.paused and launch.live:
        log("%s is not paused; nothing to do", campaign_id)
        return launch
    refuse_resume(launch)
    if asked_at is not None and launch.paused_at is not None and launch.paused_at > asked_at:
        raise NotAllowedToActivate(
            f"{campaign_id} was paused after this resumption was asked for, and stays paused. "
            "Resume it again if it is to go on."
        )
    ids = steps.object_ids([step.key for step in launch.plan.steps])
    found = differences(launch.plan, live_objects(launch.plan, platform, ids), {"PAUSED", "ACTIVE"})
    if found:
        listed = "".join(f"\n  - {difference}" for difference in found)
        raise VerificationFailed(
            f"{campaign_id} stays paused, because at Meta it is not what was planned:{listed}\n"
            "Put it right in Ads Manager, or trigger the launch again; then resume it."
        )
    launches.begin_resume(launch)
    object_id = ids[launch.plan.of_kind(StepKind.CAMPAIGN)[0].key]
    platform.update(object_id, {"status": "ACTIVE"})
    try:
        launch = launches.finish_resume(launch, by)
    except NotAllowedToActivate:
        # Withdrawn, paused, too slow, or no longer allowed, between the check and the call.
        platform.update(object_id, {"status": "PAUSED"})
        raise
    log("%s goes on; campaign %s is on", campaign_id, object_id)
    return launch


def refuse_pause(launch: LaunchRecord) -> None:
    """Raise NotAllowedToActivate for a launch that is not live."""
    if launch.live:
        return
    if launch.state is LaunchState.ACTIVATING:
        raise NotAllowedToActivate(
            f"{launch.campaign_id} is being switched on at this moment. Try again in a minute, or "
            "withdraw it."
        )
    raise NotAllowedToActivate(
        f"{launch.campaign_id} is not live, so there is nothing to pause. To keep it from going "
        "live, reject its plan or withdraw it."
    )


def refuse_resume(launch: LaunchRecord) -> None:
    """Raise NotAllowedToActivate unless a paused launch may be on, on the ledger's word."""
    name = launch.campaign_id
    if launch.state is LaunchState.WITHDRAWN:
        raise NotAllowedToActivate(f"{name} was withdrawn; it stays paused.")
    if not launch.live or not launch.paused:
        raise NotAllowedToActivate(f"{name} is not paused by a person; there is nothing to resume.")
    if launch.plan.paused:
        raise NotAllowedToActivate(
            f"{name} says `status: paused`. Take that out of the campaign file and trigger the "
            "launch again."
        )
    if launch.revision is not None:
        raise NotAllowedToActivate(
            f"{name} is changing to plan {launch.revision.hash[:12]}; that comes first. Trigger "
            "the launch again if no run is doing it."
        )
    if not launch.approved:
        raise NotAllowedToActivate(missing_approval(launch))
    if launch.activate_at is None or launch.now < launch.activate_at:
        raise NotAllowedToActivate(f"{name} has no activation time that has come.")
