"""What is known of each launch, and the promises of the ledger that keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from meta_ads.planning.changes import Changes
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step

# Longer than switching a campaign on takes.
RESUMING = timedelta(minutes=2)


class LaunchState(StrEnum):
    """Where a launch is. Drawn in plugins/meta_ads/README.md, enforced by Postgres."""

    PLANNED = "PLANNED"
    PAUSED = "PAUSED"
    ACTIVATING = "ACTIVATING"
    ACTIVE = "ACTIVE"
    VERIFIED = "VERIFIED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on a plan that counts. An approval ends at `expires_at`, if it ends (UTC)."""

    approved: bool
    by: str
    at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """Who asked for a launch, as Airflow knows them, and what they said of it."""

    author: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class LaunchRecord:
    """What the ledger knows of a launch. `now` is the database's clock at the read (UTC).

    `approved_hash` is the plan's hash when the ledger lets exactly it go live, as far as people are
    concerned; `decision` is the last one on `target` that counted, even when it has expired.
    `stopped`: its last error needs a person; only triggering it again takes it on.
    `plan` is what is at Meta. `revision` is the plan it is changing to, after its file was edited;
    `revision_begun`: some of it may be at Meta already. `revision_approved`: whether
    people let it go live. `paused_at`: when a person switched the live launch off; `resuming_at`:
    since when it is being switched on again.
    """

    account_id: str
    campaign_id: str
    state: LaunchState
    plan: Plan
    now: datetime
    activate_at: datetime | None = None
    approved_hash: str | None = None
    withdrawn_at: datetime | None = None
    stopped: bool = False
    decision: Decision | None = None
    revision: Plan | None = None
    revision_begun: bool = False
    revision_approved: bool = False
    paused_at: datetime | None = None
    resuming_at: datetime | None = None

    @property
    def paused(self) -> bool:
        """Whether a person switched it off while it was live."""
        return self.paused_at is not None

    @property
    def resuming(self) -> bool:
        """Whether it is being switched on again right now; an old try is given up."""
        if self.resuming_at is None or not self.approved:
            return False
        return self.now - self.resuming_at < RESUMING

    @property
    def target(self) -> Plan:
        """The plan that the launch is to have: the one it is changing to, if any."""
        return self.revision or self.plan

    @property
    def target_approved(self) -> bool:
        """Whether people let exactly `target` go live."""
        return self.revision_approved if self.revision is not None else self.approved

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of the plan, and of the one it is changing to."""
        own = {step.key for step in self.plan.steps}
        further = self.revision.steps if self.revision else ()
        return (*self.plan.steps, *(step for step in further if step.key not in own))

    @property
    def live(self) -> bool:
        """Whether it has gone live."""
        return self.state in (LaunchState.ACTIVE, LaunchState.VERIFIED)

    @property
    def on_air(self) -> bool:
        """Whether its campaign is, or may be, on: only approvals and limits let it change then."""
        return self.live or self.state is LaunchState.ACTIVATING

    @property
    def approved(self) -> bool:
        """Whether exactly this plan may go live, as far as people are concerned."""
        return not self.plan.approval_required or self.approved_hash == self.plan.hash

    @property
    def due(self) -> bool:
        """Whether the launch may go live now, as far as people and its time are concerned."""
        if not self.approved or self.revision is not None or self.activate_at is None:
            return False
        return self.activate_at <= self.now

    @property
    def may_be_on(self) -> bool:
        """Whether its campaign may be on at Meta: live, or being switched on with leave.

        Where the file says `status: paused`, only an approved change to another plan lets it be on.
        """
        if self.state is LaunchState.ACTIVATING:
            return self.due
        if self.plan.paused and not (self.target_approved and not self.target.paused):
            return False
        return self.live and not self.paused


class LaunchLedger(Protocol):
    """The ledger of launches."""

    def pin(self, plan: Plan, trigger: Trigger | None = None) -> LaunchRecord:
        """Store the plan and make it the launch's; PlanMismatch when the launch cannot take it.

        `trigger` is written down as who asked for it. See `pinning.choose_plan` for the cases in
        which the pinned plan stays, or the new one becomes its revision.
        """

    def changes(self, launch: LaunchRecord) -> Changes:
        """Return what is left to do at Meta until it has what `launch.target` says."""

    def begin_revision(self, launch: LaunchRecord) -> LaunchRecord:
        """Commit that changes of the launch's revision are about to be sent.

        From here on its account is counted as spending what the revision may. NotAllowedToActivate
        when a live launch's revision is not approved, would exceed a limit, or was replaced.
        """

    def promote(self, launch: LaunchRecord) -> LaunchRecord:
        """Commit that the revision is at Meta: it is the launch's plan now.

        A live launch is to be verified again. NotAllowedToActivate when it was withdrawn or its
        revision replaced; TryAgain when something is left to do.
        """

    def launch(self, campaign_id: str) -> LaunchRecord:
        """Return the launch. KeyError when there is none."""

    def advance(self, launch: LaunchRecord, state: LaunchState, note: str) -> LaunchRecord:
        """Commit the next state; a launch that is further already stays as it is.

        NotAllowedToActivate when the launch was withdrawn, its plan changed, its approval was
        taken back meanwhile, or it would bring its account over a limit; WaitUntil when it may not
        be ACTIVE yet.
        """

    def withdraw(self, campaign_id: str, by: str) -> LaunchRecord:
        """Commit that the launch is taken back, for ever. KeyError when there is none."""

    def pause(self, campaign_id: str, by: str) -> LaunchRecord:
        """Commit that a person switches a live launch off, and any resumption with it.

        NotAllowedToActivate when it is not live. KeyError when there is none.
        """

    def begin_resume(self, launch: LaunchRecord) -> LaunchRecord:
        """Commit that a paused launch is about to be switched on; it counts as spending now.

        NotAllowedToActivate when going live would be refused now: withdrawn, changing, not
        approved, without a time that has come, or over a limit; and when a person paused it since
        `launch` was read.
        """

    def finish_resume(self, launch: LaunchRecord, by: str) -> LaunchRecord:
        """Commit that it is on again. NotAllowedToActivate as `begin_resume`, or when a person
        paused it meanwhile.
        """

    def record_error(self, campaign_id: str, error: str, *, stopped: bool) -> None:
        """Keep the last error; `stopped` when only a person can go on.

        Does nothing for a launch that was never planned.
        """

    def note(self, campaign_id: str, event: str, detail: str) -> None:
        """Write what happened into the launch's history, for people."""

    def unfinished(self, idle_seconds: float, watch_seconds: float) -> Sequence[str]:
        """Return the campaign ids of launches that may need another look, the first due first.

        A launch being created counts once nobody has touched it for `idle_seconds`; a withdrawn
        one for `watch_seconds` after its withdrawal, and whenever it was seen live.
        """

    def due(self, within_seconds: float, late_seconds: float) -> Mapping[str, float]:
        """Return what may go live within that time, with the seconds left (negative: overdue).

        What is overdue by more than `late_seconds` is left to a person.
        """
