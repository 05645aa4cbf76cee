"""Every launch ends well or asks a person, whatever became of the run that started it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from meta_ads.errors import FixInput, Unsettled
from meta_ads.launching.ports import LaunchState, StepState
from meta_ads.launching.timing import Rhythm
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from tests.fakes.platform import ACCOUNT, Fault
from tests.integration.launches import LEVELS, Launch, plan

RHYTHM = Rhythm()


class Killed(BaseException):
    """A worker's end: nothing of it runs afterwards."""


@pytest.fixture
def launch(database: Database) -> Launch:
    return Launch(database)


def unfinished(launch: Launch, idle: float = 0) -> bool:
    return launch.launches.unfinished(idle, RHYTHM.watch) == ["spring"]


def state(launch: Launch, kind: StepKind) -> StepState:
    [step] = launch.launches.launch("spring").plan.of_kind(kind)
    return launch.steps.records([step.key])[step.key].state


@pytest.mark.parametrize("kind", LEVELS)
def test_a_launch_whose_run_died_is_completed_switched_on_and_verified(
    launch: Launch, kind: StepKind
) -> None:
    launch.platform.fail_next("create", Fault.LOSE_ANSWER, kind=kind)
    with pytest.raises(Unsettled):
        launch.create(plan())
    assert unfinished(launch)
    assert launch.reconcile().state is LaunchState.VERIFIED
    assert [item.kind for item in launch.platform.created] == list(LEVELS)
    assert launch.live()
    assert not unfinished(launch)


def test_a_launch_that_somebody_works_on_is_left_alone(launch: Launch) -> None:
    launch.launches.pin(plan())
    assert not unfinished(launch, idle=60)
    launch.database.rows("ALTER TABLE meta_ads.launch DISABLE TRIGGER launch_guard")
    launch.database.rows("UPDATE meta_ads.launch SET updated_at = now() - interval '2 minutes'")
    assert unfinished(launch, idle=60)
    step = launch.launches.launch("spring").plan.steps[0]
    with launch.steps.lease(step, ACCOUNT, "another worker"):
        assert not unfinished(launch, idle=60)
        assert launch.reconcile().waits_until is not None
    assert launch.platform.created == []


def test_a_launch_waiting_for_its_time_or_for_nothing_costs_no_call(launch: Launch) -> None:
    launch.create(plan(activates_in=timedelta(hours=1)))
    calls = list(launch.platform.calls)
    assert not unfinished(launch)
    assert launch.reconcile().state is LaunchState.PAUSED
    assert launch.platform.calls == calls


def test_a_launch_long_overdue_is_left_to_a_person(launch: Launch) -> None:
    launch.create(plan(activates_in=-timedelta(hours=25)))
    [problem] = launch.reconcile().problems
    assert "too late to switch it on unasked" in problem
    assert not launch.live()
    assert not unfinished(launch)


def test_an_unapproved_launch_is_not_switched_on_by_the_second_activator(launch: Launch) -> None:
    launch.create(plan(approval_required=True))
    outcome = launch.reconcile()
    assert (outcome.state, outcome.problems) == (LaunchState.PAUSED, [])
    assert not launch.live()
    launch.launches.approve(launch.launches.launch("spring"), True, "ann")
    assert launch.reconcile().state is LaunchState.VERIFIED


def test_what_meta_refused_waits_for_a_person_and_is_not_sent_again(launch: Launch) -> None:
    launch.launches.pin(plan())
    launch.platform.fail_next("create", Fault.REFUSE, kind=StepKind.AD_SET)
    assert "ad_set" in launch.reconcile().problems[0]
    created = list(launch.platform.calls)
    assert not unfinished(launch)
    assert launch.reconcile().problems == []
    assert launch.platform.calls == created
    launch.launches.pin(plan())
    assert launch.reconcile().state is LaunchState.VERIFIED


def test_a_lost_token_is_tried_again_at_the_next_pass(launch: Launch) -> None:
    launch.launches.pin(plan())
    launch.platform.fail_next("create", Fault.ACCESS, kind=StepKind.AD_SET)
    assert launch.reconcile().problems != []
    assert launch.reconcile().state is LaunchState.VERIFIED


@pytest.mark.parametrize("fault", [Fault.NOT_SENT, Fault.LOSE_CALL])
def test_a_call_that_fails_in_passing_does_not_keep_the_launches_behind_it(
    launch: Launch, fault: Fault
) -> None:
    launch.create(plan())
    launch.platform.fail_next("update", fault)
    outcome = launch.reconcile()
    assert (outcome.state, outcome.problems) == (LaunchState.ACTIVATING, [])
    assert launch.reconcile().state is LaunchState.VERIFIED


def test_a_throttled_launch_waits_and_goes_on(launch: Launch) -> None:
    launch.launches.pin(plan())
    launch.platform.fail_next("create", Fault.THROTTLE, kind=StepKind.AD)
    assert launch.reconcile().waits_until is not None
    launch.later()
    assert launch.reconcile().state is LaunchState.VERIFIED


