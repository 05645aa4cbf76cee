"""A whole launch, as the state machine runs it: every create, the activation, the withdrawal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from meta_ads.errors import NotAllowedToActivate
from meta_ads.launching.activation import Activator
from meta_ads.launching.creation import Creator
from meta_ads.launching.pausing import pause, resume
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.revising import Reviser
from meta_ads.launching.withdrawal import withdraw
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step, StepKind
from meta_ads.store.step_ledger import PostgresStepLedger
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
        self.people_steps = PostgresStepLedger(self.world.person)
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

    def priced(self, budget: int) -> Plan:
        """Return the plan the launch is to have, with another daily budget."""
        plan = self.people.launch(self.owner).target
        steps = tuple(
            replace(step, params={**step.params, "daily_budget": budget})
            if step.kind is StepKind.CAMPAIGN
            else step
            for step in plan.steps
        )
        return replace(plan, steps=steps, declared=f"{plan.declared} for {budget}")

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


class Pausing(Chain):
    """The pause of a chain."""

    def __init__(self, chain: Chain) -> None:
        self.__dict__.update(chain.__dict__)

    def run(self, worker: Worker) -> None:
        pause(self.owner, "ann", worker.platform, worker.launches, worker.steps, log)


class Resuming(Chain):
    """The resumption of a chain, asked for now."""

    def __init__(self, chain: Chain) -> None:
        self.__dict__.update(chain.__dict__)
        self._asked_at = chain.world.now()

    def run(self, worker: Worker) -> None:
        ports = (worker.platform, worker.launches, worker.steps, log)
        resume(self.owner, "ann", *ports, asked_at=self._asked_at)


class Changing(Chain):
    """The task that changes what is at Meta to what the chain's edited file says."""

    def __init__(self, chain: Chain) -> None:
        self.__dict__.update(chain.__dict__)

    def run(self, worker: Worker) -> None:
        reviser = Reviser(worker.platform, worker.launches, worker.steps, worker.name, log)
        reviser.apply(self.owner)


def aim_at_change(kind: StepKind, chain: Chain) -> Aim:
    """Return the aim at the update of the object of one kind."""
    key = chain.steps[kind].key

    def wanted(object_id: str, _: object) -> bool:
        return chain.people_steps.object_ids([key]).get(key) == object_id

    return Aim("update", wanted, "begin_update", "record_updated", step=key)


def aim_at(kind: StepKind) -> Aim:
    """Return the aim at the create of one kind."""
    return Aim("create", lambda made, *_: made is kind)


# Which method of the ledger comes before the call that switches the campaign, and which after it.
AROUND = {
    "activate": ("ACTIVE", "advance", "advance"),
    "withdraw": ("PAUSED", "withdraw", ""),
    "pause": ("PAUSED", "pause", ""),
    "resume": ("ACTIVE", "begin_resume", "finish_resume"),
}


def aim_at_switch(how: str) -> Aim:
    """Return the aim at the call that turns the chain's campaign on or off."""
    status, intent, record = AROUND[how]
    return Aim("update", lambda _, params: params == {"status": status}, intent, record)
