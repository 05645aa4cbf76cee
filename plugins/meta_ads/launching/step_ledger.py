"""What is known of each step, and the promises of the ledger that keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from meta_ads.launching.launch_ledger import LaunchRecord
from meta_ads.planning.step import Step, StepKind


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