class TestAfterAWithdrawal:
    def test_a_campaign_switched_on_by_a_late_call_is_paused_again(self, launch: Launch) -> None:
        launch.create(plan())
        launch.activate()
        launch.withdraw()
        campaign = launch.platform.of_kind(StepKind.CAMPAIGN)[0]
        campaign.status = "ACTIVE"
        assert unfinished(launch)
        assert "paused again" in launch.reconcile().problems[0]
        assert not launch.live()
        assert launch.reconcile().problems == []

    def test_it_is_watched_for_a_day_and_then_whenever_a_sync_saw_it_live(
        self, launch: Launch
    ) -> None:
        launch.create(plan())
        launch.withdraw()
        launch.database.rows(
            "UPDATE meta_ads.launch SET withdrawn_at = now() - interval '25 hours'"
        )
        assert not unfinished(launch)
        _seen_at_meta(launch, launch.platform.of_kind(StepKind.CAMPAIGN)[0].object_id, "ACTIVE")
        assert unfinished(launch)

    def test_a_lost_create_is_found_and_recorded_and_nothing_more_is_made(
        self, launch: Launch
    ) -> None:
        launch.platform.fail_next("create", Fault.LOSE_ANSWER, kind=StepKind.CAMPAIGN)
        with pytest.raises(Unsettled):
            launch.create(plan())
        launch.withdraw()
        launch.reconcile()
        assert state(launch, StepKind.CAMPAIGN) is StepState.DONE
        assert [item.kind for item in launch.platform.created] == [StepKind.CAMPAIGN]

    def test_an_attempt_without_a_trace_is_closed_and_not_sent_again(self, launch: Launch) -> None:
        launch.platform.fail_next("create", Fault.LOSE_CALL, kind=StepKind.CAMPAIGN)
        with pytest.raises(Unsettled):
            launch.create(plan())
        launch.withdraw()
        launch.later()
        assert launch.reconcile().waits_until is not None
        launch.reconcile()
        assert state(launch, StepKind.CAMPAIGN) is StepState.NEW
        assert launch.platform.created == []
        launch.database.rows("UPDATE meta_ads.launch SET withdrawn_at = '2026-01-01'")
        assert not unfinished(launch)


def late_twin(launch: Launch, kind: StepKind = StepKind.CAMPAIGN, **changes: object) -> str:
    """Let a frozen worker send its create after another one had taken the step over."""
    [step] = launch.launches.launch("spring").plan.of_kind(kind)
    params = {**step.params, **changes}
    for name, parent in (("campaign_id", StepKind.CAMPAIGN), ("adset_id", StepKind.AD_SET)):
        if name in params:
            params[name] = launch.platform.of_kind(parent)[0].object_id
    return launch.platform.create(kind, ACCOUNT, params)


@pytest.fixture
def taken_over(launch: Launch) -> Launch:
    """A complete launch whose steps all took a second attempt."""
    for kind in LEVELS:
        launch.platform.fail_next("create", Fault.LOSE_CALL, kind=kind)
        with pytest.raises(Unsettled):
            launch.create(plan(activates_in=timedelta(hours=1)))
        launch.later()
        with pytest.raises(Unsettled):
            launch.create(plan(activates_in=timedelta(hours=1)))
    launch.create(plan(activates_in=timedelta(hours=1)))
    return launch


@pytest.mark.parametrize("kind", LEVELS)
def test_the_second_object_of_a_worker_that_woke_up_late_is_deleted(
    taken_over: Launch, kind: StepKind
) -> None:
    [first] = taken_over.alive(kind)
    twin = late_twin(taken_over, kind)
    taken_over.later(timedelta(minutes=2))
    assert unfinished(taken_over)
    taken_over.reconcile()
    assert taken_over.alive(kind) == [first]
    events = taken_over.database.rows("SELECT detail FROM meta_ads.attempt WHERE event = 'swept'")
    assert [row["detail"] for row in events] == [twin]


def test_twins_are_looked_for_soon_and_then_ever_more_seldom(taken_over: Launch) -> None:
    taken_over.later(timedelta(minutes=2))
    looks = 0
    for _ in range(24 * 60):
        taken_over.later(timedelta(minutes=1))
        if unfinished(taken_over):
            taken_over.reconcile()
            looks += 1
    assert 8 < looks < 40


def test_an_object_seen_with_a_foreign_marker_is_looked_at_once_for_each_sync(
    launch: Launch,
) -> None:
    launch.create(plan(activates_in=timedelta(hours=1)))
    assert not unfinished(launch)
    twin = late_twin(launch)
    _seen_at_meta(launch, twin, "PAUSED")
    assert unfinished(launch)
    launch.reconcile()
    assert twin not in launch.alive(StepKind.CAMPAIGN)
    assert not unfinished(launch)


