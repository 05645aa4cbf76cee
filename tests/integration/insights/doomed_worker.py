"""Syncs the account to the end, or until a given event: then this process kills itself.

Arguments: database URL, emulator URL, the present, and the number of the event to die at (0: live).
An event is a line told to people or a statement sent to Postgres.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from meta_ads.store.database import Database
from meta_ads.store.insights import InsightStore
from meta_ads.store.report_runs import RunStore
from meta_ads.syncing.insights import InsightSync
from tests.integration.insights.accounts import ACCOUNT, SETTINGS, platform


class Doom:
    def __init__(self, fatal: int) -> None:
        self.fatal = fatal
        self.count = 0

    def event(self) -> None:
        self.count += 1
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)


class DoomedCursor:
    """A cursor whose every statement is an event, before it and after it."""

    def __init__(self, cursor: Any, doom: Doom) -> None:
        self._cursor, self._doom = cursor, doom

    def execute(self, *arguments: Any) -> Any:
        self._doom.event()
        done = self._cursor.execute(*arguments)
        self._doom.event()
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class DoomedDatabase(Database):
    def __init__(self, url: str, doom: Doom) -> None:
        super().__init__(url)
        self._doom = doom

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with super().transaction() as cursor:
            yield DoomedCursor(cursor, self._doom)
        self._doom.event()


def main() -> None:
    database_url, url, now, fatal = sys.argv[1:]
    doom = Doom(int(fatal))
    database = DoomedDatabase(database_url, doom)
    store = InsightStore(database)
    present = datetime.fromisoformat(now)
    sync = InsightSync(
        ACCOUNT,
        platform(url),
        store,
        RunStore(database),
        SETTINGS,
        store.now(),
        lambda: present,
        lambda *_: doom.event(),
    )
    while not sync.advance().complete:
        pass
    print(doom.count)


if __name__ == "__main__":
    main()
