"""Nothing goes live early, unapproved, withdrawn or different from its plan. Real Postgres."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from meta_ads.errors import (
    FixInput,
    NotAllowedToActivate,
    OutcomeUnknown,
    VerificationFailed,
    WaitUntil,
)
from meta_ads.launching.ports import LaunchState
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from tests.fakes.platform import Fault
from tests.integration.launches import Launch, plan


@pytest.fixture
def launch(database: Database) -> Launch:
    return Launch(database)


def test_children_go_on_before_the_campaign_does(launch: Launch) -> None:
    launch.create(plan())
    assert launch.activate() is LaunchState.ACTIVE
    assert launch.switched_on == ["ad", "ad_set", "campaign"]
    assert launch.verify() is LaunchState.VERIFIED


def test_activating_and_verifying_again_sends_nothing(launch: Launch) -> None:
    launch.create(plan())
    launch.activate()
    launch.verify()
    updates = list(launch.platform.updates)
    assert launch.activate() is LaunchState.VERIFIED
    assert launch.verify() is LaunchState.VERIFIED
    assert launch.platform.updates == updates


def test_nothing_goes_live_before_its_time(launch: Launch) -> None:
    wanted = plan(activates_in=timedelta(minutes=5))
    launch.create(wanted)
    with pytest.raises(WaitUntil) as waiting:
        launch.activate()
    assert waiting.value.not_before == wanted.activate_at
    assert launch.platform.updates == []


def test_without_a_schedule_nothing_ever_goes_live(launch: Launch) -> None:
    launch.create(plan(activates_in=None))
    with pytest.raises(NotAllowedToActivate, match="no schedule"):
        launch.activate()
    assert launch.platform.updates == []


def test_an_unapproved_plan_stays_paused(launch: Launch) -> None:
    launch.create(plan(approval_required=True))
    with pytest.raises(NotAllowedToActivate, match="approval"):
        launch.activate()
    assert launch.platform.updates == []


def test_an_approval_counts_for_its_own_plan_only(launch: Launch) -> None:
    launch.create(plan(approval_required=True))
    launch.launches.approve(launch.launches.launch("spring"), True, "ann")
    launch.launches.pin(plan(approval_required=True, activates_in=timedelta(seconds=-2)))
    with pytest.raises(NotAllowedToActivate, match="approval"):
        launch.activate()
    launch.launches.approve(launch.launches.launch("spring"), True, "ann")
    assert launch.activate() is LaunchState.ACTIVE


def test_the_last_decision_counts(launch: Launch) -> None:
    launch.create(plan(approval_required=True))
    for approved in (True, False):
        launch.launches.approve(launch.launches.launch("spring"), approved, "ann")
    with pytest.raises(NotAllowedToActivate):
        launch.activate()


def test_an_incomplete_launch_stays_paused(launch: Launch) -> None:
    launch.launches.pin(plan())
    with pytest.raises(FixInput, match="not complete"):
        launch.activate()


def test_a_withdrawn_launch_never_goes_live(launch: Launch) -> None:
    launch.create(plan())
    assert launch.withdraw() is LaunchState.WITHDRAWN
    with pytest.raises(NotAllowedToActivate, match="withdrawn"):
        launch.activate()
    with pytest.raises(NotAllowedToActivate, match="new campaign_id"):
        launch.launches.pin(plan())
    assert not launch.live()


def test_withdrawing_a_live_launch_pauses_it(launch: Launch) -> None:
    launch.create(plan())
    launch.activate()
    launch.withdraw()
    assert not launch.live()


def _on_update(launch: Launch, kind: StepKind, action: Callable[[], object]) -> None:
    """Do something in the moment an object of `kind` is being switched on."""
    update = launch.platform.update
    done: list[bool] = []

    def interrupted(object_id: str, params: dict[str, str]) -> None:
        if launch.platform.objects[object_id].kind is kind and not done:
            done.append(True)
            action()
        update(object_id, params)

    launch.platform.update = interrupted  # type: ignore[assignment,method-assign]


def test_a_withdrawal_while_the_children_go_on_wins(launch: Launch) -> None:
    launch.create(plan())
    _on_update(launch, StepKind.AD_SET, lambda: launch.launches.withdraw("spring", "ann"))
    with pytest.raises(NotAllowedToActivate):
        launch.activate()
    assert "campaign" not in launch.switched_on


def test_a_withdrawal_while_the_last_call_is_under_way_is_enforced_after_it(
    launch: Launch,
) -> None:
    launch.create(plan())
    _on_update(launch, StepKind.CAMPAIGN, lambda: launch.launches.withdraw("spring", "ann"))
    with pytest.raises(NotAllowedToActivate):
        launch.activate()
    assert not launch.live()


def test_an_activation_whose_last_answer_was_lost_is_finished_by_the_next(
    launch: Launch,
) -> None:
    launch.create(plan())
    update = launch.platform.update
    lost: list[str] = []

    def lose_campaign(object_id: str, params: dict[str, str]) -> None:
        update(object_id, params)
        if launch.platform.objects[object_id].kind is StepKind.CAMPAIGN and not lost:
            lost.append(object_id)
            raise OutcomeUnknown("no answer")

    launch.platform.update = lose_campaign  # type: ignore[assignment,method-assign]
    with pytest.raises(OutcomeUnknown):
        launch.activate()
    assert launch.activate() is LaunchState.ACTIVE


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("daily_budget", 99900, "daily_budget is 99900, planned 5000"),
        ("name", "Renamed", "the name should be"),
        ("bid_strategy", "COST_CAP", "bid_strategy is COST_CAP"),
    ],
)
def test_a_launch_that_someone_changed_at_meta_is_not_switched_on(
    launch: Launch, field: str, value: object, words: str
) -> None:
    launch.create(plan())
    launch.platform.of_kind(StepKind.CAMPAIGN)[0].params[field] = value
    with pytest.raises(VerificationFailed, match=words):
        launch.activate()
    assert launch.platform.updates == []


def test_a_campaign_that_a_person_deleted_is_not_switched_on(launch: Launch) -> None:
    launch.create(plan())
    launch.platform.of_kind(StepKind.CAMPAIGN)[0].status = "DELETED"
    with pytest.raises(VerificationFailed, match="DELETED"):
        launch.activate()


def test_verify_fails_when_a_person_paused_the_ad(launch: Launch) -> None:
    launch.create(plan())
    launch.activate()
    launch.platform.of_kind(StepKind.AD)[0].status = "PAUSED"
    with pytest.raises(VerificationFailed, match="PAUSED"):
        launch.verify()


def test_a_launch_that_is_at_meta_keeps_its_plan_until_it_is_changed(launch: Launch) -> None:
    launch.create(plan())
    record = launch.launches.pin(plan(budget=6000))
    assert record.plan.steps[0].params["daily_budget"] == 5000
    assert record.target.steps[0].params["daily_budget"] == 6000
    with pytest.raises(NotAllowedToActivate, match="is changing to plan"):
        launch.activate()
    assert launch.platform.updates == []


def test_a_launch_not_yet_live_takes_another_time(launch: Launch) -> None:
    launch.create(plan(activates_in=timedelta(minutes=5)))
    launch.launches.pin(plan())
    assert launch.activate() is LaunchState.ACTIVE


def test_a_failed_create_leaves_what_exists_paused_and_is_continued(launch: Launch) -> None:
    launch.platform.fail_next("create", Fault.REFUSE, kind=StepKind.AD)
    with pytest.raises(FixInput):
        launch.create(plan())
    launch.create(plan())
    assert [item.kind for item in launch.platform.created] == ["campaign", "ad_set", "ad"]
    assert launch.activate() is LaunchState.ACTIVE


def test_a_newer_version_that_sends_other_parameters_changes_nothing_already_sent(
    launch: Launch,
) -> None:
    old = plan()
    launch.create(old)
    launch.activate()
    campaign, *rest = old.steps
    newer = replace(campaign, params={**campaign.params, "new_parameter": 1})
    record = launch.launches.pin(replace(old, steps=(newer, *rest)))
    assert record.plan.hash == old.hash
    assert launch.verify() is LaunchState.VERIFIED


def test_a_newer_version_may_correct_what_was_never_sent(launch: Launch) -> None:
    old = plan()
    launch.platform.fail_next("create", Fault.REFUSE, kind=StepKind.CAMPAIGN)
    with pytest.raises(FixInput):
        launch.create(old)
    campaign, *rest = old.steps
    corrected = replace(campaign, params={**campaign.params, "corrected": 1})
    launch.create(replace(old, steps=(corrected, *rest)))
    assert launch.platform.created[0].params["corrected"] == 1


def test_two_activators_at_once_switch_a_launch_on_once(launch: Launch) -> None:
    launch.create(plan())
    _on_read(launch, launch.activate)
    assert launch.activate() is LaunchState.ACTIVE
    assert launch.switched_on == ["ad", "ad_set", "campaign"]


def test_a_launch_never_goes_back(launch: Launch) -> None:
    launch.create(plan())
    before = launch.launches.launch("spring")
    launch.activate()
    launch.verify()
    again = launch.launches.advance(before, LaunchState.ACTIVATING, "late")
    assert again.state is LaunchState.VERIFIED


def _on_read(launch: Launch, action: Callable[[], object]) -> None:
    """Do something once, while the objects are being compared with the plan."""
    read = launch.platform.read
    done: list[bool] = []

    def interrupted(object_id: str, fields: Sequence[str]) -> Mapping[str, Any]:
        if not done:
            done.append(True)
            action()
            # What the slow activator sees is from before the other one acted.
            launch.platform.of_kind(StepKind.CAMPAIGN)[0].status = "PAUSED"
        return read(object_id, fields)

    launch.platform.read = interrupted  # type: ignore[method-assign]
