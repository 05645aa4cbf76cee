"""What people do to a launch while a step of it runs: in Airflow, its file, Ads Manager."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from meta_ads.errors import NotAllowedToActivate, PlanMismatch
from meta_ads.launching.pausing import pause, resume
from meta_ads.launching.withdrawal import withdraw
from tests.faults.case import Case, Strike
from tests.faults.change_tasks import ChangeTask
from tests.faults.healing import NOBODY, RHYTHM, drive
from tests.faults.launches import ACCOUNT
from tests.faults.live_tasks import LaunchTask
from tests.faults.strikes import kill
from tests.faults.tasks import UploadTask, log
from tests.faults.worker import Worker


def edit_file(case: Case, worker: Worker) -> None:
    """Edit the file, trigger it, and approve that."""
    try:
        pinned = case.task.people.pin(case.task.edited())
        case.task.people.approve(pinned, True, "ann")
        case.task.plan = pinned.plan
        case.event("edited")
    except (PlanMismatch, NotAllowedToActivate):
        case.event("edit refused")


def reject(case: Case, worker: Worker) -> None:
    """Take the approval back."""
    case.event("rejected")
    case.task.people.approve(case.task.people.launch(case.task.owner), False, "bob")


def take_back(case: Case, worker: Worker) -> None:
    """Withdraw the launch."""
    case.event("withdrawn")
    person = Worker(case.world, case.world.sessions[2], NOBODY)
    withdraw(case.task.owner, "bob", person.platform, person.launches, person.steps, log)


def switch_off(case: Case, worker: Worker) -> None:
    """Pause the launch. Who pauses what is paused already stops no resumption that begins later."""
    launch = case.task.people.launch(case.task.owner)
    case.event("paused already" if launch.paused and launch.resuming_at is None else "paused")
    person = Worker(case.world, case.world.sessions[2], NOBODY)
    pause(case.task.owner, "bob", person.platform, person.launches, person.steps, log)


def switch_on(case: Case, worker: Worker) -> None:
    """Resume the launch, if it is paused."""
    case.event("resumed")
    person = Worker(case.world, case.world.sessions[2], NOBODY)
    resume(case.task.owner, "bob", person.platform, person.launches, person.steps, log)


def put_back(case: Case, worker: Worker) -> None:
    """Trigger the file as it was before the change."""
    task = case.task
    assert isinstance(task, ChangeTask), "only changes are put back"
    case.event("put back")
    task.people.pin(replace(task.before))


def frozen_while_put_back(case: Case, worker: Worker) -> None:
    """Stand still until the old file was triggered and applied by others."""
    put_back(case, worker)
    case.world.advance(RHYTHM.idle + 1)
    drive(case.task)


def take_room(case: Case, worker: Worker) -> None:
    """Lower the account's limit below what the launch may spend."""
    case.event("room taken")
    case.world.limit_spending(ACCOUNT, 1)


def by_hand(changes: dict[str, object]) -> Strike:
    """Return what changes the objects in Ads Manager."""

    def act(case: Case, worker: Worker) -> None:
        case.event("touched")
        case.edit(changes)
        # Before the id is recorded the worker dies, so that the object must be found again.
        if not isinstance(case.task, LaunchTask):
            kill(case, worker)

    return act


def rename(case: Case, worker: Worker) -> None:
    """Rename the objects."""
    name = "title" if isinstance(case.task, UploadTask) else "name"
    by_hand({name: "Renamed by Ann"})(case, worker)


def copy(case: Case, worker: Worker) -> None:
    """Duplicate the object as Ads Manager does: name, label and all; the copy is a person's."""
    case.event("copied")
    for row in case.world.journal(case.since):
        if row["kind"] == "create":
            answer = case.world.controls.call("POST", f"/v26.0{row['path']}", row["params"])
            source = {"adset": "source_adset_id"}.get(
                row["object_kind"], f"source_{row['object_kind']}_id"
            )
            case.world.controls.control("POST", f"edit/{answer['id']}", {source: row["object_id"]})
            case.foreign.add(answer["id"])
    kill(case, worker)


def put_off(case: Case, worker: Worker) -> None:
    """Move the launch's time by an hour, and approve that."""
    task = case.task
    assert task.plan.activate_at is not None
    later = replace(
        task.plan, activate_at=task.plan.activate_at + timedelta(hours=1), declared="put off"
    )
    case.event("put off")
    task.people.approve(task.people.pin(later), True, "ann")
    task.plan = later


def die_after_the_call(strike: Strike) -> Strike:
    """Let people act just before the call leaves, and the worker die right after it."""

    def act(case: Case, worker: Worker) -> None:
        strike(case, worker)
        case.doomed = worker

    return act
