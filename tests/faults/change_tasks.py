"""Changes of a launch that is live, each as the Airflow task that applies them."""

from __future__ import annotations

from typing import Any

from meta_ads.launching.ports import LaunchState
from meta_ads.launching.revising import Reviser
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step
from tests.faults.instants import Instant
from tests.faults.launches import ad_set_step, plain_campaign_step, reference
from tests.faults.live_tasks import LaunchTask
from tests.faults.tasks import log
from tests.faults.worker import Aim, Worker

# Of both ad sets, in minor units a day. Raising the second first would spend more than either plan.
BEFORE = (3000, 1000)
AFTER = (1000, 3500)


class ChangeTask(LaunchTask):
    """Changes a live launch of two ad sets to another plan, which is approved."""

    instants = frozenset(Instant)
    #: Whether the campaign is on at first, by its file.
    on = True

    def prepare(self) -> Plan:
        self.before = self.live(*self.steps(BEFORE))
        return self.change(AFTER, edition="2")

    def steps(self, budgets: tuple[int, ...], *, paused: bool = False) -> tuple[Step, ...]:
        """Return the campaign and its ad sets with these budgets."""
        campaign = plain_campaign_step(self.owner, paused=paused)
        more = {"bid_strategy": "LOWEST_COST_WITHOUT_CAP"}
        return campaign, *(
            ad_set_step(self.owner, reference(campaign), number, daily_budget=budget, **more)
            for number, budget in enumerate(budgets)
        )

    def change(self, budgets: tuple[int, ...], *, edition: str, paused: bool = False) -> Plan:
        """Pin and approve a plan that the launch is to change to."""
        moment = self.people.launch(self.owner).plan.activate_at
        return self.pin(*self.steps(budgets, paused=paused), activate_at=moment, edition=edition)

    def run(self, worker: Worker) -> None:
        reviser = Reviser(worker.platform, worker.launches, worker.steps, worker.name, log)
        reviser.apply(self.owner)

    def aim_at_update(self, number: int, name: str) -> Aim:
        """Return the aim at the update of the step of that number that sends that parameter."""
        step = self.before.steps[number]

        def wanted(object_id: str, params: Any) -> bool:
            return object_id == self.ids[step.key] and name in params

        return Aim("update", wanted, "begin_update", "record_updated", step=step.key)


class SpendLess(ChangeTask):
    """The first update, which lowers a budget."""

    name = "change less"

    @property
    def aim(self) -> Aim:
        return self.aim_at_update(1, "daily_budget")


class SpendMore(ChangeTask):
    """The last update, which raises one."""

    name = "change more"

    @property
    def aim(self) -> Aim:
        return self.aim_at_update(2, "daily_budget")


class SwitchOn(ChangeTask):
    """The update that turns the campaign on again, which its file had turned off."""

    name = "change on"
    on = False

    @property
    def aim(self) -> Aim:
        return self.aim_at_update(0, "status")

    def prepare(self) -> Plan:
        self.live(*self.steps(BEFORE))
        self.before = self.change(BEFORE, edition="off", paused=True)
        launch = self.people.begin_revision(self.people.launch(self.owner))
        self.world.controls.control("POST", f"edit/{self.campaign_id}", {"status": "PAUSED"})
        self.world.person.rows(
            'UPDATE meta_ads.step SET applied = applied || \'{"status": "PAUSED"}\''
            " WHERE object_id = %(id)s",
            {"id": self.campaign_id},
        )
        launch = self.people.promote(launch)
        self.people.advance(launch, LaunchState.VERIFIED, "as its tasks do")
        return self.change(BEFORE, edition="2")
