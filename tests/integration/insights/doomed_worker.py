"""Syncs an account's reports to the end, or until a given event: then this process kills itself.

Arguments: database URL, emulator URL, the present, and the number of the event to die at (0: live).
An event is a line told to people or a statement sent to Postgres.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any

from meta_ads.campaigns.insight_reports import ADS, BREAKDOWNS, Report
from meta_ads.store.database import Database
from meta_ads.store.insight_breakdowns import BreakdownStore
from meta_ads.store.insights import InsightStore
from meta_ads.store.report_runs import RunStore
from meta_ads.syncing.insights import InsightSync, advance_in_turn
from tests.integration.insights.accounts import ACCOUNT, SETTINGS, platform

REPORTS = ("age_gender", "account_country")
SOME_DAYS = replace(SETTINGS, first_load_days=6, slice_days=2)


class Doom:
    def __init__(self, fatal: int) -> None:
        self.fatal = fatal
        self.count = 0
        # Several threads count.
        self._lock = Lock()

    def event(self) -> None:
        with self._lock:
            self.count += 1
            dies = self.count == self.fatal
        if dies:
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

    def rows(self, query: Any, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        self._doom.event()
        rows = super().rows(query, parameters)
        self._doom.event()
        return rows


def main() -> None:
    database_url, url, now, fatal = sys.argv[1:]
    doom = Doom(int(fatal))
    database = DoomedDatabase(database_url, doom)
    begun, present = InsightStore(database).now(), datetime.fromisoformat(now)
    meta = platform(url)

    def sync(report: Report) -> InsightSync:
        return InsightSync(
            ACCOUNT,
            meta,
            InsightStore(database) if report is ADS else BreakdownStore(database, report),
            RunStore(database, report),
            SETTINGS if report is ADS else SOME_DAYS,
            begun,
            lambda: present,
            lambda *_: doom.event(),
            report=report,
        )

    syncs = [sync(report) for report in (ADS, *(BREAKDOWNS[name] for name in REPORTS))]
    while not advance_in_turn(syncs).complete:
        pass
    print(doom.count)


if __name__ == "__main__":
    main()
