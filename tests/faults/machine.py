"""Several faults in sequence: workers that stop at any instant and go on, or die, whenever."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from greenlet import greenlet
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from meta_ads.errors import MetaAdsError, NotAllowedToActivate, PlanMismatch
from meta_ads.launching import creation
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.timing import Timing
from meta_ads.launching.withdrawal import withdraw
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind
from tests.faults.chain import LEVELS, Activation, Chain, Withdrawal, aim_at, aim_at_switch
from tests.faults.healing import NOBODY, History, attempt, drive, listed, reconcile, retry
from tests.faults.instants import Instant, Killed
from tests.faults.launches import Base, make_base
from tests.faults.model import Model
from tests.faults.tasks import Task, log
from tests.faults.worker import Aim, LateCommit, Worker
from tests.faults.world import World

EXAMPLES_PER_BASE = 60
HOUR = 3600.0
OUTSIDE = (Instant.ENTER, Instant.PUSHED, Instant.REPORTED)
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
SWITCHED = (LaunchState.ACTIVATING, LaunchState.ACTIVE, LaunchState.VERIFIED)
# What people do, the usual things more often.
PEOPLE = (
    *("approve",) * 4,
    *("trigger again",) * 2,
    "reject",
    "sooner",
    "later",
    "edit",
    "withdraw",
)
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


class Machine(RuleBasedStateMachine):
    """One launch under several faults, approved, changed and withdrawn by people meanwhile.

    No rule has a precondition: real time goes on beside the virtual one, and what Hypothesis draws
    must not depend on it. A rule that does not apply does nothing.
    """

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
        self.clock = patch.object(creation, "monotonic", self.world.monotonic)
        self.clock.start()
        self.chain = Chain(self.world, shared.base, next(self.world.numbers))
        self.model = Model(self.world, self.chain, self.world.journal_length())
        self.model.change_leave()
        self.history = History()
        self.stopped: list[Stopped] = []

    # Workers

    @rule(kind=st.sampled_from(LEVELS), fault=st.sampled_from(FAULTS), at=st.sampled_from(INSIDE))
    def create(self, kind: StepKind, fault: str, at: Instant) -> None:
        """A run creates what is missing; something happens at the create of one kind."""
        self._run(self.chain, aim_at(kind), fault, at, kind)

    @rule(kind=st.sampled_from(LEVELS), fault=st.sampled_from(FAULTS), at=st.sampled_from(INSIDE))
    def create_again(self, kind: StepKind, fault: str, at: Instant) -> None:
        """The same once more, so that it is drawn twice as often."""
        self._run(self.chain, aim_at(kind), fault, at, kind)

    @rule(fault=st.sampled_from(FAULTS), at=st.sampled_from(INSIDE))
    def activate(self, fault: str, at: Instant) -> None:
        """A run, or the second activator, switches the launch on."""
        self._run(Activation(self.chain), aim_at_switch("ACTIVE"), fault, at, None)

    @rule(fault=st.sampled_from(FAULTS), at=st.sampled_from(INSIDE))
    def withdraw_by_task(self, fault: str, at: Instant) -> None:
        """A task takes the launch back, once it was switched on."""
        before = self._state()
        if before not in SWITCHED:
            return
        self._run(Withdrawal(self.chain), aim_at_switch("PAUSED"), fault, at, None)
        if self._state() is not before:
            self._leave_changed()

    @rule(number=st.integers(0, 9))
    def go_on(self, number: int) -> None:
        """A stopped worker wakes up, if there is one."""
        if not self.stopped:
            return
        stopped = self.stopped.pop(number % len(self.stopped))
        self.shared.injected["woken"] += 1
        self._excuse_frozen(stopped)
        before = self._state()
        self._step(stopped.worker, stopped.thread, stopped.kind)
        if self._state() is LaunchState.WITHDRAWN and before is not LaunchState.WITHDRAWN:
            self._leave_changed()

    @rule(number=st.integers(0, 9))
    def die(self, number: int) -> None:
        """A stopped worker is killed, if there is one."""
        if not self.stopped:
            return
        self._kill(self.stopped.pop(number % len(self.stopped)))

    @rule()
    def reconciler(self) -> None:
        """The reconciler's next run."""
        if listed(self.chain):
            self._driven()

    # Time, lists, Postgres

    @rule(seconds=st.sampled_from((1.0, 8.0, 30.0, 130.0, 240.0, 900.0, 2000.0)))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.world.advance(seconds)

    @rule(seconds=st.sampled_from((0, 5, 20, None)))
    def lag_or_cut(self, seconds: int | None) -> None:
        """Lists show new objects so much later; or Postgres ends every session."""
        if seconds is not None:
            self.world.lag_lists(seconds)
        else:
            self.shared.injected["sessions killed"] += 1
            self.world.cut_sessions(*self.world.sessions)

    # People

    @rule(act=st.sampled_from(PEOPLE))
    def decide(self, act: str) -> None:
        """A person decides something about the launch."""
        self.shared.injected[f"person: {act}"] += 1
        launch = self.chain.people.launch(self.chain.owner)
        match act:
            case "approve" | "reject":
                self.chain.people.approve(launch, act == "approve", "ann")
                self._leave_changed()
            case "withdraw":
                self._withdraw()
            case "edit":
                self._pin(self.chain.edited())
            case "trigger again":
                self._pin(launch.plan)
            case _:
                self._pin(self.chain.moved({"sooner": -1500.0, "later": HOUR}[act]))

    @rule(
        number=st.integers(0, 9),
        act=st.sampled_from(("rename", "strip", "archive", "delete")),
    )
    def touch(self, number: int, act: str) -> None:
        """A person changes an object in Ads Manager."""
        created = self.model.created()
        if not created:
            return
        object_id, kind = created[number % len(created)]
        changes: dict[str, Any] = {
            "rename": {"name": "Renamed by Ann"},
            "strip": {"adlabels": []},
            "archive": {"status": "ARCHIVED"},
            "delete": {"status": "DELETED"},
        }[act]
        self.shared.injected[f"object: {act}"] += 1
        self.world.controls.control("POST", f"edit/{object_id}", changes)
        hidden = set(self.model.hidden)
        {
            "rename": self.model.renamed,
            "strip": self.model.stripped,
            "archive": self.model.removed,
            "delete": self.model.removed,
        }[act].add(object_id)
        if act == "archive":
            self.model.archived.add(object_id)
        unknown = object_id not in {r.object_id for r in self.model.records().values()}
        if unknown and (act == "delete" or self.model.hidden - hidden):
            self.model.excused[kind] += 1

    # What holds

    @invariant()
    def nothing_is_wrong(self) -> None:
        """Invariants 1, 2, 4, 6, 8 and 10, by Meta's journal."""
        self._refuse(list(self.model.violations()))

    def teardown(self) -> None:
        """Let every worker end and all heal; then one object for each step, and no other."""
        try:
            while self.stopped:
                self.go_on(0)
            self.world.clear_faults()
            self.world.advance(HOUR)
            retry(self.chain, self.history, session=1, within=2 * HOUR)
            reconcile(self.chain, self.history)
            self.world.advance(2 * HOUR)
            reconcile(self.chain, self.history)
            found = [*self.model.violations(), *self.model.leftovers()]
            self._refuse(found)
        finally:
            self.clock.stop()
            self.world.late.clear()
            self.world.close_transports()
            self.world.renew_sessions()

    # How it is done

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
        switching = [s for s in self.stopped if s.kind is None and s.instant is Instant.PRE_SEND]
        self.model.switches_in_flight += len(switching) + len(self.world.late)

    def _withdraw(self) -> None:
        person = Worker(self.world, self.world.sessions[2], NOBODY)
        ports = (person.platform, person.launches, person.steps, log)
        self.chain.people.withdraw(self.chain.owner, "bob")
        self._leave_changed()
        try:
            withdraw(self.chain.owner, "bob", *ports)
        except MetaAdsError as error:
            self.history.note("person", error)

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
