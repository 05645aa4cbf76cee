"""The table of drift, and what the ledger says was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any

from meta_ads.planning.drift import Sent
from meta_ads.planning.step import REFERENCE, StepKind
from meta_ads.store.database import Database
from meta_ads.store.queries import queries
from meta_ads.syncing.drift import DriftCounts, DriftFinding, SentLaunch

Row = Mapping[str, Any]


class DriftStore:
    """`DriftTables` on Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("drift")

    def now(self) -> datetime:
        """Return the database's time, aware."""
        moment: datetime = self._database.rows(self._sql["now"])[0]["now"]
        return moment

    def sent(self, account_id: str, settled_before: datetime) -> Sequence[SentLaunch]:
        """Return the account's launches that rest; see `DriftTables.sent`."""
        rows = self._database.rows(
            self._sql["sent"], {"account_id": account_id, "settled_before": settled_before}
        )
        return [_launch(list(group)) for _, group in groupby(rows, lambda row: row["campaign_id"])]

    def save(
        self, account_id: str, judged: Iterable[str], found: Sequence[DriftFinding]
    ) -> DriftCounts:
        """Replace the findings of the launches judged; see `DriftTables.save`."""
        account = {"account_id": account_id}
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["lock"])
            cursor.execute(
                self._sql["settle"],
                {
                    **account,
                    "judged": list(judged),
                    "keys": [item.step_key for item in found],
                    "parameters": [item.parameter for item in found],
                },
            )
            settled = cursor.rowcount
            new = 0
            for item in found:
                stored = cursor.execute(
                    self._sql["add"], {**account, **asdict(item), "kind": item.kind.value}
                ).fetchone()
                assert stored is not None, "an upsert returns its row"
                new += stored["new"]
            counted = cursor.execute(self._sql["count_open"], account).fetchone()
            assert counted is not None, "a count has one row"
        return DriftCounts(counted["open"], new, settled)

    def open(self, account_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return what is open of these accounts."""
        return self._database.rows(self._sql["open"], {"account_ids": list(account_ids)})


def _launch(rows: Sequence[Row]) -> SentLaunch:
    ids = {row["key"]: row["object_id"] for row in rows}
    return SentLaunch(rows[0]["campaign_id"], rows[0]["live"], [_sent(row, ids) for row in rows])


def _sent(row: Row, ids: Mapping[str, str]) -> Sent:
    """Return an object with what it last took; with its plan where nothing was kept of it."""
    planned, applied = row["planned"], dict(row["applied"])
    said = applied.pop("status", None)
    # What every create says is PAUSED; an update says what the part is to be.
    params = applied or {**planned["params"], **planned["late_params"]}
    kind = StepKind(row["kind"])
    creative = params.get("creative") or {}
    shown = creative.get("creative_id") if kind is StepKind.AD else None
    return Sent(
        key=row["key"],
        kind=kind,
        object_id=row["object_id"],
        params=params,
        status=said or ("PAUSED" if planned.get("paused") else "ACTIVE"),
        creative_id=ids.get(shown[REFERENCE]) if isinstance(shown, Mapping) else shown,
    )
