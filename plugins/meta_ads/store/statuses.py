"""The status tables: the current row of every object, and a history row for each change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from psycopg.types.json import Jsonb

from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from meta_ads.store.queries import queries
from meta_ads.syncing.statuses import ObjectStatus, SyncCounts

COPY = """
COPY seen (object_id, account_id, kind, parent_id, name, status, effective_status, daily_budget,
           lifetime_budget, currency, start_time, end_time, review, issues, created_time,
           updated_time, changed_at, synced_at)
FROM STDIN
"""


class StatusStore:
    """`Statuses` on Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("statuses")

    def accounts(self) -> list[str]:
        """Return every account in which something was launched, sorted."""
        return [row["account_id"] for row in self._database.rows(self._sql["accounts"])]

    def known(self, account_id: str) -> Mapping[str, StepKind]:
        """Return what a sync of the account must account for; see `Statuses.known`."""
        rows = self._database.rows(self._sql["known_objects"], {"account_id": account_id})
        return {row["object_id"]: StepKind(row["kind"]) for row in rows}

    def save(self, account_id: str, currency: str, objects: Iterable[ObjectStatus]) -> SyncCounts:
        """Write current rows and history in one transaction; see `Statuses.save`."""
        seen = 0
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["lock_sync"])
            cursor.execute(self._sql["create_staging"])
            row = cursor.execute("SELECT clock_timestamp() AS now").fetchone()
            assert row is not None, "a SELECT without FROM has one row"
            with cursor.copy(COPY) as copy:
                for item in objects:
                    copy.write_row(_row(item, account_id, currency, row["now"]))
                    seen += 1
            cursor.execute(self._sql["add_history"])
            changed = cursor.rowcount
            cursor.execute(self._sql["merge"])
        return SyncCounts(seen, changed)


def _row(item: ObjectStatus, account_id: str, currency: str, now: object) -> tuple[object, ...]:
    return (
        item.object_id,
        account_id,
        item.kind.value,
        item.parent_id,
        item.name,
        item.status,
        item.effective_status,
        item.daily_budget,
        item.lifetime_budget,
        currency,
        item.start_time,
        item.end_time,
        Jsonb(item.review) if item.review else None,
        Jsonb(item.issues) if item.issues else None,
        item.created_time,
        item.updated_time,
        now,
        now,
    )
