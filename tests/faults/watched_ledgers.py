"""The real ledgers; their reads and commits are instants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from meta_ads.launching.ports import LaunchRecord, LaunchState, Lease
from meta_ads.planning.changes import Changes
from meta_ads.planning.step import Step
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.faults.instants import Instant

if TYPE_CHECKING:
    from tests.faults.worker import Worker


class WatchedSteps(PostgresStepLedger):
    """The real ledger of steps; its commits are instants."""

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker.database)
        self._worker = worker
        #: The step whose object is being changed.
        self.changed: str | None = None

    @contextmanager
    def lease(self, step: Step, account_id: str, owner: str) -> Iterator[Lease]:
        with super().lease(step, account_id, owner) as lease:
            self._worker.reach(Instant.LEASED)
            yield lease

    @contextmanager
    def lease_done(self, key: str, owner: str) -> Iterator[Lease]:
        with super().lease_done(key, owner) as lease:
            self.changed = key
            try:
                yield lease
            finally:
                self.changed = None

    def begin(self, lease: Lease) -> Lease:
        begun = super().begin(lease)
        self._intended("begin", lease)
        return begun

    def begin_update(
        self, lease: Lease, values: Mapping[str, Any], launch: LaunchRecord | None = None
    ) -> None:
        super().begin_update(lease, values, launch)
        self._intended("begin_update", lease)

    def still_mine(self, lease: Lease) -> bool:
        mine = super().still_mine(lease)
        self._worker.reach(Instant.CHECKED)
        return mine

    def still_leased(self, lease: Lease) -> bool:
        leased = super().still_leased(lease)
        if self._meant(lease.record.key):
            self._worker.reach(Instant.CHECKED)
        return leased

    def save_progress(self, lease: Lease, progress: Mapping[str, Any]) -> None:
        self._recording("save_progress", lease)
        super().save_progress(lease, progress)
        self._recorded("save_progress", lease)
        self._intended("save_progress", lease)

    def record_done(self, lease: Lease, object_id: str, event: str) -> str:
        self._recording("record_done", lease)
        done = super().record_done(lease, object_id, event)
        self._recorded("record_done", lease)
        return done

    def record_updated(
        self, lease: Lease, step: Step, applied: Mapping[str, Any], detail: str
    ) -> None:
        self._recording("record_updated", lease)
        super().record_updated(lease, step, applied, detail)
        self._recorded("record_updated", lease)

    def _meant(self, key: str) -> bool:
        return self._worker.aim.step in (None, key)

    def _intended(self, method: str, lease: Lease) -> None:
        worker = self._worker
        meant = method == worker.aim.intent and self._meant(lease.record.key)
        if meant and worker.aimed and not worker.sent:
            worker.reach(Instant.INTENT)

    def _recording(self, method: str, lease: Lease) -> None:
        self._after_the_call(method, lease, Instant.PRE_RECORD)

    def _recorded(self, method: str, lease: Lease) -> None:
        self._after_the_call(method, lease, Instant.RECORDED)

    def _after_the_call(self, method: str, lease: Lease, instant: Instant) -> None:
        meant = method == self._worker.aim.record and self._meant(lease.record.key)
        if meant and self._worker.sent:
            self._worker.reach(instant)


class WatchedLaunches(PostgresLaunchLedger):
    """The real ledger of launches; its reads and commits are instants of launch-wide steps."""

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker.database)
        self._worker = worker

    def launch(self, campaign_id: str) -> LaunchRecord:
        launch = super().launch(campaign_id)
        if self._worker.aim.intent in ("advance", "begin_resume"):
            self._worker.reach(Instant.LEASED)
        return launch

    def changes(self, launch: LaunchRecord) -> Changes:
        changes = super().changes(launch)
        # Under the lease, the ledger was read again: nothing is looked at before the intent.
        aim = self._worker.aim
        if aim.step is not None and aim.step == self._worker.steps.changed:
            self._worker.reach(Instant.LEASED)
        return changes

    def advance(self, launch: LaunchRecord, state: LaunchState, note: str) -> LaunchRecord:
        with self._around("advance"):
            return super().advance(launch, state, note)

    def withdraw(self, campaign_id: str, by: str) -> LaunchRecord:
        with self._stopping("withdraw"):
            return super().withdraw(campaign_id, by)

    def pause(self, campaign_id: str, by: str) -> LaunchRecord:
        with self._stopping("pause"):
            return super().pause(campaign_id, by)

    def begin_resume(self, launch: LaunchRecord) -> LaunchRecord:
        with self._around("begin_resume"):
            return super().begin_resume(launch)

    def finish_resume(self, launch: LaunchRecord, by: str) -> LaunchRecord:
        with self._around("finish_resume"):
            return super().finish_resume(launch, by)

    @contextmanager
    def _around(self, method: str) -> Iterator[None]:
        worker = self._worker
        if worker.aim.record == method and worker.sent:
            worker.reach(Instant.PRE_RECORD)
        yield
        if worker.aim.intent == method and not worker.sent:
            worker.reach(Instant.INTENT)
        if worker.aim.record == method and worker.sent:
            worker.reach(Instant.RECORDED)

    @contextmanager
    def _stopping(self, method: str) -> Iterator[None]:
        """A stop is recorded first of all; nothing is read before it."""
        if self._worker.aim.intent == method:
            self._worker.reach(Instant.LEASED)
        yield
        if self._worker.aim.intent == method:
            self._worker.reach(Instant.INTENT)
