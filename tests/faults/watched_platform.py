"""The real client of Meta; the aimed call's start, end and return are instants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from meta_ads.graph.client import GraphClient
from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from meta_ads.graph.transport import Answer, CallFailed, Transport
from meta_ads.launching.ports import FoundObject, UploadSession, VideoStatus
from meta_ads.planning.step import StepKind
from tests.faults.instants import Instant
from tests.faults.world import Late

if TYPE_CHECKING:
    from tests.faults.worker import Worker


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

    def __init__(self, settings: GraphSettings, worker: Worker) -> None:
        super().__init__(settings)
        self._token = settings.token
        self._worker = worker

    def _exchange(
        self, method: str, url: str, query: Any, body: Any, headers: Any, auth: Any, *rest: Any
    ) -> Answer:
        cut, self._worker.cut = self._worker.cut, None
        if cut is not None:
            body = CutStream(body.getvalue(), cut)
        auth = self._worker.world.tokens.worn(self._token, auth)
        return super()._exchange(method, url, query, body, headers, auth, *rest)

    def send(self, method: str, url: str, **content: Any) -> Answer:
        """Send one call."""
        worker = self._worker
        worker.breathe()
        if not worker.aiming:
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


class WatchedClient(GraphClient):
    """The real client; each of its transports is watched, whichever token it uses."""

    def __init__(self, worker: Worker, clock_error: float) -> None:
        self._worker = worker
        world = worker.world

        def clock() -> datetime:
            # A worker's wall clock shows virtual time too.
            return datetime.now(UTC) + timedelta(seconds=world.elapsed + clock_error)

        super().__init__(world.settings, clock, world.tokens.pool(clock))

    def _use(self, settings: GraphSettings) -> None:
        super()._use(settings)
        self.transport = WatchedTransport(settings, self._worker)
        self._worker.world.transports.append(self.transport)


class WatchedPlatform(MetaPlatform):
    """The real adapter; the aimed method's return is an instant."""

    def __init__(self, worker: Worker, clock_error: float) -> None:
        # Not the base's: all that it would do is to make another client.
        self._worker = worker
        self._client: WatchedClient = WatchedClient(worker, clock_error)

    @property
    def token(self) -> str:
        """The token in use."""
        return self._client.settings.token

    @contextmanager
    def _watch(self, method: str, *arguments: Any) -> Iterator[None]:
        worker = self._worker
        worker.breathe()
        worker.aiming = worker.aims_at(method, *arguments)
        try:
            yield
            if worker.aiming:
                worker.reach(Instant.ANSWERED)
        finally:
            worker.aiming = False

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
