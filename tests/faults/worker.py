"""A worker whose ports tell a script when it reaches an instant, and which can die at any.

The ports are the real ones: Postgres ledgers and the HTTP client. Only the moments between their
calls are made visible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from psycopg import Connection
from psycopg.rows import DictRow

from meta_ads.errors import FixInput
from meta_ads.store.database import Database
from meta_ads.store.statuses import StatusStore
from tests.faults.instants import Instant, Killed
from tests.faults.watched_ledgers import WatchedLaunches, WatchedSteps
from tests.faults.watched_platform import Cut, WatchedPlatform
from tests.faults.world import World

Script = Callable[["Worker", Instant], None]


@dataclass(frozen=True)
class Aim:
    """Which call to Meta is the one a script waits for.

    `method` is the platform's; `wanted` looks at its arguments. `intent` and `record` are the
    ledger's methods around it. `skip` so many matching calls pass first. `step` is the key of the
    step whose ledger writes are meant, where there are several.
    """

    method: str
    wanted: Callable[..., bool] = lambda *_: True
    intent: str = "begin"
    record: str = "record_done"
    skip: int = 0
    step: str | None = None


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
        #: The call that is being made is the aimed one.
        self.aiming = False
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
    def session(self) -> Iterator[Connection[DictRow]]:
        """Yield the connection of the session."""
        self._worker.breathe()
        with self._worker.session.session() as connection:
            yield connection

    def close(self) -> None:
        """Leave the session open for the next worker."""


class Files:
    """`MediaFiles` in memory."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}

    def open(self, relative_path: str) -> BinaryIO:
        """Open a file; FixInput when it is gone."""
        if relative_path not in self.content:
            raise FixInput(f"creatives/{relative_path} is gone.")
        return BytesIO(self.content[relative_path])