def test_a_copy_that_a_person_made_is_never_touched(taken_over: Launch) -> None:
    copy = late_twin(taken_over)
    taken_over.platform.objects[copy].copied_from = taken_over.alive(StepKind.CAMPAIGN)[0]
    taken_over.later(timedelta(minutes=2))
    assert taken_over.reconcile().problems == []
    assert copy in taken_over.alive(StepKind.CAMPAIGN)


def test_a_twin_that_a_person_switched_on_is_reported_and_not_deleted(taken_over: Launch) -> None:
    twin = late_twin(taken_over)
    taken_over.platform.objects[twin].status = "ACTIVE"
    taken_over.later(timedelta(minutes=2))
    [problem] = taken_over.reconcile().problems
    assert twin in problem
    assert "is live" in problem
    assert twin in taken_over.alive(StepKind.CAMPAIGN)


def test_a_copy_is_not_adopted_in_place_of_our_own_object(launch: Launch) -> None:
    launch.launches.pin(plan())
    copy = late_twin(launch)
    launch.platform.objects[copy].copied_from = "1"
    launch.create(plan())
    assert launch.launches.steps("spring")[0]["object_id"] != copy


@pytest.mark.parametrize("instant", ["before", "after"])
@pytest.mark.parametrize("kind", LEVELS)
def test_an_activation_that_died_at_any_call_is_finished(
    launch: Launch, kind: StepKind, instant: str
) -> None:
    launch.create(plan())
    update = launch.platform.update
    dead: list[bool] = []

    def die(object_id: str, params: dict[str, str]) -> None:
        meant = launch.platform.objects[object_id].kind is kind and not dead
        if not meant or instant == "after":
            update(object_id, params)
        if meant:
            dead.append(True)
            raise Killed

    launch.platform.update = die  # type: ignore[assignment,method-assign]
    with pytest.raises(Killed):
        launch.activate()
    assert launch.reconcile().state is LaunchState.VERIFIED
    assert launch.live()


class TestThePostgresRules:
    """What the database refuses, whoever asks."""

    def refused(self, launch: Launch, statement: str) -> str:
        with pytest.raises(psycopg.errors.RaiseException) as refusal:
            launch.database.rows(statement)  # type: ignore[arg-type]
        return str(refusal.value)

    def test_a_child_cannot_be_sent_before_its_parent_is_done(self, launch: Launch) -> None:
        wanted = plan()
        step = wanted.of_kind(StepKind.AD_SET)[0]
        with (
            launch.steps.lease(step, wanted.account_id, "w") as lease,
            pytest.raises(psycopg.errors.RaiseException, match="before its parents are DONE"),
        ):
            launch.steps.begin(lease)

    def test_an_incomplete_launch_cannot_be_called_complete(self, launch: Launch) -> None:
        launch.launches.pin(plan())
        assert "not complete" in self.refused(launch, "UPDATE meta_ads.launch SET state = 'PAUSED'")

    def test_an_unapproved_launch_cannot_start_to_go_live(self, launch: Launch) -> None:
        launch.create(plan(approval_required=True))
        assert "nobody approved" in self.refused(
            launch, "UPDATE meta_ads.launch SET state = 'ACTIVATING'"
        )

    def test_a_launch_cannot_be_live_before_its_time(self, launch: Launch) -> None:
        launch.create(plan(activates_in=timedelta(hours=1)))
        launch.database.rows("UPDATE meta_ads.launch SET state = 'ACTIVATING'")
        assert "not due" in self.refused(
            launch, "UPDATE meta_ads.launch SET state = 'ACTIVE', activated_at = now()"
        )

    def test_a_done_step_keeps_its_object(self, launch: Launch) -> None:
        launch.create(plan())
        assert "for ever" in self.refused(launch, "UPDATE meta_ads.step SET object_id = '1'")


def test_a_refusal_of_an_edited_file_does_not_stop_a_complete_launch(launch: Launch) -> None:
    launch.create(plan(activates_in=timedelta(hours=1)))
    edited = plan(activates_in=timedelta(hours=1))
    campaign, *rest = edited.steps
    other = replace(campaign, params={**campaign.params, "objective": "OUTCOME_TRAFFIC"})
    with pytest.raises(FixInput, match="objective"):
        launch.launches.pin(replace(edited, steps=(other, *rest), declared="edited"))
    assert not launch.launches.launch("spring").stopped


def _seen_at_meta(launch: Launch, object_id: str, status: str) -> None:
    """Write what a status sync would have seen."""
    item = launch.platform.objects[object_id]
    launch.database.rows(
        "INSERT INTO meta_ads.object_status (object_id, account_id, kind, name, status,"
        " effective_status, currency, changed_at, synced_at) VALUES (%(id)s, %(account)s, %(kind)s,"
        " %(name)s, %(status)s, %(status)s, 'SGD', now(), clock_timestamp())",
        {
            "id": object_id,
            "account": item.account_id,
            "kind": str(item.kind),
            "name": item.name,
            "status": status,
        },
    )
