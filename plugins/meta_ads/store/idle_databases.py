"""Connections that are kept for the next request: opening one takes longer than most queries."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from meta_ads.store.database import Database

KEPT = 4
# Soon enough for a changed password or host to hold.
IDLE_SECONDS = 30.0


class IdleDatabases:
    """Lends databases to threads, one at a time each.

    :param make: gives a database that is not open yet
    :param clock: monotonic seconds
    """

    def __init__(
        self, make: Callable[[], Database], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = make
        self._clock = clock
        self._idle: list[tuple[float, Database]] = []
        self._lock = Lock()

    @contextmanager
    def one(self) -> Iterator[Database]:
        """Yield a database. After any error it is closed and not lent again."""
        database = self._taken() or self._make()
        try:
            yield database
        except BaseException:
            database.close()
            raise
        self._keep(database)

    def close(self) -> None:
        """Close what is not lent."""
        with self._lock:
            for _, database in self._idle:
                database.close()
            self._idle.clear()

    def _taken(self) -> Database | None:
        """Return the last one used that is neither old nor given up by its server."""
        with self._lock:
            while self._idle:
                since, database = self._idle.pop()
                if self._clock() - since < IDLE_SECONDS and not database.hung_up:
                    return database
                database.close()
        return None

    def _keep(self, database: Database) -> None:
        with self._lock:
            if len(self._idle) < KEPT:
                self._idle.append((self._clock(), database))
                return
        database.close()
