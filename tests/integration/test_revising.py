"""An edited file changes what is at Meta, exactly so far as people let it. Real Postgres."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from meta_ads.errors import NotAllowedToActivate, OutcomeUnknown, PlanMismatch, RejectedByMeta
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.withdrawal import withdraw
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from tests.fakes.platform import Fault
from tests.integration.revisions import EDITED, FILE, NAME, Revised, log

MORE = FILE.replace("3000", "9000")


@pytest.fixture
def launch(database: Database, tmp_path: Path) -> Revised:
    return Revised(database, tmp_path)


def test_an_edited_file_changes_the_live_campaign(launch: Revised) -> None:
    launch.go_live()
    women = launch.named(StepKind.AD, "Women").params["creative"]
    assert launch.edit(EDITED).revision is not None
    assert launch.drive().problems == []
    record = launch.record
    assert (record.revision, record.state) == (None, LaunchState.VERIFIED)
    assert launch.spending() == 4000 + 4500 + 500
    assert launch.named(StepKind.AD_SET, "Gentlemen").params["daily_budget"] == 4500
    assert launch.named(StepKind.AD, "Women").params["creative"] != women
    assert {item.status for item in launch.platform.of_kind(StepKind.AD)} == {"ACTIVE"}
    assert len(launch.platform.of_kind(StepKind.CREATIVE)) == 4


def test_the_same_file_again_sends_nothing(launch: Revised) -> None:
    launch.go_live()
    launch.edit(EDITED)
    launch.drive()
    updates, created = list(launch.platform.updates), len(launch.platform.created)
    assert launch.edit(EDITED).revision is None
    launch.drive()
    assert launch.apply().state is LaunchState.VERIFIED
    assert (launch.platform.updates, len(launch.platform.created)) == (updates, created)


def test_going_back_finds_the_old_creative(launch: Revised) -> None:
    launch.go_live()
    before = launch.named(StepKind.AD, "Women").params["creative"]
    launch.edit(FILE.replace("20%", "30%"))
    launch.drive()
    assert launch.named(StepKind.AD, "Women").params["creative"] != before
    launch.edit(FILE)
    launch.drive()
    assert launch.named(StepKind.AD, "Women").params["creative"] == before
    assert len(launch.platform.of_kind(StepKind.CREATIVE)) == 4


def test_what_meta_does_not_let_change_is_refused_with_the_reason(launch: Revised) -> None:
    launch.go_live()
    with pytest.raises(PlanMismatch, match=r"(?s)Meta fixes the objective.*new campaign_id"):
        launch.edit(FILE + "objective: traffic\n")
    assert launch.record.revision is None
    assert launch.record.state is LaunchState.VERIFIED


def test_a_change_that_waits_for_approval_changes_nothing(launch: Revised) -> None:
    launch.go_live(approval=True)
    updates = list(launch.platform.updates)
    pending = launch.edit(MORE, approval=True)
    with pytest.raises(NotAllowedToActivate, match="needs an approval"):
        launch.apply()
    launch.drive()
    assert launch.platform.updates == updates
    launch.launches.approve(pending, True, "ann", plan_hash=pending.target.hash)
    launch.drive()
    assert launch.spending() == 5000 + 9000


def test_an_approval_taken_back_stops_the_rest(launch: Revised) -> None:
    launch.go_live(approval=True)
    pending = launch.edit(EDITED, approval=True)
    approve = launch.launches.approve
    approve(pending, True, "ann", plan_hash=pending.target.hash)
    _once_changed(launch, lambda: approve(pending, False, "bob", plan_hash=pending.target.hash))
    outcome = launch.drive()
    assert any("bob rejected" in problem for problem in outcome.problems)
    assert launch.spending() == 4000 + 3000, "one change, and no other"
    assert launch.record.revision is not None


def test_a_campaign_that_lost_its_leave_as_it_was_switched_on_is_paused_at_once(
    launch: Revised,
) -> None:
    launch.go_live(approval=True)
    approve, off = launch.launches.approve, launch.edit(FILE + "status: paused\n", approval=True)
    approve(off, True, "ann", plan_hash=off.target.hash)
    launch.drive()
    on = launch.edit(MORE, approval=True)
    approve(on, True, "ann", plan_hash=on.target.hash)
    update = launch.platform.update

    def reject_first(object_id: str, params: Any) -> None:
        if params.get("status") == "ACTIVE":
            approve(on, False, "bob", plan_hash=on.target.hash)
        update(object_id, params)

    launch.platform.update = reject_first  # type: ignore[method-assign]
    with pytest.raises(NotAllowedToActivate, match="bob rejected"):
        launch.apply()
    assert launch.spending() == 0
    # Once it is approved after all, it is switched on again.
    launch.platform.update = update  # type: ignore[method-assign]
    approve(on, True, "ann", plan_hash=on.target.hash)
    assert launch.apply().revision is None
    assert launch.spending() == 5000 + 9000


def test_a_withdrawal_wins_over_a_change_under_way(launch: Revised) -> None:
    launch.go_live(FILE + "status: paused\n".replace("paused", "active"))
    launch.edit(EDITED)
    _once_changed(
        launch,
        lambda: withdraw(NAME, "bob", launch.platform, launch.launches, launch.steps, log.info),
    )
    launch.drive()
    launch.drive()
    assert launch.record.state is LaunchState.WITHDRAWN
    assert launch.spending() == 0


def test_what_meta_refuses_leaves_the_rest_as_it_was(launch: Revised) -> None:
    launch.go_live()
    launch.platform.fail_next("update", Fault.REFUSE)
    launch.edit(MORE)
    with pytest.raises(RejectedByMeta):
        launch.apply()
    assert launch.record.revision is not None
    assert launch.spending() == 5000 + 3000
    assert launch.edit(FILE).revision is None, "nothing was changed, so nothing is left to do"


def test_a_change_of_unknown_outcome_is_undone_by_the_old_file(launch: Revised) -> None:
    launch.go_live()
    launch.edit(MORE)
    launch.platform.fail_next("update", Fault.LOSE_ANSWER)
    with pytest.raises(OutcomeUnknown):
        launch.apply()
    assert launch.spending() == 5000 + 9000, "it arrived, and nobody knows"
    assert launch.edit(FILE).revision is not None
    launch.drive()
    assert launch.spending() == 5000 + 3000
    assert launch.record.revision is None


def test_changes_to_come_keep_a_launch_from_going_live(launch: Revised) -> None:
    launch.launches.pin(launch.plan(approval=True))
    launch.drive()
    launch.edit(MORE, approval=True)
    assert launch.record.state is LaunchState.PAUSED
    with pytest.raises(psycopg.Error, match="is changing to plan"):
        launch.database.rows("UPDATE meta_ads.launch SET state = 'ACTIVATING'")
    assert NAME not in launch.launches.due(60, 86_400)
    launch.drive()
    assert launch.record.revision is None, "paused objects change without asking"
    assert launch.spending() == 0
    launch.launches.approve(launch.record, True, "ann")
    launch.drive()
    assert launch.spending() == 5000 + 9000


def test_a_half_made_launch_takes_the_edited_file(launch: Revised) -> None:
    launch.platform.fail_next("create", Fault.REFUSE, kind=StepKind.AD)
    launch.launches.pin(launch.plan())
    assert launch.drive().problems
    assert launch.edit(MORE).revision is not None
    assert launch.drive().problems == []
    assert (launch.record.state, launch.spending()) == (LaunchState.VERIFIED, 5000 + 9000)
    assert len(launch.platform.of_kind(StepKind.AD_SET)) == 2


def test_parts_go_off_and_on_again(launch: Revised) -> None:
    launch.go_live()
    off = FILE.replace("name: Men", "status: paused, name: Men")
    for text, spent in ((off, 5000), (FILE, 8000), (FILE + "status: paused\n", 0), (FILE, 8000)):
        launch.edit(text)
        assert launch.drive().problems == []
        assert launch.spending() == spent
        assert launch.record.state is LaunchState.VERIFIED


def test_a_part_paused_from_the_start_is_not_switched_on(launch: Revised) -> None:
    launch.go_live(FILE.replace("name: Men", "status: paused, name: Men"))
    assert launch.spending() == 5000


def test_a_paused_campaign_never_comes_due(launch: Revised) -> None:
    launch.launches.pin(launch.plan(FILE + "status: paused\n"))
    launch.drive()
    assert launch.record.state is LaunchState.PAUSED
    assert launch.spending() == 0


def test_a_revision_left_alone_is_taken_on(launch: Revised) -> None:
    launch.go_live()
    launch.edit(MORE)
    assert NAME not in launch.launches.unfinished(600, 86_400), "its own run is at it"
    assert NAME in launch.launches.unfinished(0, 86_400)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE meta_ads.step SET spec_hash = repeat('0', 64)", "under a lease"),
        (
            "UPDATE meta_ads.launch SET plan_hash = revision_hash, revision_hash = NULL,"
            " state = 'ACTIVE'",
            "nobody approved",
        ),
        ("UPDATE meta_ads.launch SET revision_spend = 1", "nobody approved"),
    ],
)
def test_the_database_refuses_what_is_not_allowed(
    launch: Revised, statement: str, words: str
) -> None:
    launch.go_live(approval=True)
    launch.edit(MORE, approval=True)
    with pytest.raises(psycopg.Error, match=words):
        launch.database.rows(statement)


def _once_changed(launch: Revised, action: Callable[[], Any]) -> None:
    """Do something once, right after the first update."""
    update = launch.platform.update
    done: list[bool] = []

    def interrupted(object_id: str, params: dict[str, Any]) -> None:
        update(object_id, params)
        if not done:
            done.append(True)
            action()

    launch.platform.update = interrupted  # type: ignore[assignment,method-assign]
