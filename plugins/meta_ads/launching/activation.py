"""Switch a launch on: children first, then one call that turns the campaign on.

`prepare` does what may be done shortly before the activation time, `switch_on` the rest at that
time, so that a launch goes live within moments of it. Both read the ledger anew, and any number of
workers may run them for the same launch: those that find it live send nothing, and two that send
the same status in the same moment do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import sleep

from meta_ads.errors import FixInput, NotAllowedToActivate, VerificationFailed, WaitUntil
from meta_ads.launching.approval import missing_approval
from meta_ads.launching.ports import (
    AdPlatform,
    LaunchLedger,
    LaunchRecord,
    LaunchState,
    Progress,
    StepLedger,
)
from meta_ads.launching.verification import Live, differences, gone, live_objects
from meta_ads.planning.step import Step, StepKind

LIVE = frozenset({LaunchState.ACTIVE, LaunchState.VERIFIED})
AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Ready:
    """A launch whose ads and ad sets are on under its paused campaign; `ids` by step key."""

    launch: LaunchRecord
    ids: Mapping[str, str]


def refuse_activation(
    launch: LaunchRecord, ids: Mapping[str, str], lead: timedelta = AT_ONCE
) -> None:
    """Raise unless the launch may go live within `lead`, on the ledger's word alone.

    NotAllowedToActivate when withdrawn, unapproved or without an activation time; WaitUntil
    when it is too early; FixInput when an object is missing.
    """
    if launch.state is LaunchState.WITHDRAWN:
        raise NotAllowedToActivate(f"{launch.campaign_id} was withdrawn; it stays paused.")
    if launch.plan.paused:
        raise NotAllowedToActivate(
            f"{launch.campaign_id} says `status: paused`; it stays paused. "
            "Take that out of the campaign file and trigger the launch again."
        )
    if launch.activate_at is None:
        raise NotAllowedToActivate(
            f"{launch.campaign_id} has no schedule.activate_at; it stays paused. "
            "Add one to the campaign file and trigger the launch again."
        )
    if launch.revision is not None:
        raise NotAllowedToActivate(
            f"{launch.campaign_id} is changing to plan {launch.revision.hash[:12]}; it goes live "
            "once that is done. Trigger the launch again if no run is doing it."
        )
    if not launch.approved:
        raise NotAllowedToActivate(missing_approval(launch))
    if launch.now < launch.activate_at - lead:
        raise WaitUntil(f"{launch.campaign_id} goes live later.", launch.activate_at - lead)
    missing = [step.key for step in launch.plan.steps if step.key not in ids]
    if missing or launch.state is LaunchState.PLANNED:
        raise FixInput(
            f"{launch.campaign_id} is not complete at Meta ({', '.join(missing) or 'create_ad'}). "
            "Trigger the launch again: what exists is kept."
        )


def refuse_switch(launch: LaunchRecord, state: LaunchState) -> None:
    """Raise what `guard_launch` in Postgres would refuse, in words: it knows no errors of ours.

    NotAllowedToActivate, or WaitUntil when it is too early.
    """
    if state in (LaunchState.ACTIVATING, LaunchState.ACTIVE) and launch.revision is not None:
        raise NotAllowedToActivate(
            f"{launch.campaign_id} is changing to plan {launch.revision.hash[:12]}; "
            "that comes first."
        )
    if state in (LaunchState.ACTIVATING, LaunchState.ACTIVE) and not launch.approved:
        raise NotAllowedToActivate(missing_approval(launch))
    if state is LaunchState.ACTIVE:
        if launch.activate_at is None:
            raise NotAllowedToActivate(f"{launch.campaign_id} has no activation time any more.")
        if launch.now < launch.activate_at:
            raise WaitUntil(f"{launch.campaign_id} goes live later.", launch.activate_at)


class Activator:
    """Switches launches on. `pause` waits so many seconds, on a clock that only moves forward."""

    def __init__(
        self,
        platform: AdPlatform,
        launches: LaunchLedger,
        steps: StepLedger,
        log: Progress,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self._platform = platform
        self._launches = launches
        self._steps = steps
        self._log = log
        self._pause = pause

    def activate(self, campaign_id: str, lead: timedelta = AT_ONCE) -> LaunchRecord:
        """Switch the launch on, and return it ACTIVE (or VERIFIED, when it already was).

        May be called `lead` before the activation time, and then waits for it. Sends nothing for
        a launch that is live. Raises what `prepare` and `switch_on` raise.
        """
        ready = self.prepare(campaign_id, lead)
        return self.switch_on(ready) if isinstance(ready, Ready) else ready

    def prepare(self, campaign_id: str, lead: timedelta = AT_ONCE) -> Ready | LaunchRecord:
        """Check everything and turn ads and ad sets on under the paused campaign.

        Returns the launch when it is live already. Raises what `refuse_activation` raises, and
        VerificationFailed when an object is not as planned; then the campaign stays paused.
        """
        launch = self._launches.launch(campaign_id)
        if launch.state in LIVE:
            self._log("%s is live already; nothing to do", campaign_id)
            return launch
        ids = self._steps.object_ids([step.key for step in launch.plan.steps])
        refuse_activation(launch, ids, lead)
        try:
            self._refuse_differences(launch, ids)
        except VerificationFailed:
            if self._launches.launch(campaign_id).state is launch.state:
                raise
            # Another worker switched it on between the two reads: look at it as it is now.
            return self.prepare(campaign_id, lead)
        launch = self._launches.advance(launch, LaunchState.ACTIVATING, "every check passed")
        if launch.state in LIVE:
            self._log("%s was switched on by another worker meanwhile", campaign_id)
            return launch
        for kind in (StepKind.AD, StepKind.AD_SET):
            for step in launch.plan.of_kind(kind):
                if step.paused:
                    continue
                self._platform.update(ids[step.key], {"status": "ACTIVE"})
        self._log("ads and ad sets of %s are on, under its paused campaign", campaign_id)
        return Ready(launch, ids)

    def switch_on(self, ready: Ready) -> LaunchRecord:
        """Wait for the activation time, then turn the campaign on by one call.

        NotAllowedToActivate, with the campaign paused, when the launch was withdrawn, its approval
        taken back or its plan changed meanwhile; WaitUntil when its time moved.
        """
        # Read once more: a withdrawal, a lost approval or a new plan since the first read must win.
        launch = self._wait_for_its_time(ready)
        if launch.state in LIVE:
            self._log("%s was switched on by another worker meanwhile", launch.campaign_id)
            return launch
        refuse_activation(launch, ready.ids)
        if launch.plan.hash != ready.launch.plan.hash:
            raise NotAllowedToActivate(
                f"{launch.campaign_id}: its plan changed while it was being switched on. "
                "Trigger the launch again."
            )
        campaign_id = ready.ids[_campaign(ready.launch).key]
        self._platform.update(campaign_id, {"status": "ACTIVE"})
        try:
            launch = self._launches.advance(
                ready.launch, LaunchState.ACTIVE, f"campaign {campaign_id} on"
            )
        except (NotAllowedToActivate, WaitUntil):
            # Withdrawn, or put off, between the last read and the call: take it back at once.
            self._keep_off(self._launches.launch(launch.campaign_id), campaign_id)
            raise
        if self._keep_off(launch, campaign_id):
            raise NotAllowedToActivate(
                f"{launch.campaign_id} was switched on by another worker, and paused since. It is "
                "paused; resume it if it is to go on."
            )
        self._log("campaign %s is live", campaign_id)
        return launch

    def _keep_off(self, launch: LaunchRecord, campaign_id: str) -> bool:
        """Turn the campaign off unless it may be on; return whether it was turned off."""
        if launch.may_be_on or launch.resuming:
            return False
        self._platform.update(campaign_id, {"status": "PAUSED"})
        return True

    def _wait_for_its_time(self, ready: Ready) -> LaunchRecord:
        """Return the launch as it is at its activation time, by the database's clock."""
        launch = self._launches.launch(ready.launch.campaign_id)
        while (
            launch.activate_at is not None
            and launch.revision is None
            and launch.activate_at == ready.launch.activate_at
            and launch.now < launch.activate_at
        ):
            self._pause((launch.activate_at - launch.now).total_seconds())
            launch = self._launches.launch(launch.campaign_id)
        return launch

    def _refuse_differences(self, launch: LaunchRecord, ids: Mapping[str, str]) -> None:
        # ACTIVATING: an earlier worker may have turned the campaign on and died before writing it.
        begun = launch.state is LaunchState.ACTIVATING
        objects = live_objects(launch.plan, self._platform, ids)
        found = differences(launch.plan, objects, {"PAUSED", "ACTIVE"} if begun else {"PAUSED"})
        if found:
            listed = "".join(f"\n  - {difference}" for difference in found)
            raise VerificationFailed(
                f"{launch.campaign_id} was not switched on, because at Meta it is not what was "
                f"planned:{listed}\n{_remedy(launch.campaign_id, objects)}"
            )


def _campaign(launch: LaunchRecord) -> Step:
    return launch.plan.of_kind(StepKind.CAMPAIGN)[0]


def _remedy(campaign_id: str, objects: Live) -> str:
    if gone(objects):
        return (
            "What is archived or deleted cannot be switched on again. Take the launch back "
            f"(`adlaunch withdraw {campaign_id}`, or the DAG withdraw_launch), and launch it under "
            "another campaign_id."
        )
    return "Put it right in Ads Manager, then clear the task activate or trigger the launch again."
