"""What people and other workers do between an activator's reads and its calls. Real Postgres."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from meta_ads.errors import NotAllowedToActivate, WaitUntil
from meta_ads.launching.activation import Activator
from meta_ads.launching.creation import Creator
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.reconciliation import Reconciler
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import REFERENCE, Step, StepKind, marker, step_key
from meta_ads.store.database import Database
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.fakes.platform import ACCOUNT, FakePlatform

log = logging.getLogger(__name__)
IDLE, DAY = 600, 86_400
LEVELS = (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD)
KEYS = {kind: step_key(ACCOUNT, "spring", kind, 0) for kind in LEVELS}


def _step(kind: StepKind, **params: object) -> Step:
    named = {"name": f"Spring [#{marker(KEYS[kind])}]", "status": "PAUSED", **params}
    return Step(key=KEYS[kind], kind=kind, params=named)


PLAN = Plan(
    campaign_id="spring",
    account_id=ACCOUNT,
    steps=(
        _step(StepKind.CAMPAIGN, daily_budget=5000, bid_strategy="LOWEST_COST_WITHOUT_CAP"),
        _step(StepKind.AD_SET, campaign_id={REFERENCE: KEYS[StepKind.CAMPAIGN]}),
        _step(StepKind.AD, adset_id={REFERENCE: KEYS[StepKind.AD_SET]}),
    ),
    activate_at=datetime.now(UTC) - timedelta(seconds=1),
    approval_required=True,
    summary={},
    declared="1",
)


class Died(BaseException):
    """The worker was killed."""


class Launch:
    """An approved launch that is complete and due."""

    def __init__(self, database: Database) -> None:
        self.platform = FakePlatform()
        self.database = database
        self.launches = PostgresLaunchLedger(database)
        self.steps = PostgresStepLedger(database)
        self.launches.approve(self.launches.pin(PLAN), True, "ann")
        creator = Creator(self.platform, self.steps, "worker", log.info)
        for step in PLAN.steps:
            creator.ensure(step, ACCOUNT)
        self.launches.advance(self.now, LaunchState.PAUSED, "complete")

    @property
    def now(self) -> Any:
        return self.launches.launch("spring")

    @property
    def campaign(self) -> str:
        return self.platform.of_kind(StepKind.CAMPAIGN)[0].status

    def activate(self) -> LaunchState:
        activator = Activator(self.platform, self.launches, self.steps, log.info)
        return activator.activate("spring").state

    def after_the_switch(self, act: Callable[[], object]) -> None:
        """Let something happen between the call that turns the campaign on and its record."""
        update = self.platform.update

        def switch(object_id: str, params: Mapping[str, Any]) -> None:
            update(object_id, params)
            if self.campaign == "ACTIVE":
                self.platform.update = update  # type: ignore[method-assign]
                act()

        self.platform.update = switch  # type: ignore[method-assign]

    def die(self) -> None:
        raise Died

    def put_off(self) -> None:
        self.database.rows("UPDATE meta_ads.launch SET activate_at = now() + interval '1 hour'")

    def reconcile(self) -> list[str]:
        assert self.launches.unfinished(IDLE, DAY) == ["spring"]
        ports: tuple[Any, ...] = (self.platform, self.launches, self.steps, None)
        return Reconciler(*ports, "reconciler", log.info).drive("spring").problems


@pytest.fixture
def launch(database: Database) -> Launch:
    return Launch(database)


def test_an_approval_taken_back_during_the_switch_pauses_the_campaign_again(launch: Launch) -> None:
    launch.after_the_switch(lambda: launch.launches.approve(launch.now, False, "bob"))
    with pytest.raises(NotAllowedToActivate, match="bob rejected plan"):
        launch.activate()
    assert launch.campaign == "PAUSED"


def test_a_launch_put_off_during_the_switch_is_paused_until_its_new_time(launch: Launch) -> None:
    launch.after_the_switch(launch.put_off)
    with pytest.raises(WaitUntil):
        launch.activate()
    assert launch.campaign == "PAUSED"


@pytest.mark.parametrize("taken_away", ["approval", "time"])
def test_a_campaign_left_on_by_a_dead_worker_is_paused_once_it_may_not_be_on(
    launch: Launch, taken_away: str
) -> None:
    launch.after_the_switch(launch.die)
    with pytest.raises(Died):
        launch.activate()
    assert launch.campaign == "ACTIVE"
    if taken_away == "approval":
        launch.launches.approve(launch.now, False, "bob")
    else:
        launch.put_off()
    assert "paused again" in launch.reconcile()[0]
    assert launch.campaign == "PAUSED"


def test_a_campaign_left_on_by_a_dead_worker_with_leave_stays_on(launch: Launch) -> None:
    launch.after_the_switch(launch.die)
    with pytest.raises(Died):
        launch.activate()
    assert launch.reconcile() == []
    assert launch.campaign == "ACTIVE"
    assert launch.now.state is LaunchState.VERIFIED


def test_a_worker_overtaken_between_its_two_reads_finds_nothing_wrong(launch: Launch) -> None:
    read = launch.platform.read

    def overtaken(object_id: str, fields: Any) -> Mapping[str, Any]:
        launch.platform.read = read  # type: ignore[method-assign]
        launch.activate()
        return read(object_id, fields)

    launch.platform.read = overtaken  # type: ignore[assignment,method-assign]
    assert launch.activate() is LaunchState.ACTIVE
