"""The requests in Postgres: who asked for a launch, and what became of it."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from meta_ads.launching.requests import (
    Happening,
    NewRequest,
    RequestKey,
    RequestState,
    Told,
    path,
)
from meta_ads.store.database import Database
from meta_ads.store.queries import queries

# What `adlaunch requests` shows at most.
MOST = 50


class PostgresRequestLedger:
    """`RequestLedger` on Postgres. All times are the database's clock."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("requests")

    def open(self, request: NewRequest) -> None:
        """Write the request once; see `RequestLedger.open`."""
        self._database.rows(
            self._sql["open"],
            {
                "campaign_id": request.key.campaign_id,
                "run_id": request.key.run_id,
                "requested_by": request.requested_by,
                "note": request.note,
                "file_digest": request.file_digest,
            },
        )

    def record(self, key: RequestKey, happening: Happening, told: Told) -> None:
        """Commit the next states in one transaction; see `RequestLedger.record`."""
        with self._database.transaction() as cursor:
            row = cursor.execute(
                self._sql["lock"], {"campaign_id": key.campaign_id, "run_id": key.run_id}
            ).fetchone()
            if row is None:
                return
            for state in path(RequestState(row["state"]), happening):
                last = state in (RequestState.QA_FAILED, RequestState.TRAFFICKED_FAILED)
                cursor.execute(
                    self._sql["move"],
                    {
                        "id": row["id"],
                        "state": state,
                        "reason": told.reason if last else None,
                        "findings": Jsonb(list(told.findings) if last else []),
                        "plan_hash": told.plan_hash,
                    },
                )

    def settle(self, campaign_id: str | None = None) -> list[RequestKey]:
        """Close what the ledger knows the fate of; see `RequestLedger.settle`."""
        rows = self._database.rows(self._sql["settle"], {"campaign_id": campaign_id})
        good = [row for row in rows if row["state"] == RequestState.TRAFFICKED_SUCCESS]
        return [RequestKey(row["campaign_id"], row["run_id"]) for row in good]

    def requests(self, campaign_id: str | None = None, most: int = MOST) -> list[dict[str, Any]]:
        """Return the newest requests, of one campaign or of all, newest first."""
        return self._database.rows(
            self._sql["requests"], {"campaign_id": campaign_id, "most": most}
        )

    def history(self, request_id: int) -> list[dict[str, Any]]:
        """Return every state a request was in, oldest first."""
        return self._database.rows(self._sql["history"], {"id": request_id})
