"""A worker whose ports tell a script when it reaches an instant, and which can die at any.

The ports are the real ones: Postgres ledgers and the HTTP client. Only the moments between their
calls are made visible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, BinaryIO

from psycopg import Cursor
from psycopg.rows import DictRow

from meta_ads.errors import FixInput
from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.transport import Answer, CallFailed, Transport
from meta_ads.launching.ports import (
    FoundObject,
    LaunchRecord,
    LaunchState,
    Lease,
    UploadSession,
    VideoStatus,
)
from meta_ads.planning.step import Step, StepKind
from meta_ads.store.database import Database
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.statuses import StatusStore
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.faults.instants import Instant, Killed
from tests.faults.world import Late, World

Script = Callable[["Worker", Instant], None]


@dataclass(frozen=True)
class Aim:
    """Which call to Meta is the one a script waits for.

    `method` is the platform's; `wanted` looks at its arguments. `intent` and `record` are the
    ledger's methods around it. `skip` so many matching calls pass first.
    """

    method: str
    wanted: Callable[..., bool] = lambda *_: True
    intent: str = "begin"
    record: str = "record_done"
    skip: int = 0


@dataclass(frozen=True)
class LateCommit:
    """The aimed call gets no answer, and Meta carries it out so many seconds later."""

    seconds: float


def idle(worker: Worker, instant: Instant) -> None:
    """Let nothing happen."""


class Worker:
    """One process of the product: ports of its own, a name of its own, one life.

    `session` is the Postgres session it works on. `clock_error` is how wrong its wall clock is.
    """

    def __init__(
        self,
        world: World,
        session: Database,
        aim: Aim,
        script: Script = idle,
        *,
        late: LateCommit | None = None,
        clock_error: float = 0.0,
    ) -> None:
        self.world = world
        self.session = session
        self.aim = aim
        self.alive = True
        self.late = late
        self.cut: Cut | None = None
        self.name = f"worker-{next(world.numbers)}"
        self.database = MortalDatabase(self)
        self.platform = WatchedPlatform(self, clock_error)
        self.steps = WatchedSteps(self)
        self.launches = WatchedLaunches(self)
        self.statuses = StatusStore(self.database)
        self._script = script
        self._passed: set[Instant] = set()
        self._skipped = 0

    def reach(self, instant: Instant) -> None:
        """Run the script the first time an instant is reached; raise Killed when dead."""
        self.breathe()
        if instant not in self._passed:
            self._passed.add(instant)
            self._script(self, instant)
            self.breathe()

    def breathe(self) -> None:
        """Raise Killed when dead."""
        if not self.alive:
            raise Killed

    def die(self) -> None:
        """End now."""
        self.alive = False
        raise Killed

    def aims_at(self, method: str, *arguments: Any) -> bool:
        """Whether this call is the one the script waits for."""
        if method != self.aim.method or not self.aim.wanted(*arguments):
            return False
        self._skipped += 1
        return self._skipped == self.aim.skip + 1

    @property
    def aimed(self) -> bool:
        """Whether the call before the aimed one is over: its ledger writes are the ones meant."""
        return self._skipped >= self.aim.skip

    @property
    def sent(self) -> bool:
        """Whether the aimed call was begun."""
        return self._skipped > self.aim.skip


class MortalDatabase(Database):
    """A session that a dead worker cannot use: no `finally` of it runs either."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def __repr__(self) -> str:
        return repr(self._worker.session)

    @contextmanager
    def transaction(self) -> Iterator[Cursor[DictRow]]:
        """Yield a cursor of the session."""
        self._worker.breathe()
        with self._worker.session.transaction() as cursor:
            yield cursor

    def close(self) -> None:
        """Leave the session open for the next worker."""


@dataclass(frozen=True)
class Cut:
    """The body of the aimed call ends after so many bytes: the line is cut, or the worker dies."""

    after: int
    dies: Worker | None = None


class CutStream(BytesIO):
    """A body that cannot be read, and so not be sent, beyond some byte."""

    def __init__(self, content: bytes, cut: Cut) -> None:
        super().__init__(content)
        self._cut = cut

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes before the cut; fail at it."""
        left = self._cut.after - self.tell()
        if left > 0:
            return super().read(left if size is None or size < 0 else min(size, left))
        if self._cut.dies is not None:
            self._cut.dies.die()
        raise ConnectionResetError("the line was cut")


class WatchedTransport(Transport):
    """The real transport; the aimed call's start and end are instants."""

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker.world.settings)
        self._worker = worker
        self.aimed = False

    def _exchange(self, method: str, url: str, query: Any, body: Any, *rest: Any) -> Answer:
        cut, self._worker.cut = self._worker.cut, None
        if cut is not None:
            body = CutStream(body.getvalue(), cut)
        return super()._exchange(method, url, query, body, *rest)

    def send(self, method: str, url: str, **content: Any) -> Answer:
        """Send one call."""
        worker = self._worker
        worker.breathe()
        if not self.aimed:
            return super().send(method, url, **content)
        worker.reach(Instant.PRE_SEND)
        if worker.late is not None:
            late, worker.late = worker.late, None
            at = worker.world.elapsed + late.seconds
            again = Transport(worker.world.settings)
            content["fresh"] = True
            worker.world.late.append(Late(at, lambda: _carry_out(again, method, url, content)))
            raise CallFailed("no answer came in time", sent=True)
        answer = super().send(method, url, **content)
        worker.reach(Instant.COMMITTED)
        return answer


