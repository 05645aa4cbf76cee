"""Take a launch back: it must never spend from then on."""

from __future__ import annotations

from meta_ads.errors import RejectedByMeta
from meta_ads.launching.ports import AdPlatform, LaunchLedger, LaunchRecord, Progress, StepLedger
from meta_ads.launching.verification import GONE
from meta_ads.planning.step import StepKind


def withdraw(
    campaign_id: str,
    by: str,
    platform: AdPlatform,
    launches: LaunchLedger,
    steps: StepLedger,
    log: Progress,
) -> LaunchRecord:
    """Record the withdrawal first, so that no activator starts; then pause the campaign at Meta.

    Repeating is harmless. KeyError when no such launch exists.
    """
    launch = launches.withdraw(campaign_id, by)
    switch_off(launch, "withdrawn", platform, launches, steps, log)
    return launch


def switch_off(
    launch: LaunchRecord,
    word: str,
    platform: AdPlatform,
    launches: LaunchLedger,
    steps: StepLedger,
    log: Progress,
) -> None:
    """Pause the launch's campaign at Meta, if it has one; `word` says what became of the launch.

    That it was done is noted: from then on the launch no longer counts as spending.
    """
    name = launch.campaign_id
    campaign = launch.plan.of_kind(StepKind.CAMPAIGN)[0]
    object_id = steps.object_ids([campaign.key]).get(campaign.key)
    if object_id is None:
        log("%s is %s; it has no campaign at Meta yet", name, word)
        return
    try:
        platform.update(object_id, {"status": "PAUSED"})
    except RejectedByMeta:
        # Meta changes nothing about what a person archived or deleted, and it cannot spend.
        status = platform.read(object_id, ["status"]).get("status")
        if status not in GONE:
            raise
        log("%s is %s; campaign %s is %s at Meta", name, word, object_id, status)
    else:
        log("%s is %s; campaign %s is paused", name, word, object_id)
    launches.note(name, "off_at_meta", f"campaign {object_id}")


def keep_paused(
    launch: LaunchRecord,
    platform: AdPlatform,
    launches: LaunchLedger,
    steps: StepLedger,
    log: Progress,
) -> bool:
    """Pause the campaign of a launch that may not be on if Meta shows it on; return if it was.

    A call that turns the campaign on may be carried out after the withdrawal paused it, or its
    worker may die right after it, and a person may switch it on in Ads Manager. A withdrawal is
    for ever; another launch is read again first, since it may have come due meanwhile.
    """
    campaign = launch.plan.of_kind(StepKind.CAMPAIGN)[0]
    object_id = steps.object_ids([campaign.key]).get(campaign.key)
    if object_id is None or platform.read(object_id, ["status"]).get("status") != "ACTIVE":
        return False
    if launches.launch(launch.campaign_id).may_be_on:
        return False
    platform.update(object_id, {"status": "PAUSED"})
    launches.note(launch.campaign_id, "paused_again", f"campaign {object_id} was on")
    log("%s may not be on: campaign %s is paused again", launch.campaign_id, object_id)
    return True
