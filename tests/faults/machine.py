"""Several faults in sequence: workers that stop at any instant and go on, or die, whenever."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from meta_ads.launching.ports import LaunchState
from meta_ads.planning.step import StepKind
from tests.faults.chain import LEVELS, Activation, Withdrawal, aim_at, aim_at_switch
from tests.faults.healing import listed, reconcile, retry
from tests.faults.instants import Instant
from tests.faults.live_rules import LiveRules
from tests.faults.stage import FAULTS, HOUR, INSIDE

SWITCHED = (LaunchState.ACTIVATING, LaunchState.ACTIVE, LaunchState.VERIFIED)
# What people do, the usual things more often.
PEOPLE = (
    *("approve",) * 4,
    *("trigger again",) * 2,
    "reject",
    "sooner",
    "later",
    "edit",
    "dearer",
    "dearer",
    "cheaper",
    "pause",
    "withdraw",
)


class Machine(LiveRules):
    """One launch under several faults, approved, changed and withdrawn by people meanwhile.

    No rule has a precondition: real time goes on beside the virtual one, and what Hypothesis draws
    must not depend on it. A rule that does not apply does nothing.
    """

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
        self._run(Activation(self.chain), aim_at_switch("activate"), fault, at, None)

    @rule(fault=st.sampled_from(FAULTS), at=st.sampled_from(INSIDE))
    def withdraw_by_task(self, fault: str, at: Instant) -> None:
        """A task takes the launch back, once it was switched on."""
        if self._state() not in SWITCHED:
            return
        before = self._stops()
        self._run(Withdrawal(self.chain), aim_at_switch("withdraw"), fault, at, None)
        self._note_stops(before)

    @rule(number=st.integers(0, 9))
    def go_on(self, number: int) -> None:
        """A stopped worker wakes up, if there is one."""
        if not self.stopped:
            return
        stopped = self.stopped.pop(number % len(self.stopped))
        self.shared.injected["woken"] += 1
        self._excuse_frozen(stopped)
        before = self._stops()
        self._step(stopped.worker, stopped.thread, stopped.kind)
        self._note_stops(before)

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

    @rule(act=st.sampled_from((0, 5, 20, "cut", "dies", "full", "renewed")))
    def surroundings(self, act: int | str) -> None:
        """Lists show new objects so much later; Postgres ends every session; or a token dies."""
        if isinstance(act, int):
            self.world.lag_lists(act)
        elif act == "cut":
            self.shared.injected["sessions killed"] += 1
            self.world.cut_sessions(*self.world.sessions)
        else:
            self._token(act)

    # People

    @rule(act=st.sampled_from(PEOPLE))
    def decide(self, act: str) -> None:
        """A person decides something about the launch."""
        self._decide(act)

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
            self.world.tokens.renew()
            self.world.advance(HOUR)
            retry(self.chain, self.history, session=1, within=2 * HOUR)
            reconcile(self.chain, self.history)
            self.world.advance(2 * HOUR)
            reconcile(self.chain, self.history)
            found = [*self.model.violations(), *self.model.leftovers()]
            self._refuse(found)
        finally:
            self.clocks.close()
            self.world.late.clear()
            self.world.close_transports()
            self.world.renew_sessions()
