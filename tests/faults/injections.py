"""The faults: what each does at an instant, to whom, and what Airflow then does."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from meta_ads.errors import NotAllowedToActivate, PlanMismatch
from meta_ads.launching.timing import Timing
from meta_ads.launching.withdrawal import withdraw
from tests.faults.healing import (
    NOBODY,
    PASS_SECONDS,
    History,
    attempt,
    drive,
    listed,
    reconcile,
    retry,
)
from tests.faults.instants import Instant
from tests.faults.launches import VIDEO_BYTES
from tests.faults.tasks import (
    Activate,
    CreateAd,
    CreateAdSet,
    CreateCampaign,
    CreateTask,
    LaunchTask,
    SendChunk,
    SyncStatuses,
    Task,
    UploadTask,
    log,
)
from tests.faults.worker import Cut, LateCommit, Worker
from tests.faults.world import World

HOUR = 3600.0
FIRST_CHUNK = 64 * 1024
CUTS, CUT_SEED = 64, 4
# Airflow takes a worker for lost after so many silent seconds.
HEARTBEAT_SECONDS = 300.0
# How long an orphan is behind its successor; less than quiescence.
ORPHAN_SECONDS = 100.0
LATE_SECONDS = 45.0
PAST_QUIESCENCE = Timing().quiescence + 3 * Timing().between_searches + timedelta(seconds=60)


@dataclass
class Case:
    """One cell while it runs."""

    world: World
    task: Task
    since: int
    history: History = field(default_factory=History)
    #: What people did, with the number of the journal's last entry then.
    events: list[tuple[int, str]] = field(default_factory=list)
    struck: bool = False
    killed: bool = False
    #: Ids that people deleted or archived.
    removed: set[str] = field(default_factory=set)
    skew: float = 0.0
    #: Ids of objects that people made.
    foreign: set[str] = field(default_factory=set)
    #: A worker that dies as soon as its call was carried out.
    doomed: Worker | None = None
    #: The campaign was on without leave after the reconciler's next run.
    still_on: bool = False

    def event(self, name: str) -> None:
        """Remember what a person did now."""
        self.events.append((self.world.journal_length(), name))

    def objects(self) -> list[str]:
        """Return the ids of the case's objects that a person may touch."""
        if isinstance(self.task, LaunchTask):
            return [self.task.campaign_id]
        wanted = ("create", "upload_start")
        entries = self.world.journal(self.since)
        return [row["object_id"] for row in entries if row["kind"] in wanted]

    def edit(self, changes: dict[str, object]) -> None:
        """Change the case's objects as a person in Ads Manager."""
        for object_id in self.objects():
            self.world.controls.control("POST", f"edit/{object_id}", changes)
            if changes.get("status") in ("DELETED", "ARCHIVED"):
                self.removed.add(object_id)


# What cannot happen to a step: videos have no labels and no archive, and nobody but the person who
# withdraws, or the next sync, repeats a lost withdrawal or sync.
_VIDEO = ("label removed", "archived")
NO_SUCH_THING = {
    "video start": _VIDEO,
    "video chunk": _VIDEO,
    "video finish": _VIDEO,
    "video ready": _VIDEO,
    "withdraw": ("run lost",),
    "status sync": ("run lost",),
}

Strike = Callable[[Case, Worker], None]


@dataclass(frozen=True)
class Injection:
    """One fault.

    `strike` happens at the instant. `aftermath` says who goes on: `retry` is Airflow at once,
    `late` Airflow after its heartbeat timeout, `nobody` the reconciler alone.
    """

    name: str
    family: str
    strike: Strike
    aftermath: str = "retry"
    instants: frozenset[Instant] = frozenset(Instant)
    needs_object: bool = False
    late: LateCommit | None = None
    clock_error: float = 0.0
    #: The byte of the file at which the upload ends.
    offset: int | None = None
    #: The only steps it can happen to.
    only: tuple[type[Task], ...] = ()

    @property
    def breaks_sessions(self) -> bool:
        """Whether Postgres sessions end, which their owners notice at their next call."""
        return self.strike in (_cut, _restart, _zombie)

    def applies(self, task: type[Task], instant: Instant) -> bool:
        """Whether this may happen to that step at that instant."""
        if instant not in task.instants or instant not in self.instants:
            return False
        if self.only and not issubclass(task, self.only):
            return False
        if self.name in NO_SUCH_THING.get(task.name, ()):
            return False
        if self.needs_object and issubclass(task, SyncStatuses):
            return True
        before = list(Instant).index(instant) < list(Instant).index(Instant.COMMITTED)
        return not (self.needs_object and before and not issubclass(task, LaunchTask))


