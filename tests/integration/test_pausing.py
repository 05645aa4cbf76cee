"""A person pauses a live launch and resumes it, on real Postgres: what may be on, what is sent."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from meta_ads.errors import NotAllowedToActivate, OutcomeUnknown, VerificationFailed
from meta_ads.launching.pausing import pause, resume
from meta_ads.launching.ports import LaunchRecord, LaunchState
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from tests.integration.launches import Launch, plan

log = logging.getLogger(__name__)


@pytest.fixture
def launch(database: Database) -> Launch:
    return Launch(database)


def live(launch: Launch, **options: Any) -> None:
    launch.create(plan(**options))
    if options.get("approval_required"):
        launch.launches.approve(launch.launches.launch("spring"), True, "bob")
    launch.activate()
    launch.verify()


def switch(launch: Launch, how: Any, by: str = "ann", ledger: Any = None) -> LaunchRecord:
    record: LaunchRecord = how(
        "spring", by, launch.platform, ledger or launch.launches, launch.steps, log.info
    )
    return record


def events(launch: Launch) -> list[tuple[str, str]]:
    rows = launch.database.rows(
        "SELECT event, detail FROM meta_ads.launch_event WHERE event LIKE 'switched%' ORDER BY id"
    )
    return [(row["event"], row["detail"]) for row in rows]


def test_a_live_launch_is_switched_off_and_on_and_both_are_remembered(launch: Launch) -> None:
    live(launch)
    assert switch(launch, pause).paused
    assert not launch.live()
    assert not switch(launch, resume, "bob").paused
    assert launch.live()
    assert launch.launches.launch("spring").state is LaunchState.VERIFIED
    assert events(launch) == [("switched off", "ann"), ("switched on", "bob")]


def test_pausing_and_resuming_twice_changes_nothing_more(launch: Launch) -> None:
    live(launch)
    switch(launch, pause)
    switch(launch, pause, "bob")
    switch(launch, resume)
    sent = len(launch.platform.updates)
    switch(launch, resume, "bob")
    assert len(launch.platform.updates) == sent
    assert events(launch) == [("switched off", "ann"), ("switched on", "ann")]


def test_what_is_not_live_cannot_be_paused(launch: Launch) -> None:
    launch.create(plan(activates_in=timedelta(hours=1)))
    with pytest.raises(NotAllowedToActivate, match="not live"):
        switch(launch, pause)
    assert launch.platform.updates == []


def test_a_launch_whose_approval_was_taken_back_stays_paused(launch: Launch) -> None:
    live(launch, approval_required=True)
    switch(launch, pause)
    launch.launches.approve(launch.launches.launch("spring"), False, "bob")
    with pytest.raises(NotAllowedToActivate):
        switch(launch, resume)
    assert not launch.live()


def test_a_launch_stays_paused_when_its_room_was_taken_meanwhile(launch: Launch) -> None:
    live(launch)
    switch(launch, pause)
    launch.database.rows(
        "INSERT INTO meta_ads.account_limit (account_id, currency, daily_total)"
        " SELECT account_id, 'SGD', 4999 FROM meta_ads.launch RETURNING account_id"
    )
    with pytest.raises(NotAllowedToActivate, match="stays paused"):
        switch(launch, resume)
    assert not launch.live()
    assert launch.launches.launch("spring").resuming_at is None


def test_a_withdrawn_launch_cannot_be_resumed(launch: Launch) -> None:
    live(launch)
    switch(launch, pause)
    launch.withdraw()
    with pytest.raises(NotAllowedToActivate, match="withdrawn"):
        switch(launch, resume)
    assert not launch.live()


def test_what_is_not_as_planned_at_meta_is_not_resumed(launch: Launch) -> None:
    live(launch)
    switch(launch, pause)
    launch.platform.of_kind(StepKind.CAMPAIGN)[0].params["daily_budget"] = 999999
    with pytest.raises(VerificationFailed, match="daily_budget is 999999"):
        switch(launch, resume)
    assert not launch.live()


class StoppedInBetween(PostgresLaunchLedger):
    """A ledger in which somebody stops the launch right after the call that switches it on."""

    stop = "pause"

    def finish_resume(self, launch: LaunchRecord, by: str) -> LaunchRecord:
        getattr(self, self.stop)("spring", "carol")
        return super().finish_resume(launch, by)


@pytest.mark.parametrize("stop", ["pause", "withdraw"])
def test_who_stops_it_in_between_wins(launch: Launch, stop: str) -> None:
    live(launch)
    switch(launch, pause)
    ledger = StoppedInBetween(launch.database)
    ledger.stop = stop
    with pytest.raises(NotAllowedToActivate):
        switch(launch, resume, ledger=ledger)
    assert not launch.live()


class Dies(PostgresLaunchLedger):
    """A worker that dies right after the call that switches the campaign on."""

    def finish_resume(self, launch: LaunchRecord, by: str) -> LaunchRecord:
        raise OutcomeUnknown("killed")


def test_a_resumption_that_nobody_finished_is_taken_back_by_the_reconciler(launch: Launch) -> None:
    live(launch)
    switch(launch, pause)
    with pytest.raises(OutcomeUnknown):
        switch(launch, resume, ledger=Dies(launch.database))
    assert launch.live()
    assert not launch.reconcile().problems, "it may still be under way"
    launch.database.rows(
        "UPDATE meta_ads.launch SET resuming_at = resuming_at - interval '1 hour'"
        " RETURNING campaign_id"
    )
    assert "spring" in launch.launches.unfinished(600, 3600)
    assert "paused again" in launch.reconcile().problems[0]
    assert not launch.live()


class Slow(PostgresLaunchLedger):
    """A worker that stands still right after its call, for longer than a resumption may take."""

    def finish_resume(self, launch: LaunchRecord, by: str) -> LaunchRecord:
        self._database.rows(
            "UPDATE meta_ads.launch SET resuming_at = resuming_at - interval '1 hour'"
        )
        return super().finish_resume(launch, by)


def test_a_resumption_that_took_too_long_is_taken_back(launch: Launch) -> None:
    live(launch)
    switch(launch, pause)
    with pytest.raises(NotAllowedToActivate, match="took too long"):
        switch(launch, resume, ledger=Slow(launch.database))
    assert not launch.live()
    assert launch.launches.launch("spring").paused


class Overtaken(PostgresLaunchLedger):
    """A ledger in which somebody else does the opposite right before the last call is recorded."""

    other: Any = None

    def finish_resume(self, launch: LaunchRecord, by: str) -> LaunchRecord:
        self.other()
        return super().finish_resume(launch, by)


def test_two_workers_that_resume_at_once_leave_it_on(launch: Launch) -> None:
    live(launch)
    switch(launch, pause)
    ledger = Overtaken(launch.database)
    ledger.other = lambda: switch(launch, resume, "bob")
    assert not switch(launch, resume, ledger=ledger).paused
    assert launch.live()
    assert events(launch) == [("switched off", "ann"), ("switched on", "bob")]


def test_a_pause_that_a_resumption_overtakes_wins(launch: Launch) -> None:
    live(launch)
    update, resumed = launch.platform.update, []

    def overtaken(object_id: str, params: Any) -> None:
        if params == {"status": "PAUSED"} and not resumed:
            resumed.append(switch(launch, resume, "bob"))
        update(object_id, params)

    launch.platform.update = overtaken  # type: ignore[method-assign]
    assert switch(launch, pause).paused
    assert resumed
    assert not launch.live()
    assert launch.launches.launch("spring").paused


def test_a_resumption_that_is_tried_again_does_not_undo_a_later_pause(launch: Launch) -> None:
    live(launch)
    switch(launch, pause)
    asked_at = launch.launches.launch("spring").now
    with pytest.raises(OutcomeUnknown):
        switch(launch, resume, ledger=Dies(launch.database))
    switch(launch, pause, "carol")
    ports = (launch.platform, launch.launches, launch.steps, log.info)
    with pytest.raises(NotAllowedToActivate, match="after this resumption was asked for"):
        resume("spring", "ann", *ports, asked_at=asked_at)
    assert not launch.live()


def test_an_activator_that_comes_late_leaves_a_paused_launch_off(launch: Launch) -> None:
    launch.create(plan())
    update, late = launch.platform.update, []

    def overtaken(object_id: str, params: Any) -> None:
        kind = launch.platform.objects[object_id].kind
        if kind is StepKind.CAMPAIGN and not late:
            late.append(object_id)
            launch.activate()
            switch(launch, pause)
        update(object_id, params)

    launch.platform.update = overtaken  # type: ignore[method-assign]
    with pytest.raises(NotAllowedToActivate, match="paused since"):
        launch.activate()
    assert late
    assert not launch.live()


def test_a_paused_launch_is_verified_as_paused(launch: Launch) -> None:
    launch.create(plan())
    launch.activate()
    switch(launch, pause)
    assert launch.verify() is LaunchState.VERIFIED


def test_the_database_itself_refuses_to_resume_what_may_not_be_on(launch: Launch) -> None:
    live(launch, approval_required=True)
    switch(launch, pause)
    launch.launches.approve(launch.launches.launch("spring"), False, "bob")
    for change in (
        "resuming_at = clock_timestamp()",
        "paused_at = NULL, paused_by = NULL",
    ):
        with pytest.raises(psycopg.errors.RaiseException):
            launch.database.rows(f"UPDATE meta_ads.launch SET {change}")  # type: ignore[arg-type]


def test_the_database_judges_a_second_try_to_resume_too(launch: Launch) -> None:
    live(launch, approval_required=True)
    switch(launch, pause)
    with pytest.raises(OutcomeUnknown):
        switch(launch, resume, ledger=Dies(launch.database))
    launch.launches.approve(launch.launches.launch("spring"), False, "bob")
    with pytest.raises(psycopg.errors.RaiseException, match="may not be on now"):
        launch.database.rows("UPDATE meta_ads.launch SET resuming_at = clock_timestamp()")
