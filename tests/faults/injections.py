"""The faults: what each does at an instant, to whom, and what Airflow then does."""

from __future__ import annotations

import random

from meta_ads.launching.ports import RESUMING
from tests.faults import people, strikes
from tests.faults.case import Case, Injection, Strike, may_be_on
from tests.faults.change_tasks import ChangeTask, SpendMore, SwitchOn
from tests.faults.healing import PASS_SECONDS, drive, listed, reconcile, retry
from tests.faults.instants import Instant
from tests.faults.launches import VIDEO_BYTES
from tests.faults.live_tasks import Activate, LaunchTask, Pause, Resume
from tests.faults.tasks import (
    CreateAd,
    CreateAdSet,
    CreateCampaign,
    CreateTask,
    SendChunk,
    Task,
    UploadTask,
)
from tests.faults.watched_platform import Cut
from tests.faults.worker import LateCommit, Worker

HOUR = 3600.0
FIRST_CHUNK = 64 * 1024
CUTS, CUT_SEED = 64, 4
# Airflow takes a worker for lost after so many silent seconds.
HEARTBEAT_SECONDS = 300.0
LATE_SECONDS = 45.0

AT_INSTANTS: tuple[Injection, ...] = (
    Injection("task killed", "process", strikes.kill),
    Injection("supervisor killed, orphan lives", "process", strikes.orphan),
    Injection("task and supervisor killed", "process", strikes.kill, aftermath="late"),
    Injection("run lost", "process", strikes.kill, aftermath="nobody"),
    Injection("duplicate run", "process", strikes.duplicate),
    Injection("zombie without its session", "process", strikes.zombie, breaks_sessions=True),
    Injection("zombie past quiescence", "process", strikes.frozen),
    Injection("Postgres session killed", "database", strikes.cut, breaks_sessions=True),
    Injection("Postgres restarted", "database", strikes.restart, breaks_sessions=True, costly=True),
    Injection("database clock +1 h", "clock", strikes.clock(HOUR)),
    Injection("database clock -1 h", "clock", strikes.clock(-HOUR)),
    Injection("file edited", "people", people.edit_file, decided=True),
    Injection("approval withdrawn", "people", people.reject, decided=True),
    Injection("launch withdrawn", "people", people.take_back, decided=True),
    Injection("renamed", "people", people.rename, needs_object=True),
    Injection("label removed", "people", people.by_hand({"adlabels": []}), needs_object=True),
    Injection("archived", "people", people.by_hand({"status": "ARCHIVED"}), needs_object=True),
    Injection("deleted", "people", people.by_hand({"status": "DELETED"}), needs_object=True),
)

_CALL = frozenset({Instant.PRE_SEND})
_SWEPT = (CreateCampaign, CreateAdSet, CreateAd)


def _killed(name: str, strike: Strike, *only: type[Task]) -> tuple[Injection]:
    """Return what people do just before the call leaves, after which the worker dies."""
    act = people.die_after_the_call(strike)
    return (Injection(f"{name}, then killed", "people", act, instants=_CALL, only=only),)


SPECIAL: tuple[Injection, ...] = (
    Injection("copied by a person", "people", people.copy, needs_object=True, only=_SWEPT),
    Injection("put off by an hour", "people", people.put_off, only=(Activate,)),
    Injection("paused by a person", "people", people.switch_off, only=(Resume, ChangeTask)),
    Injection("resumed by a person", "people", people.switch_on, only=(Pause,)),
    Injection("file put back", "people", people.put_back, only=(ChangeTask,)),
    Injection(
        "frozen while the file is put back",
        "people",
        people.frozen_while_put_back,
        instants=frozenset({Instant.ENTER, Instant.LEASED, Instant.INTENT, Instant.CHECKED}),
        only=(SpendMore,),
    ),
    Injection("room taken", "people", people.take_room, only=(Resume,)),
    *_killed("approval withdrawn", people.reject, Activate, Resume, SpendMore, SwitchOn),
    *_killed("launch withdrawn", people.take_back, Activate, Resume, SwitchOn),
    *_killed("put off", people.put_off, Activate),
    *_killed("paused", people.switch_off, Resume, SwitchOn),
    *_killed("file put back", people.put_back, SwitchOn),
    Injection(
        "overtaken, then refused", "process", strikes.overtaken, instants=_CALL, only=(CreateTask,)
    ),
)


def _call(name: str, strike: Strike, **more: object) -> Injection:
    return Injection(name, "call", strike, instants=_CALL, **more)  # type: ignore[arg-type]


_THROTTLE = strikes.server(action="throttle", minutes=2)
ON_THE_CALL: tuple[Injection, ...] = (
    _call("reset before commit", strikes.server(action="reset_before")),
    _call("reset after commit", strikes.server(action="reset_after_commit")),
    _call("500, not committed", strikes.server(action="error_500_before")),
    _call("500, committed", strikes.server(action="error_500_after_commit")),
    _call("timeout, committed late", strikes.nothing, late=LateCommit(LATE_SECONDS)),
    _call("truncated answer", strikes.server(action="truncate")),
    _call("throttled", _THROTTLE),
    _call("throttled, worker clock +1 h", _THROTTLE, clock_error=HOUR),
    _call("throttled, worker clock -1 h", _THROTTLE, clock_error=-HOUR),
    _call("token refused", strikes.server(action="token_expired")),
)


# After its last call a worker needs no token.
_WHILE_CALLING = frozenset(Instant) - {
    Instant.PRE_RECORD,
    Instant.RECORDED,
    Instant.PUSHED,
    Instant.REPORTED,
}
_TOKENS = {
    "instants": _WHILE_CALLING,
    "two_tokens": True,
    "only": (CreateTask, UploadTask, LaunchTask),
}
WITH_TWO_TOKENS: tuple[Injection, ...] = (
    Injection("token dies", "token", strikes.token_dies, **_TOKENS),  # type: ignore[arg-type]
    Injection("token full", "token", strikes.token_full, **_TOKENS),  # type: ignore[arg-type]
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
INJECTIONS = (*AT_INSTANTS, *SPECIAL, *ON_THE_CALL, *WITH_TWO_TOKENS, *CUT_UPLOADS)
BY_NAME = {injection.name: injection for injection in INJECTIONS}


def heal(case: Case, aftermath: str) -> None:
    """Let Airflow and the reconciler do what they do until all is quiet."""
    world, task = case.world, case.task
    if case.doomed is not None:
        _look_soon(case)
    if aftermath == "late":
        world.advance(HEARTBEAT_SECONDS)
    if aftermath != "nobody" and (task.tried_again or not case.history.refused):
        case.history.gave_up = False
        retry(task, case.history, session=1, within=HOUR * 2)
    reconcile(task, case.history)


def _look_soon(case: Case) -> None:
    """Let the reconciler's next run pass, and see whether the campaign is off if it must be."""
    task = case.task
    assert isinstance(task, LaunchTask), "only activators are doomed"
    # A resumption may be under way for so long; whether it is, nobody knows.
    resuming = isinstance(task, Resume)
    case.world.advance(PASS_SECONDS + (RESUMING.total_seconds() if resuming else 0.0))
    if listed(task):
        drive(task)
    shown = case.world.controls.object(task.campaign_id, "status")["status"]
    if shown == "ACTIVE" and not may_be_on(task.people.launch(task.owner)):
        case.still_on = True
