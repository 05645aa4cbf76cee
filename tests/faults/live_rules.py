"""What happens to a launch that is live: changes, pauses, resumptions; tokens that die."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from meta_ads.errors import MetaAdsError
from meta_ads.launching.ports import LaunchState
from tests.faults.chain import (
    ACTIVATES_IN,
    LEVELS,
    Changing,
    Pausing,
    Resuming,
    aim_at_change,
    aim_at_switch,
)
from tests.faults.healing import NOBODY, drive, retry
from tests.faults.stage import FAULTS, INSIDE, Stage
from tests.faults.tasks import log
from tests.faults.worker import Worker


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
        kind=st.sampled_from(LEVELS[:1] * 2 + LEVELS[1:]),
        fault=st.sampled_from(FAULTS),
        at=st.sampled_from(INSIDE),
    )
    def change(self, kind: Any, fault: str, at: Any) -> None:
        """A run changes what is at Meta to what the edited file says, if it was edited."""
        if self.chain.people.launch(self.chain.owner).revision is not None:
            self._run(Changing(self.chain), aim_at_change(kind, self.chain), fault, at, None)

    @rule(fault=st.sampled_from(FAULTS), at=st.sampled_from(INSIDE))
    def pause_by_task(self, fault: str, at: Any) -> None:
        """A task pauses the launch, if it is live."""
        if self.chain.people.launch(self.chain.owner).live:
            before = self._stops()
            self._run(Pausing(self.chain), aim_at_switch("pause"), fault, at, None)
            self._note_stops(before)

    @rule(fault=st.sampled_from(FAULTS), at=st.sampled_from(INSIDE))
    def resume_by_task(self, fault: str, at: Any) -> None:
        """A task resumes the launch, if it is paused: from now on a person wants it on."""
        if self.chain.people.launch(self.chain.owner).paused:
            self.model.resumption = True
            self.model.change_leave()
            self._run(Resuming(self.chain), aim_at_switch("resume"), fault, at, None)

    @rule(act=st.sampled_from(("dies", "full", "renewed")))
    def token(self, act: str) -> None:
        """One of the two tokens dies or is full; or a person puts new ones into the connections."""
        self.shared.injected[f"token: {act}"] += 1
        tokens, platform = self.world.tokens, self._somebody().platform
        if act == "dies":
            tokens.die(platform.token)
        elif act == "full":
            tokens.fill(platform.token, minutes=20)
        else:
            tokens.renew()

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
