"""One warm process switches everything on at its second: never early, none forgotten."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from meta_ads.errors import TryAgain
from meta_ads.launching.activation import Activator
from meta_ads.launching.due import DueActivations, Tools
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.timing import Rhythm
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.integration.launches import Launch, plan

log = logging.getLogger(__name__)
RHYTHM = Rhythm(lead=30, poll=0.2)
SOON = timedelta(seconds=1.5)


class Due:
    """Launches on real Postgres, and the process that switches them on."""

    def __init__(self, database: Database, url: str) -> None:
        self.launch = Launch(database)
        self.url = url
        self.opened: list[Database] = []
        self.on: dict[str, datetime] = {}
        self._update = self.launch.platform.update
        self.launch.platform.update = self._watch  # type: ignore[method-assign]

    def _watch(self, object_id: str, params: Mapping[str, Any]) -> None:
        if self.launch.platform.objects[object_id].kind is StepKind.CAMPAIGN:
            self.on[object_id] = datetime.now(UTC)
        self._update(object_id, params)

    def tools(self) -> Tools:
        database = Database(self.url)
        self.opened.append(database)
        launches, steps = PostgresLaunchLedger(database), PostgresStepLedger(database)
        return Tools(Activator(self.launch.platform, launches, steps, log.info), launches)

    def run(self, seconds: float = 10) -> list[str]:
        try:
            return DueActivations(self.tools, log.info, RHYTHM).run(seconds)
        finally:
            for database in self.opened:
                database.close()

    def state(self, campaign_id: str) -> LaunchState:
        return self.launch.launches.launch(campaign_id).state


@pytest.fixture
def due(database: Database, empty_database_url: str) -> Due:
    return Due(database, empty_database_url)


def test_many_launches_go_live_together_and_none_early(due: Due) -> None:
    names = [f"campaign_{number}" for number in range(12)]
    for name in names:
        due.launch.create(plan(name, activates_in=SOON))
    assert due.run() == []
    assert {due.state(name) for name in names} == {LaunchState.ACTIVE}
    for name in names:
        launch = due.launch.launches.launch(name)
        campaign = due.launch.steps.object_ids([launch.plan.steps[0].key])
        assert launch.activate_at is not None
        assert due.on[campaign[launch.plan.steps[0].key]] >= launch.activate_at


def test_without_anything_due_it_ends_at_once(due: Due) -> None:
    due.launch.create(plan(activates_in=timedelta(hours=1)))
    assert due.run() == []
    assert due.state("spring") is LaunchState.PAUSED
    assert due.on == {}


def test_a_launch_due_after_the_watch_is_left_to_the_next(due: Due) -> None:
    due.launch.create(plan(activates_in=timedelta(seconds=20)))
    assert due.run(seconds=1) == []
    assert due.on == {}


def test_a_withdrawal_after_the_preparation_wins(due: Due) -> None:
    due.launch.create(plan(activates_in=SOON))
    update = due.launch.platform.update

    def withdraw_when_prepared(object_id: str, params: dict[str, Any]) -> None:
        update(object_id, params)
        if due.launch.platform.objects[object_id].kind is StepKind.AD_SET:
            due.launch.launches.withdraw("spring", "ann")

    due.launch.platform.update = withdraw_when_prepared  # type: ignore[assignment,method-assign]
    assert due.run() == []
    assert due.state("spring") is LaunchState.WITHDRAWN
    assert due.on == {}


def test_one_launch_that_cannot_go_live_does_not_keep_others(due: Due) -> None:
    due.launch.create(plan("broken", activates_in=SOON))
    due.launch.platform.of_kind(StepKind.CAMPAIGN)[0].params["daily_budget"] = 1
    due.launch.create(plan("fine", activates_in=SOON))
    [problem] = due.run()
    assert "daily_budget is 1, planned 5000" in problem
    assert due.state("fine") is LaunchState.ACTIVE
    assert due.launch.launches.launch("broken").stopped


def test_a_call_that_fails_in_passing_is_made_again_within_seconds(due: Due) -> None:
    due.launch.create(plan(activates_in=SOON))
    update, failed = due.launch.platform.update, []

    def fail_once(object_id: str, params: dict[str, Any]) -> None:
        campaign = due.launch.platform.objects[object_id].kind is StepKind.CAMPAIGN
        if campaign and not failed:
            failed.append(object_id)
            raise TryAgain("the network is away")
        update(object_id, params)

    due.launch.platform.update = fail_once  # type: ignore[assignment,method-assign]
    assert due.run() == []
    assert failed
    assert due.state("spring") is LaunchState.ACTIVE


def test_an_unapproved_launch_is_not_even_prepared(due: Due) -> None:
    due.launch.create(plan(activates_in=SOON, approval_required=True))
    assert due.run() == []
    assert due.launch.platform.updates == []
