"""Create a Meta object exactly once.

Meta's create calls take no idempotency key, so the ledger commits each attempt before it is made;
an attempt with no recorded outcome is looked up at Meta, never repeated blindly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any

from meta_ads.errors import (
    AccessLost,
    Held,
    OutcomeUnknown,
    RejectedByMeta,
    StepBusy,
    Throttled,
    TryAgain,
    Unsettled,
)
from meta_ads.launching.ports import (
    AdPlatform,
    FoundObject,
    Lease,
    Progress,
    StepLedger,
    StepRecord,
    StepState,
)
from meta_ads.launching.recovery import (
    Adopt,
    Create,
    Decision,
    Hold,
    Search,
    Use,
    Wait,
    decide,
    twins,
)
from meta_ads.launching.timing import Timing
from meta_ads.planning.step import Step, StepKind, resolve

# What is created is what is swept: creatives and media cost nothing, and Meta shares them.
SWEPT = frozenset({StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD})


class Creator:
    """Takes create steps, each exactly once.

    `owner` names the worker in the ledger and must be unique to this process.
    """

    def __init__(
        self,
        platform: AdPlatform,
        ledger: StepLedger,
        owner: str,
        log: Progress,
        timing: Timing | None = None,
    ) -> None:
        self._platform = platform
        self._ledger = ledger
        self._owner = owner
        self._log = log
        self._timing = timing or Timing()

    def ensure(self, step: Step, account_id: str) -> str:
        """Return the id of the step's object, creating it only if no attempt ever did.

        Raises what `AdPlatform` raises; Unsettled or StepBusy when it is too soon to decide;
        Held when only a person can.
        """
        with self._ledger.lease(step, account_id, self._owner) as lease:
            return self._follow(step, account_id, lease, self._decide(step, account_id, lease))

    def recover(self, step: Step, account_id: str) -> None:
        """Find out what became of the step's last attempt; create nothing.

        An attempt that left no trace makes the step NEW again. Raises what `ensure` raises.
        """
        with self._ledger.lease(step, account_id, self._owner) as lease:
            if lease.record.state is not StepState.INFLIGHT:
                return
            decision = self._decide(step, account_id, lease)
            if isinstance(decision, Create):
                reason = "no trace of the last attempt at Meta; the launch was stopped meanwhile"
                self._ledger.record_refused(lease, reason, None)
                self._log("%s: %s", step.key, reason)
            else:
                self._follow(step, account_id, lease, decision)

    def sweep(self, step: Step, account_id: str, record: StepRecord) -> Sequence[FoundObject]:
        """Delete further objects that our own attempts made for a DONE step.

        Returns those that are live: a person switched them on, so a person must look.
        """
        assert record.object_id is not None, "callers sweep DONE steps"
        found = twins(self._platform.find(step.kind, account_id, step.marker), record.object_id)
        self._delete(step, found.paused)
        deleted = [item.object_id for item in found.paused]
        self._ledger.record_swept(record, self._owner, deleted)
        return found.live

    def keep_current(self, step: Step, object_id: str, now: datetime) -> None:
        """Bring what may still change, such as a start time, to what the plan says.

        Reads first: when Meta already has it, nothing is sent. `now` is aware.
        """
        wanted = still_ahead(step.late_params, now)
        shown = self._platform.read(object_id, list(wanted)) if wanted else {}
        changed = {
            name: value
            for name, value in wanted.items()
            if _instant(shown.get(name)) != _instant(value)
        }
        if changed:
            self._platform.update(object_id, changed)
            self._log("%s %s changed: %s", step.kind, object_id, changed)
        if step.late_params:
            self._ledger.record_times(step, step.late_params)

    def _decide(self, step: Step, account_id: str, lease: Lease) -> Decision:
        decision = decide(lease.record, lease.now, self._timing, None)
        if isinstance(decision, Search):
            found = self._platform.find(step.kind, account_id, step.marker)
            decision = decide(lease.record, lease.now, self._timing, found)
        return decision

    def _follow(self, step: Step, account_id: str, lease: Lease, decision: Decision) -> str:
        match decision:
            case Use(object_id):
                self._log("%s exists: %s", step.kind, object_id)
                return object_id
            case Adopt():
                return self._adopt(step, lease, decision)
            case Create():
                return self._create(step, account_id, lease)
            case Wait():
                if decision.count:
                    self._ledger.record_search(lease, 0)
                raise Unsettled(decision.reason, decision.until)
            case Hold(reason):
                if lease.record.last_error != reason:
                    self._ledger.record_held(lease, reason)
                raise Held(reason)
            case _:
                raise AssertionError(f"unexpected {decision!r}")

    def _adopt(self, step: Step, lease: Lease, decision: Adopt) -> str:
        """Record an object that carries our marker: an earlier attempt made it."""
        if lease.record.state is StepState.NEW:
            lease = self._ledger.begin(lease)
        object_id = self._ledger.record_done(lease, decision.object_id, "adopted")
        self._log("%s %s was created by an earlier attempt: adopted", step.kind, object_id)
        if decision.extras and step.kind in SWEPT:
            record = replace(lease.record, object_id=object_id)
            extras = twins(decision.extras, object_id).paused
            self._delete(step, extras)
            self._ledger.record_swept(record, self._owner, [item.object_id for item in extras])
        return object_id

    def _delete(self, step: Step, extras: Sequence[FoundObject]) -> None:
        for extra in extras:
            # Ours by its marker, no copy, and never activated, since only a recorded id ever is.
            self._platform.update(extra.object_id, {"status": "DELETED"})
            self._log("%s %s was a second one of ours: deleted", step.kind, extra.object_id)

    def _create(self, step: Step, account_id: str, lease: Lease) -> str:
        params = self._params(step, lease.now)
        lease = self._ledger.begin(lease)
        committed = monotonic()
        if not self._ledger.still_mine(lease) or (
            monotonic() - committed > self._timing.send_window
        ):
            raise StepBusy(
                f"Step {step.key}: this worker was too slow to send.",
                lease.now + self._timing.quiescence,
            )
        try:
            object_id = self._platform.create(step.kind, account_id, params)
        except Throttled as wait:
            self._ledger.record_refused(lease, str(wait), wait.not_before)
            raise
        except (RejectedByMeta, AccessLost, TryAgain) as refusal:
            self._ledger.record_refused(lease, str(refusal), None)
            raise
        except OutcomeUnknown as unknown:
            self._ledger.record_unknown(lease, str(unknown))
            raise Unsettled(
                f"{unknown} It is looked up before anything is sent again.",
                lease.now + self._timing.between_searches,
            ) from unknown
        self._ledger.record_done(lease, object_id, "created")
        self._log("%s created: %s", step.kind, object_id)
        return object_id

    def _params(self, step: Step, now: datetime) -> Mapping[str, Any]:
        ids = self._ledger.object_ids(step.parents)
        late = still_ahead(step.late_params, now)
        params: Mapping[str, Any] = resolve({**step.params, **late}, ids)
        return params


def still_ahead(late_params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Leave out times that have passed: Meta refuses a start in the past, and starts at once."""
    return {
        name: value
        for name, value in late_params.items()
        if not isinstance(moment := _instant(value), datetime) or moment > now
    }


def _instant(value: Any) -> Any:
    """Return a time as a moment, so that equal times in other offsets are equal."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value
