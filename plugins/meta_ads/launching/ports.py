"""What a launch needs from the outside, as promises. Adapters in `graph` and `store` keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, BinaryIO, Protocol

from meta_ads.planning.changes import Changes
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step, StepKind


@dataclass(frozen=True, slots=True)
class FoundObject:
    """An object at Meta that carries a marker. `created_time` is aware UTC when Meta says it.

    `copied_from` is set when a person duplicated another object, marker and all: it is theirs.
    """

    object_id: str
    name: str
    effective_status: str | None = None
    created_time: datetime | None = None
    copied_from: str | None = None


class VideoState(StrEnum):
    """Where Meta is with a video. Source: Video node, `status.video_status`."""

    UPLOADING = "uploading"
    PROCESSING = "processing"
    READY = "ready"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class VideoStatus:
    """A video's state, Meta's reason when it failed, and 0..100 when Meta tells the progress."""

    state: VideoState
    reason: str | None = None
    progress: int | None = None


@dataclass(frozen=True, slots=True)
class UploadSession:
    """An open chunked upload. The server chooses the next chunk: bytes [start, end)."""

    session_id: str
    video_id: str
    start_offset: int
    end_offset: int

    @property
    def complete(self) -> bool:
        """Whether the server wants no further byte."""
        return self.start_offset == self.end_offset


class AdPlatform(Protocol):
    """Meta, as a launch sees it.

    Every method raises only errors of `meta_ads.errors`: `RejectedByMeta`, `Throttled`,
    `AccessLost` (certain: nothing was done), `TryAgain` (reads only, and writes that certainly
    did not reach Meta), `OutcomeUnknown` (writes only).
    """

    def create(self, kind: StepKind, account_id: str, params: Mapping[str, Any]) -> str:
        """Create one object by one POST, never repeated by itself; return its id."""

    def find(self, kind: StepKind, account_id: str, marker: str) -> Sequence[FoundObject]:
        """Return every object of `kind` with `marker` in its label or its name.

        Both are searched, archived objects and all pages included. Deleted objects are invisible
        to Meta's lists.
        """

    def read(self, object_id: str, fields: Sequence[str]) -> Mapping[str, Any]:
        """Return the fields of one object. RejectedByMeta when it does not exist."""

    def update(self, object_id: str, params: Mapping[str, Any]) -> None:
        """Change one object by one POST. Repeating the same update is harmless."""

    def upload_image(self, account_id: str, name: str, data: bytes) -> str:
        """Return the image's hash. Meta keeps equal bytes once, so repeating is harmless."""

    def start_video(self, account_id: str, file_size: int) -> UploadSession:
        """Open a chunked upload of `file_size` bytes."""

    def send_chunk(self, account_id: str, session: UploadSession, chunk: bytes) -> UploadSession:
        """Send the bytes the server asked for; return the session with its next wish.

        When the server wanted another offset (1363037), nothing is lost: the returned session
        carries the offset it names.
        """

    def finish_video(self, account_id: str, session: UploadSession, title: str) -> None:
        """Close the upload; Meta starts processing."""

    def video_status(self, video_id: str) -> VideoStatus:
        """Return where Meta is with the video."""

    def preferred_thumbnail(self, video_id: str) -> bytes:
        """Return the picture Meta prefers for a ready video. NotReadyYet while there is none."""


class StepState(StrEnum):
    """Where a step is. Drawn in plugins/meta_ads/README.md, enforced by Postgres."""

    NEW = "NEW"
    INFLIGHT = "INFLIGHT"
    DONE = "DONE"
    HELD = "HELD"


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What the ledger knows of a step.

    `attempt_at` is when the last intent was committed, on the database's clock (UTC). `searches`
    counts look-ups of this attempt that found nothing after it had settled. `progress` is what an
    unfinished upload needs to go on. `sweep_due`: a second object of it may exist, and nobody
    looked lately.
    """

    key: str
    kind: StepKind
    state: StepState
    spec_hash: str
    marker: str
    epoch: int
    object_id: str | None = None
    attempt_at: datetime | None = None
    searches: int = 0
    not_before: datetime | None = None
    progress: Mapping[str, Any] | None = None
    last_error: str | None = None
    sweep_due: bool = False


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to act on one step until `expires_at`; a later epoch fences an earlier one.

    `now` is the database's clock when the lease was taken; every decision about time uses it.
    `changing` is an update of a DONE step's object whose outcome was not known then.
    """

    record: StepRecord
    owner: str
    now: datetime
    expires_at: datetime
    changing: Mapping[str, Any] | None = None