def _carry_out(transport: Transport, method: str, url: str, content: dict[str, Any]) -> None:
    transport.send(method, url, **content)
    transport.close()


class WatchedPlatform(MetaPlatform):
    """The real adapter; the aimed method's return is an instant."""

    def __init__(self, worker: Worker, clock_error: float) -> None:
        super().__init__(
            worker.world.settings,
            # A worker's wall clock shows virtual time too.
            lambda: datetime.now(UTC) + timedelta(seconds=worker.world.elapsed + clock_error),
        )
        self._worker = worker
        self._transport = WatchedTransport(worker)
        worker.world.transports.append(self._transport)
        self._client.transport = self._transport

    @contextmanager
    def _watch(self, method: str, *arguments: Any) -> Iterator[None]:
        worker = self._worker
        worker.breathe()
        self._transport.aimed = worker.aims_at(method, *arguments)
        try:
            yield
            if self._transport.aimed:
                worker.reach(Instant.ANSWERED)
        finally:
            self._transport.aimed = False

    def create(self, kind: StepKind, account_id: str, params: Mapping[str, Any]) -> str:
        with self._watch("create", kind, account_id, params):
            return super().create(kind, account_id, params)

    def find(self, kind: StepKind, account_id: str, marker: str) -> Sequence[FoundObject]:
        with self._watch("find", kind, account_id, marker):
            return super().find(kind, account_id, marker)

    def update(self, object_id: str, params: Mapping[str, Any]) -> None:
        with self._watch("update", object_id, params):
            super().update(object_id, params)

    def start_video(self, account_id: str, file_size: int) -> UploadSession:
        with self._watch("start_video"):
            return super().start_video(account_id, file_size)

    def send_chunk(self, account_id: str, session: UploadSession, chunk: bytes) -> UploadSession:
        with self._watch("send_chunk", session):
            return super().send_chunk(account_id, session, chunk)

    def finish_video(self, account_id: str, session: UploadSession, title: str) -> None:
        with self._watch("finish_video"):
            super().finish_video(account_id, session, title)

    def video_status(self, video_id: str) -> VideoStatus:
        with self._watch("video_status", video_id):
            return super().video_status(video_id)

    def account_objects(self, account_id: str) -> Iterator[Mapping[str, Any]]:
        with self._watch("account_objects", account_id):
            yield from list(super().account_objects(account_id))


class WatchedSteps(PostgresStepLedger):
    """The real ledger of steps; its commits are instants."""

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker.database)
        self._worker = worker

    @contextmanager
    def lease(self, step: Step, account_id: str, owner: str) -> Iterator[Lease]:
        with super().lease(step, account_id, owner) as lease:
            self._worker.reach(Instant.LEASED)
            yield lease

    def begin(self, lease: Lease) -> Lease:
        begun = super().begin(lease)
        self._intended("begin")
        return begun

    def still_mine(self, lease: Lease) -> bool:
        mine = super().still_mine(lease)
        self._worker.reach(Instant.CHECKED)
        return mine

    def save_progress(self, lease: Lease, progress: Mapping[str, Any]) -> None:
        self._recording("save_progress")
        super().save_progress(lease, progress)
        self._recorded("save_progress")
        self._intended("save_progress")

    def record_done(self, lease: Lease, object_id: str, event: str) -> str:
        self._recording("record_done")
        done = super().record_done(lease, object_id, event)
        self._recorded("record_done")
        return done

    def _intended(self, method: str) -> None:
        worker = self._worker
        if method == worker.aim.intent and worker.aimed and not worker.sent:
            worker.reach(Instant.INTENT)

    def _recording(self, method: str) -> None:
        if method == self._worker.aim.record and self._worker.sent:
            self._worker.reach(Instant.PRE_RECORD)

    def _recorded(self, method: str) -> None:
        if method == self._worker.aim.record and self._worker.sent:
            self._worker.reach(Instant.RECORDED)


class WatchedLaunches(PostgresLaunchLedger):
    """The real ledger of launches; its reads and commits are instants of launch-wide steps."""

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker.database)
        self._worker = worker

    def launch(self, campaign_id: str) -> LaunchRecord:
        launch = super().launch(campaign_id)
        if self._worker.aim.intent == "advance":
            self._worker.reach(Instant.LEASED)
        return launch

    def advance(self, launch: LaunchRecord, state: LaunchState, note: str) -> LaunchRecord:
        worker = self._worker
        if worker.aim.record == "advance" and worker.sent:
            worker.reach(Instant.PRE_RECORD)
        further = super().advance(launch, state, note)
        if worker.aim.intent == "advance" and not worker.sent:
            worker.reach(Instant.INTENT)
        if worker.aim.record == "advance" and worker.sent:
            worker.reach(Instant.RECORDED)
        return further

    def withdraw(self, campaign_id: str, by: str) -> LaunchRecord:
        worker = self._worker
        if worker.aim.intent == "withdraw":
            worker.reach(Instant.LEASED)
        launch = super().withdraw(campaign_id, by)
        if worker.aim.intent == "withdraw":
            worker.reach(Instant.INTENT)
        return launch


class Files:
    """`MediaFiles` in memory."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}

    def open(self, relative_path: str) -> BinaryIO:
        """Open a file; FixInput when it is gone."""
        if relative_path not in self.content:
            raise FixInput(f"creatives/{relative_path} is gone.")
        return BytesIO(self.content[relative_path])
