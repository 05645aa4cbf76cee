"""The sync of this package, as the task of `sync_insights` makes it, with its default settings.

Arguments: database URL, Graph URL, since, until; prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from meta_ads.campaigns.insight_settings import InsightSettings
from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from meta_ads.store.database import Database
from meta_ads.store.insights import InsightStore
from meta_ads.store.report_runs import RunStore
from meta_ads.syncing.insight_ports import SliceCounts
from meta_ads.syncing.insight_rows import Page
from meta_ads.syncing.insight_slices import Slice
from meta_ads.syncing.insights import InsightSync
from tests.speed.insights.account import ACCOUNT, APP_SECRET, TOKEN
from tests.speed.insights.memory import megabytes, processor_seconds


class TimedStore(InsightStore):
    """The store, with the seconds its two halves took; they overlap."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.parts = {"read and stage": 0.0, "merge": 0.0}

    def _copy(self, database: Database, account_id: str, pages: Iterable[Page]) -> None:
        began = time.perf_counter()
        super()._copy(database, account_id, pages)
        self.parts["read and stage"] += time.perf_counter() - began

    def _merge(self, *arguments: Any) -> SliceCounts:
        began = time.perf_counter()
        counts = super()._merge(*arguments)
        self.parts["merge"] += time.perf_counter() - began
        return counts


def _server_seconds(database: Database) -> float:
    """Return what Postgres has used of a processor for all connections of the sync."""
    backends = database.rows("SELECT pid FROM pg_stat_activity WHERE application_name = 'adlaunch'")
    return sum(processor_seconds(row["pid"]) for row in backends)


def main() -> None:
    database_url, url, since, until = sys.argv[1:]
    meta = MetaPlatform(GraphSettings(TOKEN, app_secret=APP_SECRET, base_url=url))
    database = Database(database_url)
    store = TimedStore(database)
    sync = InsightSync(
        ACCOUNT,
        meta,
        store,
        RunStore(database),
        InsightSettings(),
        store.now(),
        lambda: datetime.now(UTC),
        lambda *_: None,
        Slice(date.fromisoformat(since), date.fromisoformat(until)),
    )
    meta.account_facts(ACCOUNT)
    idle = megabytes()
    began, worked, server = time.perf_counter(), time.process_time(), _server_seconds(database)
    outcome = sync.advance()
    seconds, busy = time.perf_counter() - began, time.process_time() - worked
    assert outcome.complete, outcome
    print(
        json.dumps(
            {
                "rows": outcome.rows,
                "seconds": seconds,
                "parts": store.parts,
                "busy": busy,
                "server_busy": _server_seconds(database) - server,
                "idle": idle,
                "peak": megabytes("VmHWM"),
            }
        )
    )


if __name__ == "__main__":
    main()