def _kill(case: Case, worker: Worker) -> None:
    case.killed = True
    worker.die()


def _orphan(case: Case, worker: Worker) -> None:
    retry(case.task, case.history, session=1, within=ORPHAN_SECONDS)


def _duplicate(case: Case, worker: Worker) -> None:
    second = Worker(case.world, case.world.sessions[1], NOBODY)
    attempt(case.task, second, case.history)


def _zombie(case: Case, worker: Worker) -> None:
    case.world.cut_sessions(worker.session)
    _orphan(case, worker)


def _frozen(case: Case, worker: Worker) -> None:
    case.world.advance(PAST_QUIESCENCE.total_seconds())
    retry(case.task, case.history, session=1, within=PAST_QUIESCENCE.total_seconds())


def _cut(case: Case, worker: Worker) -> None:
    case.world.cut_sessions(worker.session)


def _restart(case: Case, worker: Worker) -> None:
    case.world.restart_postgres()


def _edit_file(case: Case, worker: Worker) -> None:
    try:
        pinned = case.task.people.pin(case.task.edited())
        case.task.people.approve(pinned, True, "ann")
        case.task.plan = pinned.plan
        case.event("edited")
    except (PlanMismatch, NotAllowedToActivate):
        case.event("edit refused")


def _reject(case: Case, worker: Worker) -> None:
    case.event("rejected")
    case.task.people.approve(case.task.people.launch(case.task.owner), False, "bob")


def _withdraw(case: Case, worker: Worker) -> None:
    case.event("withdrawn")
    person = Worker(case.world, case.world.sessions[2], NOBODY)
    ports = (person.platform, person.launches, person.steps, log)
    withdraw(case.task.owner, "bob", *ports)


def _person(changes: dict[str, object]) -> Strike:
    def act(case: Case, worker: Worker) -> None:
        case.event("touched")
        case.edit(changes)
        # Before the id is recorded the worker dies, so that the object must be found again.
        if not isinstance(case.task, LaunchTask):
            _kill(case, worker)

    return act


def _rename(case: Case, worker: Worker) -> None:
    name = "title" if isinstance(case.task, UploadTask) else "name"
    _person({name: "Renamed by Ann"})(case, worker)


def _copy(case: Case, worker: Worker) -> None:
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
    _kill(case, worker)


def _put_off(case: Case, worker: Worker) -> None:
    """Move the launch's time by an hour, and approve that."""
    task = case.task
    assert task.plan.activate_at is not None
    later = replace(
        task.plan, activate_at=task.plan.activate_at + timedelta(hours=1), declared="put off"
    )
    case.event("put off")
    task.people.approve(task.people.pin(later), True, "ann")
    task.plan = later


def _die_after_the_call(strike: Strike) -> Strike:
    """Let people act just before the call leaves, and the worker die right after it."""

    def act(case: Case, worker: Worker) -> None:
        strike(case, worker)
        case.doomed = worker

    return act


def _overtaken(case: Case, worker: Worker) -> None:
    """Freeze past quiescence; the successor's answer is lost; then Meta refuses our own call."""
    case.world.advance(PAST_QUIESCENCE.total_seconds())
    case.world.fail(action="reset_after_commit", method="POST")
    for _ in range(3):
        _duplicate(case, worker)
        if case.world.journal_length() > case.since:
            break
        case.world.advance(Timing().look_again + 1)
    case.world.fail(action="error", code=100, message="Invalid parameter")


def _clock(seconds: float) -> Strike:
    def jump(case: Case, worker: Worker) -> None:
        case.skew += seconds
        case.world.jump_database_clock(seconds)

    return jump


def _server(**fault: object) -> Strike:
    def script(case: Case, worker: Worker) -> None:
        case.world.fail(**fault)

    return script


def _nothing(case: Case, worker: Worker) -> None:
    pass


AT_INSTANTS: tuple[Injection, ...] = (
    Injection("task killed", "process", _kill),
    Injection("supervisor killed, orphan lives", "process", _orphan),
    Injection("task and supervisor killed", "process", _kill, aftermath="late"),
    Injection("run lost", "process", _kill, aftermath="nobody"),
    Injection("duplicate run", "process", _duplicate),
    Injection("zombie without its session", "process", _zombie),
    Injection("zombie past quiescence", "process", _frozen),
    Injection("Postgres session killed", "database", _cut),
    Injection("Postgres restarted", "database", _restart),
    Injection("database clock +1 h", "clock", _clock(HOUR)),
    Injection("database clock -1 h", "clock", _clock(-HOUR)),
    Injection("file edited", "people", _edit_file),
    Injection("approval withdrawn", "people", _reject),
    Injection("launch withdrawn", "people", _withdraw),
    Injection("renamed", "people", _rename, needs_object=True),
    Injection("label removed", "people", _person({"adlabels": []}), needs_object=True),
    Injection("archived", "people", _person({"status": "ARCHIVED"}), needs_object=True),
    Injection("deleted", "people", _person({"status": "DELETED"}), needs_object=True),
)

