"""A whole launch, as the state machine runs it: every create, the activation, the withdrawal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from meta_ads.errors import NotAllowedToActivate
from meta_ads.launching.activation import Activator
from meta_ads.launching.creation import Creator
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.withdrawal import withdraw
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step, StepKind
from tests.faults.launches import ACCOUNT, ad_set_step, ad_step, campaign_step, reference
from tests.faults.live_tasks import LEAD
from tests.faults.tasks import Task, log
from tests.faults.worker import Aim, Worker

LEVELS = (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD)
ACTIVATES_IN = 1800.0


class Chain(Task):
    """Campaign, ad set and ad, created in order, then switched on at their time."""

    name = "chain"

    @property
    def aim(self) -> Aim:
        return Aim("")

    def prepare(self) -> Plan:
        campaign = campaign_step(self.owner)
        ad_set = ad_set_step(self.owner, reference(campaign))
        ad = ad_step(self.owner, reference(ad_set), self.base.ids[StepKind.CREATIVE])
        self.steps: dict[StepKind, Step] = {step.kind: step for step in (campaign, ad_set, ad)}
        moment = self.world.now() + timedelta(seconds=ACTIVATES_IN)
        plan = self.pin(campaign, ad_set, ad, activate_at=moment)
        self.people.approve(self.people.launch(self.owner), False, "bob")
        return plan

    def run(self, worker: Worker) -> None:
        """Create what is missing, as the tasks of a run do one after the other."""
        launch = worker.launches.launch(self.owner)
        if launch.state is LaunchState.WITHDRAWN:
            raise NotAllowedToActivate("withdrawn")
        creator = Creator(worker.platform, worker.steps, worker.name, log)
        for step in launch.plan.of_kind(*LEVELS):
            creator.ensure(step, ACCOUNT)
        launch = worker.launches.launch(self.owner)
        if launch.state is LaunchState.PLANNED:
            worker.launches.advance(launch, LaunchState.PAUSED, "complete and paused")

    def moved(self, seconds: float) -> Plan:
        """Return the pinned plan with another activation time."""
        plan = self.people.launch(self.owner).plan
        assert plan.activate_at is not None, "every plan of a chain has its time"
        moment = plan.activate_at + timedelta(seconds=seconds)
        return replace(plan, activate_at=moment, declared=f"moved to {moment}")


class Activation(Chain):
    """The activation task of a chain."""

    def __init__(self, chain: Chain) -> None:
        self.__dict__.update(chain.__dict__)

    def run(self, worker: Worker) -> None:
        activator = Activator(
            worker.platform, worker.launches, worker.steps, log, self.world.advance
        )
        activator.activate(self.owner, LEAD)


class Withdrawal(Chain):
    """The withdrawal of a chain."""

    def __init__(self, chain: Chain) -> None:
        self.__dict__.update(chain.__dict__)

    def run(self, worker: Worker) -> None:
        withdraw(self.owner, "ann", worker.platform, worker.launches, worker.steps, log)


def aim_at(kind: StepKind) -> Aim:
    """Return the aim at the create of one kind."""
    return Aim("create", lambda made, *_: made is kind)


def aim_at_switch(status: str) -> Aim:
    """Return the aim at the call that turns the chain's campaign on or off."""
    record = "advance" if status == "ACTIVE" else ""
    intent = "advance" if status == "ACTIVE" else "withdraw"
    return Aim("update", lambda _, params: params == {"status": status}, intent, record, skip=0)
