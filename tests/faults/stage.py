"""What the state machine's rules are made of: workers that stop at an instant, and go on or die."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest.mock import patch

from greenlet import greenlet
from hypothesis.stateful import RuleBasedStateMachine

from meta_ads.errors import MetaAdsError, NotAllowedToActivate, PlanMismatch
from meta_ads.launching import creation, revising
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.timing import Timing
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind
from tests.faults.chain import Chain
from tests.faults.healing import History, attempt, drive
from tests.faults.instants import Instant, Killed
from tests.faults.launches import Base, make_base
from tests.faults.model import Model
from tests.faults.tasks import Task
from tests.faults.worker import Aim, LateCommit, Worker
from tests.faults.world import World

EXAMPLES_PER_BASE = 60
HOUR = 3600.0
OUTSIDE = (Instant.ENTER, Instant.PUSHED, Instant.REPORTED)
# A resumption or a change reads nothing between its intent and its call.
BEFORE_THE_CALL = (Instant.INTENT, Instant.CHECKED, Instant.PRE_SEND)
INSIDE = tuple(instant for instant in Instant if instant not in OUTSIDE)
CALL_FAULTS: dict[str, dict[str, Any]] = {
    "reset before commit": {"action": "reset_before"},
    "reset after commit": {"action": "reset_after_commit"},
    "500, not committed": {"action": "error_500_before"},
    "500, committed": {"action": "error_500_after_commit"},
    "truncated answer": {"action": "truncate"},
    "throttled": {"action": "throttle", "minutes": 1},
    "token refused": {"action": "token_expired"},
}
LATE = "timeout, committed late"
FAULTS = (
    "none",
    "killed",
    "stopped",
    "stopped",
    "killed",
    "stopped",
    "session killed",
    LATE,
    *CALL_FAULTS,
)


@dataclass
class Stopped:
    """A worker that stands at an instant since `at` (virtual seconds)."""

    worker: Worker
    thread: Any
    instant: Instant
    kind: StepKind | None
    at: float


class Shared:
    """What examples share: a world, and the parents made since it was last emptied."""

    world: World
    base: Base
    examples: int
    injected: Counter[str]


class Stage(RuleBasedStateMachine):
    """One launch, its workers and what people did to it. Rules are added by its heirs."""

    shared: type[Shared] = Shared

    def __init__(self) -> None:
        super().__init__()
        shared = self.shared
        if shared.examples % EXAMPLES_PER_BASE == 0:
            shared.world.forget()
            shared.base = make_base(shared.world)
        shared.examples += 1
        self.world = shared.world
        self.world.clear_faults()
        self.world.lag_lists(0)
        self.world.tokens.forget()
        self.world.tokens.several = True
        self.clocks = ExitStack()
        for module in (creation, revising):
            self.clocks.enter_context(patch.object(module, "monotonic", self.world.monotonic))
        self.chain = Chain(self.world, shared.base, next(self.world.numbers))
        self.model = Model(self.world, self.chain, self.world.journal_length())
        self.model.allow(self.chain.plan)
        self.model.change_leave()
        self.history = History()
        self.stopped: list[Stopped] = []

    def _refuse(self, found: list[str]) -> None:
        assert not found, f"{found} after {self.history.lines}"

    def _run(self, task: Task, aim: Aim, fault: str, at: Instant, kind: StepKind | None) -> None:
        late = LateCommit(45.0) if fault == LATE else None
        instant = Instant.PRE_SEND if fault in CALL_FAULTS else at

        def strike(worker: Worker, reached: Instant) -> None:
            if reached is not instant or fault in ("none", LATE):
                return
            self.shared.injected[fault] += 1
            if fault == "killed":
                worker.die()
            elif fault == "session killed":
                self.world.cut_sessions(worker.session)
            elif fault in CALL_FAULTS:
                self.world.fail(**CALL_FAULTS[fault])
            else:
                greenlet.getcurrent().parent.switch(reached)

        worker = Worker(self.world, self.world.sessions[0], aim, strike, late=late)
        thread = greenlet(lambda: self._work(task, worker))
        self._step(worker, thread, kind)
        if fault == LATE and worker.late is None:
            self.shared.injected[LATE] += 1
            self.model.late_switches += kind is None

    def _work(self, task: Task, worker: Worker) -> None:
        try:
            attempt(task, worker, self.history)
        except Killed:
            self.history.note(worker.name, Killed())

    def _step(self, worker: Worker, thread: Any, kind: StepKind | None) -> None:
        reached = thread.switch()
        if not thread.dead:
            self.stopped.append(Stopped(worker, thread, reached, kind, self.world.elapsed))

    def _kill(self, stopped: Stopped) -> None:
        self.shared.injected["killed while stopped"] += 1
        stopped.worker.alive = False
        stopped.thread.throw(Killed)

    def _excuse_frozen(self, stopped: Stopped) -> None:
        """A call that leaves long after its last check may be a second one."""
        frozen = self.world.elapsed - stopped.at > Timing().send_window
        if stopped.instant is Instant.PRE_SEND and frozen and stopped.kind is not None:
            self.model.excused[stopped.kind] += 1

    def _leave_changed(self) -> None:
        """A switch that stands before its call, or will be carried out late, cannot be stopped."""
        self.model.change_leave()
        switching = [s for s in self.stopped if s.kind is None and s.instant in BEFORE_THE_CALL]
        self.model.switches_in_flight += len(switching) + len(self.world.late)

    def _pin(self, plan: Plan) -> None:
        try:
            self.chain.people.pin(plan)
        except (PlanMismatch, NotAllowedToActivate) as refused:
            self.history.note("person", refused)
        self.chain.plan = self.chain.people.launch(self.chain.owner).plan
        self._leave_changed()

    def _driven(self) -> None:
        try:
            drive(self.chain)
        except MetaAdsError as error:
            self.history.note("reconciler", error)

    def _state(self) -> LaunchState:
        return self.chain.people.launch(self.chain.owner).state

    def _stops(self) -> tuple[bool, datetime | None]:
        """Return what tells that a person stopped the launch: withdrawn, and paused when."""
        launch = self.chain.people.launch(self.chain.owner)
        return launch.state is LaunchState.WITHDRAWN, launch.paused_at

    def _note_stops(self, before: tuple[bool, datetime | None]) -> None:
        """Take the leave back when the launch was withdrawn or paused since."""
        withdrawn, paused_at = self._stops()
        if (withdrawn, paused_at) == before or (not withdrawn and paused_at is None):
            return
        self.model.resumption = False
        self._leave_changed()