_CALL = frozenset({Instant.PRE_SEND})
_SWEPT = (CreateCampaign, CreateAdSet, CreateAd)
SPECIAL: tuple[Injection, ...] = (
    Injection("copied by a person", "people", _copy, needs_object=True, only=_SWEPT),
    Injection("put off by an hour", "people", _put_off, only=(Activate,)),
    Injection(
        "approval withdrawn, then killed",
        "people",
        _die_after_the_call(_reject),
        instants=_CALL,
        only=(Activate,),
    ),
    Injection(
        "launch withdrawn, then killed",
        "people",
        _die_after_the_call(_withdraw),
        instants=_CALL,
        only=(Activate,),
    ),
    Injection(
        "put off, then killed",
        "people",
        _die_after_the_call(_put_off),
        instants=_CALL,
        only=(Activate,),
    ),
    Injection("overtaken, then refused", "process", _overtaken, instants=_CALL, only=(CreateTask,)),
)


def _call(name: str, strike: Strike, **more: object) -> Injection:
    return Injection(name, "call", strike, instants=_CALL, **more)  # type: ignore[arg-type]


_THROTTLE = _server(action="throttle", minutes=2)
ON_THE_CALL: tuple[Injection, ...] = (
    _call("reset before commit", _server(action="reset_before")),
    _call("reset after commit", _server(action="reset_after_commit")),
    _call("500, not committed", _server(action="error_500_before")),
    _call("500, committed", _server(action="error_500_after_commit")),
    _call("timeout, committed late", _nothing, late=LateCommit(LATE_SECONDS)),
    _call("truncated answer", _server(action="truncate")),
    _call("throttled", _THROTTLE),
    _call("throttled, worker clock +1 h", _THROTTLE, clock_error=HOUR),
    _call("throttled, worker clock -1 h", _THROTTLE, clock_error=-HOUR),
    _call("token refused", _server(action="token_expired")),
)


def _cut_line(after: int, *, dies: bool) -> Strike:
    def cut(case: Case, worker: Worker) -> None:
        case.killed = dies
        worker.cut = Cut(after, worker if dies else None)

    return cut


def _cuts() -> tuple[Injection, ...]:
    """Return uploads that end at random bytes, half of them with their worker."""
    offsets = random.Random(CUT_SEED).sample(range(VIDEO_BYTES), CUTS)
    return tuple(
        Injection(
            f"upload {'killed' if number % 2 else 'cut'} at byte {offset}",
            "cut",
            _cut_line(offset - start_of_chunk(offset) + 1, dies=bool(number % 2)),
            instants=_CALL,
            offset=offset,
            only=(SendChunk,),
        )
        for number, offset in enumerate(offsets)
    )


def start_of_chunk(offset: int) -> int:
    """Return where the chunk with that byte begins: the emulator's chunks double from 64 KiB."""
    start, length = 0, FIRST_CHUNK
    while offset >= start + length:
        start, length = start + length, length * 2
    return start


CUT_UPLOADS = _cuts()
INJECTIONS = (*AT_INSTANTS, *SPECIAL, *ON_THE_CALL, *CUT_UPLOADS)
BY_NAME = {injection.name: injection for injection in INJECTIONS}


def heal(case: Case, aftermath: str) -> None:
    """Let Airflow and the reconciler do what they do until all is quiet."""
    world, task = case.world, case.task
    if case.doomed is not None:
        _look_soon(case)
    if aftermath == "late":
        world.advance(HEARTBEAT_SECONDS)
    if aftermath != "nobody":
        case.history.gave_up = False
        retry(task, case.history, session=1, within=HOUR * 2)
    reconcile(task, case.history)


def _look_soon(case: Case) -> None:
    """Let the reconciler's next run pass, and see whether the campaign is off if it must be."""
    task = case.task
    assert isinstance(task, LaunchTask), "only activators are doomed"
    case.world.advance(PASS_SECONDS)
    if listed(task):
        drive(task)
    shown = case.world.controls.object(task.campaign_id, "status")["status"]
    if shown == "ACTIVE" and not task.people.launch(task.owner).may_be_on:
        case.still_on = True
