"""Compare what Meta has with what was planned, before and after a launch goes live."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from meta_ads.errors import NotReadyYet, VerificationFailed
from meta_ads.launching.ports import (
    AdPlatform,
    LaunchLedger,
    LaunchRecord,
    LaunchState,
    Progress,
    StepLedger,
)
from meta_ads.planning.computed import advantage_state
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step, StepKind

LEVELS = (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD)
STATE_FIELDS = ("name", "status", "effective_status", "issues_info")
MONEY_FIELDS = ("daily_budget", "lifetime_budget", "bid_strategy")
# What is compared with the plan, where the plan sends it.
COMPARED = (*MONEY_FIELDS, "spend_cap", "bid_amount")
FIELDS: Mapping[StepKind, tuple[str, ...]] = {
    StepKind.CAMPAIGN: (*STATE_FIELDS, *MONEY_FIELDS, "spend_cap", "advantage_state_info"),
    StepKind.AD_SET: (*STATE_FIELDS, *MONEY_FIELDS, "bid_amount", "campaign_id", "start_time"),
    StepKind.AD: (*STATE_FIELDS, "adset_id", "ad_review_feedback"),
}
LEVERS = ("advantage_budget_state", "advantage_audience_state", "advantage_placement_state")
# An ad in review is as planned: Meta starts it by itself when the review ends well.
SETTLING = frozenset({"IN_PROCESS"})
IN_REVIEW = frozenset({"PENDING_REVIEW", "PREAPPROVED"})
PAUSED = frozenset({"PAUSED", "CAMPAIGN_PAUSED", "ADSET_PAUSED"})
# Nothing brings these back. Source: Marketing API, "Manage Your Ad Object's Status".
GONE = frozenset({"ARCHIVED", "DELETED"})
LOOK_AGAIN = timedelta(seconds=3)
CHANGING = timedelta(minutes=2)

Live = Mapping[str, Mapping[str, Any]]


def live_objects(plan: Plan, platform: AdPlatform, ids: Mapping[str, str]) -> Live:
    """Read campaign, ad sets and ads; return the fields by step key."""
    return {
        step.key: platform.read(ids[step.key], FIELDS[step.kind]) for step in plan.of_kind(*LEVELS)
    }


def differences(plan: Plan, objects: Live, campaign_status: Collection[str]) -> Sequence[str]:
    """Return what Meta shows that was not planned, one sentence each; empty when all is well.

    `campaign_status` is what the campaign may be: PAUSED before it goes live, ACTIVE after, both
    when a call that turns it on may or may not have arrived. Objects still settling are no
    difference.
    """
    found: list[str] = []
    resting: set[str] = set()
    for step in plan.of_kind(*LEVELS):
        shown = objects[step.key]
        what = f"{step.kind.replace('_', ' ')} “{shown.get('name')}”"
        if step.paused or resting & set(step.parents):
            resting.add(step.key)
        found.extend(
            f"{what}: {text}"
            for text in _state(step, shown, campaign_status, resting=step.key in resting)
        )
        found.extend(f"{what}: {text}" for text in _money(step.params, shown))
        if step.kind is StepKind.CAMPAIGN:
            found.extend(f"{what}: {text}" for text in _advantage(plan, shown))
        if step.params["name"] != shown.get("name"):
            found.append(f"{what}: the name should be “{step.params['name']}”")
    return found


def gone(objects: Live) -> bool:
    """Whether a person archived or deleted some object, or what it is part of."""
    return any(
        GONE & {shown.get("status"), shown.get("effective_status")} for shown in objects.values()
    )


def settling(objects: Live) -> bool:
    """Whether Meta has not finished computing the state of some object."""
    return any(shown.get("effective_status") in SETTLING for shown in objects.values())


def _state(
    step: Step, shown: Mapping[str, Any], campaign_status: Collection[str], *, resting: bool
) -> Sequence[str]:
    """`resting`: it, or what it stands in, is to be paused."""
    status, effective = shown.get("status"), str(shown.get("effective_status"))
    planned = {"PAUSED"} if step.paused else set(campaign_status)
    # Children may be on under a paused campaign; under one that is live they must be.
    fixed = step.paused or step.kind is StepKind.CAMPAIGN or "PAUSED" not in campaign_status
    allowed = SETTLING | (IN_REVIEW if step.kind is StepKind.AD else frozenset())
    if "ACTIVE" in campaign_status and not resting:
        allowed |= {"ACTIVE"}
    if "PAUSED" in campaign_status or resting:
        allowed |= PAUSED
    found = []
    if fixed and status not in planned:
        found.append(f"status is {status}, planned {' or '.join(sorted(planned))}")
    if effective not in allowed:
        reasons = [
            str(issue.get("error_message") or issue.get("error_summary"))
            for issue in shown.get("issues_info") or ()
        ]
        feedback = shown.get("ad_review_feedback")
        if feedback:
            reasons.append(f"review: {feedback}")
        why = f" ({'; '.join(reasons)})" if reasons else ""
        found.append(f"effective status is {effective}{why}")
    return found


def _money(planned: Mapping[str, Any], shown: Mapping[str, Any]) -> Sequence[str]:
    return [
        f"{field} is {shown.get(field)}, planned {planned[field]}"
        for field in COMPARED
        if field in planned and str(shown.get(field)) != str(planned[field])
    ]


def _advantage(plan: Plan, shown: Mapping[str, Any]) -> Sequence[str]:
    """Return the levers of Advantage+ that Meta shows off although the plan uses all of them."""
    whole = advantage_state(plan)
    if whole is None:
        return []
    states = shown.get("advantage_state_info") or {}
    wanted = {"advantage_state": whole} | dict.fromkeys(LEVERS, "ENABLED")
    return [
        f"{field} is {states.get(field)}, planned {value}"
        for field, value in wanted.items()
        if states.get(field) != value
    ]


def campaign_statuses(launch: LaunchRecord) -> Collection[str]:
    """Return what the campaign of a live launch may be: PAUSED where a person paused it."""
    if not launch.paused:
        return {"ACTIVE"}
    return {"ACTIVE", "PAUSED"} if launch.resuming else {"PAUSED"}


def verify(
    campaign_id: str,
    platform: AdPlatform,
    launches: LaunchLedger,
    steps: StepLedger,
    log: Progress,
) -> LaunchRecord:
    """Read the live launch back and record it VERIFIED.

    NotReadyYet while Meta still computes an object's state; VerificationFailed, with every
    difference, when Meta shows something else than planned.
    """
    launch = launches.launch(campaign_id)
    if launch.revision_begun:
        raise NotReadyYet(f"{campaign_id} is being changed.", launch.now + CHANGING)
    ids = steps.object_ids([step.key for step in launch.plan.steps])
    objects = live_objects(launch.plan, platform, ids)
    found = differences(launch.plan, objects, campaign_statuses(launch))
    if found:
        if launches.launch(campaign_id).paused_at != launch.paused_at:
            raise NotReadyYet(f"{campaign_id} is being switched.", launch.now + LOOK_AGAIN)
        listed = "".join(f"\n  - {difference}" for difference in found)
        raise VerificationFailed(
            f"{campaign_id} is live, but not as planned:{listed}\n"
            "Look at it in Ads Manager; `adlaunch withdraw` pauses it."
        )
    if settling(objects):
        raise NotReadyYet(f"Meta is still preparing {campaign_id}.", launch.now + LOOK_AGAIN)
    for step in launch.plan.of_kind(*LEVELS):
        log("%s %s: %s", step.kind, ids[step.key], objects[step.key].get("effective_status"))
    if launch.state is LaunchState.VERIFIED:
        return launch
    return launches.advance(launch, LaunchState.VERIFIED, "Meta shows what was planned")
