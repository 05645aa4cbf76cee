"""What happens to a launch that is live: changes, pauses, resumptions; tokens that die."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from meta_ads.errors import MetaAdsError
from meta_ads.launching.pausing import pause
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.withdrawal import withdraw
from meta_ads.planning.step import StepKind
from tests.faults.chain import (
    ACTIVATES_IN,
    Changing,
    Pausing,
    Resuming,
    aim_at_change,
    aim_at_switch,
)
from tests.faults.healing import NOBODY, drive, retry
from tests.faults.stage import FAULTS, HOUR, INSIDE, Stage
from tests.faults.tasks import log
from tests.faults.worker import Worker

DEARER, CHEAPER = 9000, 3000


class LiveRules(Stage):
    """The rules of a launch that is live."""

    @initialize(live=st.booleans())
    def begin(self, live: bool) -> None:
        """Every other launch is live from the start."""
        if not live:
            return
        self.chain.people.approve(self.chain.people.launch(self.chain.owner), True, "ann")
        self.model.change_leave()
        self.world.advance(ACTIVATES_IN)
        retry(self.chain, self.history, session=1, within=0)
        while self._state() is not LaunchState.VERIFIED:
            # Meta takes a while to compute the state of new objects.
            self.world.advance(30)
            drive(self.chain)

    @rule(
        act=st.sampled_from(("edit", "dearer", "dearer", "cheaper", "as it is")),
        approved=st.sampled_from((True, True, False)),
        fault=st.sampled_from(FAULTS),
        at=st.sampled_from(INSIDE),
    )
    def change(self, act: str, approved: bool, fault: str, at: Any) -> None:
        """A person edits the file of a live launch and may approve that; a run applies it."""
        if not self.chain.people.launch(self.chain.owner).live:
            return
        if act != "as it is":
            self._decide(act)
        if approved:
            self._decide("approve")
        if self.chain.people.launch(self.chain.owner).revision is not None:
            self.shared.injected["task: change"] += 1
            aim = aim_at_change(StepKind.CAMPAIGN, self.chain)
            self._run(Changing(self.chain), aim, fault, at, None)

    @rule(fault=st.sampled_from(FAULTS), at=st.sampled_from(INSIDE))
    def pause_by_task(self, fault: str, at: Any) -> None:
        """A task pauses the launch, if it is live."""
        if self.chain.people.launch(self.chain.owner).live:
            self.shared.injected["task: pause"] += 1
            before = self._stops()
            self._run(Pausing(self.chain), aim_at_switch("pause"), fault, at, None)
            self._note_stops(before)

    @rule(fault=st.sampled_from(FAULTS), at=st.sampled_from(INSIDE))
    def resume_by_task(self, fault: str, at: Any) -> None:
        """A task resumes a live launch, which is paused: from now on a person wants it on."""
        if not self.chain.people.launch(self.chain.owner).live:
            return
        if not self.chain.people.launch(self.chain.owner).paused:
            self._decide("pause")
        self.shared.injected["task: resume"] += 1
        self.model.resumption = True
        self.model.change_leave()
        self._run(Resuming(self.chain), aim_at_switch("resume"), fault, at, None)

    def _token(self, act: str) -> None:
        """One of the two tokens dies or is full; or a person puts new ones into the connections."""
        self.shared.injected[f"token: {act}"] += 1
        tokens, platform = self.world.tokens, self._somebody().platform
        if act == "dies":
            tokens.die(platform.token)
        elif act == "full":
            tokens.fill(platform.token, minutes=20)
        else:
            tokens.renew()

    def _decide(self, act: str) -> None:
        """A person decides something about the launch."""
        self.shared.injected[f"person: {act}"] += 1
        launch = self.chain.people.launch(self.chain.owner)
        match act:
            case "approve" | "reject":
                self.chain.people.approve(launch, act == "approve", "ann")
                if act == "approve":
                    self.model.allow(launch.target)
                self._leave_changed()
            case "withdraw" | "pause":
                self._by_hand(withdraw if act == "withdraw" else pause)
            case "edit":
                self._pin(self.chain.edited())
            case "dearer" | "cheaper":
                self._pin(self.chain.priced(DEARER if act == "dearer" else CHEAPER))
            case "trigger again":
                self._pin(launch.plan)
            case _:
                self._pin(self.chain.moved({"sooner": -1500.0, "later": HOUR}[act]))

    def _somebody(self) -> Worker:
        return Worker(self.world, self.world.sessions[2], NOBODY)

    def _by_hand(self, act: Callable[..., object]) -> None:
        """A person withdraws or pauses the launch, and nothing happens to that."""
        before, person = self._stops(), self._somebody()
        ports = (person.platform, person.launches, person.steps, log)
        try:
            act(self.chain.owner, "bob", *ports)
        except MetaAdsError as error:
            self.history.note("person", error)
        self._note_stops(before)
