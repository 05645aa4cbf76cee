"""The status tables: the current row of everything in an account, and history for each change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from meta_ads.store.queries import queries
from meta_ads.syncing.creatives import CreativeRow
from meta_ads.syncing.object_statuses import ObjectStatus
from meta_ads.syncing.statuses import SyncCounts, SyncedRows
from meta_ads.syncing.videos import VideoRow

Row = tuple[object, ...]


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

    def save(self, rows: SyncedRows) -> SyncCounts:
        """Write current rows and history in one transaction; see `Statuses.save`."""
        account = rows.account
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["lock_sync"])
            found = cursor.execute("SELECT clock_timestamp() AS now").fetchone()
            assert found is not None, "a SELECT without FROM has one row"
            now = found["now"]
            for name in ("add_history", "merge"):
                cursor.execute(queries("ad_accounts")[name], {**asdict(account), "now": now})
            objects = [
                _object(item, account.account_id, account.currency, now) for item in rows.objects
            ]
            changed = _keep(cursor, "statuses", objects)
            if rows.whole:
                gone = {"account_id": account.account_id, "now": now}
                creatives = [_creative(item, account.account_id, now) for item in rows.creatives]
                changed += _keep(cursor, "creatives", creatives, gone)
                videos = [_video(item, account.account_id, now) for item in rows.videos]
                changed += _keep(cursor, "videos", videos, gone)
        return SyncCounts(len(rows.objects) + len(rows.creatives) + len(rows.videos), changed)


def _keep(
    cursor: Any, file: str, rows: Iterable[Row], unlisted: Mapping[str, Any] | None = None
) -> int:
    """Bring rows into their table and its history; return how many changed.

    With `unlisted`, what the table has and `rows` have not is marked as in no list any more.
    """
    sql = queries(file)
    cursor.execute(sql["create_staging"])
    with cursor.copy(sql["copy"]) as copy:
        for row in rows:
            copy.write_row(row)
    if unlisted is not None:
        cursor.execute(sql["add_unlisted"], unlisted)
    cursor.execute(sql["add_history"])
    changed: int = cursor.rowcount
    cursor.execute(sql["merge"])
    return changed


def _object(item: ObjectStatus, account_id: str, currency: str, now: datetime) -> Row:
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
        item.campaign_id,
        item.creative_id,
        item.budget_remaining,
        Jsonb(item.details),
    )


def _creative(item: CreativeRow, account_id: str, now: datetime) -> Row:
    return (
        item.creative_id,
        account_id,
        item.name,
        item.status,
        item.title,
        item.body,
        item.call_to_action,
        item.link,
        item.template_link,
        item.url_tags,
        item.video_id,
        item.image_hash,
        item.post_id,
        Jsonb(item.enhancements),
        Jsonb(item.details),
        True,
        now,
        now,
    )


def _video(item: VideoRow, account_id: str, now: datetime) -> Row:
    return (
        item.video_id,
        account_id,
        item.title,
        item.status,
        item.length_seconds,
        item.created_time,
        True,
        now,
        now,
    )
