"""The steps of a launch as a whole, each as the Airflow task that takes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from meta_ads.launching.activation import Activator
from meta_ads.launching.pausing import pause, resume
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.withdrawal import withdraw
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step, StepKind, resolve
from meta_ads.syncing.statuses import sync_account
from tests.faults.instants import Instant
from tests.faults.launches import (
    ACCOUNT,
    ad_set_step,
    ad_step,
    campaign_step,
    reference,
    write_done,
)
from tests.faults.tasks import ALL, Task, log
from tests.faults.worker import Aim, Worker

LEAD = timedelta(seconds=15)
EDGES = {StepKind.CAMPAIGN: "campaigns", StepKind.AD_SET: "adsets", StepKind.AD: "ads"}
TO_LIVE = (LaunchState.PAUSED, LaunchState.ACTIVATING, LaunchState.ACTIVE, LaunchState.VERIFIED)


class LaunchTask(Task):
    """Works on a whole launch that is complete at Meta. `ids` are those of its objects by step."""

    searches = False

    def put(self, step: Step, status: str) -> None:
        """Make an object at Meta as it is after the launch's own tasks, and record it."""
        if not hasattr(self, "ids"):
            self.ids: dict[str, str] = {}
        params = {**resolve(step.params, {**self._base_ids, **self.ids}), "status": status}
        path = f"/v26.0/{ACCOUNT}/{EDGES[step.kind]}"
        self.ids[step.key] = self.world.controls.call("POST", path, params)["id"]
        if step.kind is StepKind.CAMPAIGN:
            self.campaign_id = self.ids[step.key]
        write_done(self.world, step, self.ids[step.key])

    @property
    def _base_ids(self) -> dict[str, str]:
        return {step.key: self.base.ids[kind] for kind, step in self.base.steps.items()}

    def chain(self) -> tuple[Step, ...]:
        """Return a campaign, its ad set and its ad."""
        campaign = campaign_step(self.owner)
        ad_set = ad_set_step(self.owner, reference(campaign))
        return (
            campaign,
            ad_set,
            ad_step(self.owner, reference(ad_set), self.base.ids[StepKind.CREATIVE]),
        )

    def complete(self, activates_in: float) -> Plan:
        """Make campaign, ad set and ad, and the launch PAUSED."""
        steps = self.chain()
        for step in steps:
            self.put(step, "PAUSED")
        plan = self.pin(*steps, activate_at=self.at(activates_in))
        self.people.advance(self.people.launch(self.owner), LaunchState.PAUSED, "complete")
        return plan

    def live(self, *steps: Step) -> Plan:
        """Make these objects, all of them on, and the launch VERIFIED."""
        for step in steps:
            self.put(step, "PAUSED" if step.paused else "ACTIVE")
        plan = self.pin(*steps, activate_at=self.at(-1))
        launch = self.people.launch(self.owner)
        for state in TO_LIVE:
            launch = self.people.advance(launch, state, "as its tasks do")
        return plan

    def at(self, seconds: float) -> datetime:
        """Return the moment so many seconds from now."""
        return self.world.now() + timedelta(seconds=seconds)

    def is_switch(self, object_id: str, params: Any, status: str) -> bool:
        """Whether an update sets the campaign to that status."""
        return object_id == self.campaign_id and params.get("status") == status

    def aim_at_switch(self, status: str, **more: Any) -> Aim:
        """Return the aim at the call that turns the campaign on or off."""
        return Aim(
            "update", lambda object_id, params: self.is_switch(object_id, params, status), **more
        )


class Activate(LaunchTask):
    """Switches a launch on, beginning a little before its time."""

    name = "activate"

    @property
    def aim(self) -> Aim:
        return self.aim_at_switch("ACTIVE", intent="advance", record="advance")

    def prepare(self) -> Plan:
        return self.complete(activates_in=10)

    def run(self, worker: Worker) -> None:
        activator = Activator(
            worker.platform, worker.launches, worker.steps, log, self.world.advance
        )
        activator.activate(self.owner, LEAD)


class StopTask(LaunchTask):
    """Switches off a launch that is live. Nothing is recorded after its last call."""

    instants = ALL - {Instant.PRE_RECORD, Instant.RECORDED}

    def prepare(self) -> Plan:
        return self.live(*self.chain()[:2])


class Withdraw(StopTask):
    """Takes back a launch that is live."""

    name = "withdraw"

    @property
    def aim(self) -> Aim:
        return self.aim_at_switch("PAUSED", intent="withdraw", record="")

    def run(self, worker: Worker) -> None:
        withdraw(self.owner, "ann", worker.platform, worker.launches, worker.steps, log)


class Pause(StopTask):
    """Switches a live launch off for a while."""

    name = "pause"

    @property
    def aim(self) -> Aim:
        return self.aim_at_switch("PAUSED", intent="pause", record="")

    def run(self, worker: Worker) -> None:
        pause(self.owner, "ann", worker.platform, worker.launches, worker.steps, log)


class Resume(LaunchTask):
    """Switches a paused launch on again."""

    name = "resume"
    tried_again = False

    @property
    def aim(self) -> Aim:
        return self.aim_at_switch("ACTIVE", intent="begin_resume", record="finish_resume")

    def prepare(self) -> Plan:
        campaign, ad_set, _ = self.chain()
        plan = self.live(campaign, ad_set)
        self.people.pause(self.owner, "ann")
        self.world.controls.control("POST", f"edit/{self.campaign_id}", {"status": "PAUSED"})
        self.asked_at = self.at(0)
        return plan

    def run(self, worker: Worker) -> None:
        resume(
            self.owner,
            "ann",
            worker.platform,
            worker.launches,
            worker.steps,
            log,
            asked_at=self.asked_at,
        )


class SyncStatuses(LaunchTask):
    """Reads the account's objects into Postgres: no lease, no intent, one commit."""

    name = "status sync"
    writes = False
    instants = ALL - {Instant.LEASED, Instant.INTENT, Instant.PRE_RECORD, Instant.RECORDED}

    @property
    def aim(self) -> Aim:
        return Aim("account_objects")

    def prepare(self) -> Plan:
        return self.complete(activates_in=3600)

    def run(self, worker: Worker) -> None:
        sync_account(ACCOUNT, worker.platform, worker.statuses)