class StepLedger(Protocol):
    """The ledger of steps. Every method is one committed transaction; none spans a Meta call."""

    def lease(self, step: Step, account_id: str, owner: str) -> AbstractContextManager[Lease]:
        """Take the step's lease, creating its row when new; give the lease back at the end.

        StepBusy while another owner's lease runs. PlanMismatch when the row is DONE or INFLIGHT
        with another `spec_hash`.
        """

    def begin(self, lease: Lease) -> Lease:
        """Commit the intent: INFLIGHT, epoch + 1, attempt_at = now. Raises StepBusy if fenced."""

    def still_mine(self, lease: Lease) -> bool:
        """Whether the step is INFLIGHT in this lease's epoch and the lease has not run out."""

    def save_progress(self, lease: Lease, progress: Mapping[str, Any]) -> None:
        """Commit how far an upload is."""

    def record_done(self, lease: Lease, object_id: str, event: str) -> str:
        """Commit the id (`event` is `created`, `adopted` or `uploaded`); return the recorded id.

        When this lease was fenced, nothing changes and StepBusy is raised.
        """

    def record_refused(self, lease: Lease, error: str, not_before: datetime | None) -> None:
        """Commit that Meta certainly did nothing: back to NEW, not before that time."""

    def record_unknown(self, lease: Lease, error: str) -> None:
        """Commit that the outcome is unknown: the row stays INFLIGHT."""

    def record_search(self, lease: Lease, found: int) -> Lease:
        """Commit that the marker was searched, and how many objects it found."""

    def record_held(self, lease: Lease, reason: str) -> None:
        """Commit that only a person can go on."""

    def object_ids(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the ids of those steps that are DONE."""

    def lease_done(self, key: str, owner: str) -> AbstractContextManager[Lease]:
        """Take the lease of a step whose object exists, to change it. StepBusy as `lease`."""

    def begin_update(
        self, lease: Lease, values: Mapping[str, Any], launch: LaunchRecord | None = None
    ) -> None:
        """Commit the intent: these parameters are sent next; None is taken away.

        Until the outcome is written, nobody knows which the object has. With `launch`, only while
        it may change to its revision: NotAllowedToActivate when that was replaced, lost its
        approval, or the launch was withdrawn; TryAgain when it was paused or resumed. StepBusy
        if fenced.
        """

    def record_paused(self, key: str) -> None:
        """Commit that a DONE step's object was paused, whatever it was last sent.

        Whoever wants it on then sends that again.
        """

    def still_leased(self, lease: Lease) -> bool:
        """Whether the lease of a DONE step is still this one's and has not run out."""

    def record_updated(
        self, lease: Lease, step: Step, applied: Mapping[str, Any], detail: str
    ) -> None:
        """Commit that the object is now what `step` says. StepBusy if fenced."""

    def record_not_updated(self, lease: Lease, error: str) -> None:
        """Commit that Meta certainly changed nothing."""

    def record_times(self, step: Step, times: Mapping[str, Any]) -> None:
        """Commit that a DONE step's object has these times."""

    def records(self, keys: Sequence[str]) -> Mapping[str, StepRecord]:
        """Return those of these steps that have a row, without taking a lease."""

    def record_swept(self, step: StepRecord, owner: str, deleted: Sequence[str]) -> None:
        """Commit that second objects of a DONE step were looked for, and which were deleted."""


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


class MediaFiles(Protocol):
    """The files below `creatives/`."""

    def open(self, relative_path: str) -> BinaryIO:
        """Open a file for reading; FixInput when it is gone or outside `creatives/`."""


class Progress(Protocol):
    """Where long work says how far it is."""

    def __call__(self, message: str, /, *values: object) -> None:
        """Write one line, `%`-style."""
