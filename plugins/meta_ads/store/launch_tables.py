"""What every part of the ledger of launches does: read one, lock one, note what happened to it."""

from __future__ import annotations

from typing import Any

from meta_ads.launching.ports import LaunchRecord
from meta_ads.store.database import Database
from meta_ads.store.launch_rows import launch_of
from meta_ads.store.queries import queries


class UnknownLaunch(KeyError):
    """No campaign of this id was ever planned."""


class LaunchTables:
    """Launches, one by one. All times are the database's clock."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("launches")

    def launch(self, campaign_id: str) -> LaunchRecord:
        """Return the launch. UnknownLaunch when there is none."""
        for row in self._database.rows(self._sql["read_launch"], {"campaign_id": campaign_id}):
            return launch_of(row)
        raise UnknownLaunch(campaign_id)

    def _locked(self, cursor: Any, launch: LaunchRecord) -> LaunchRecord:
        cursor.execute(self._sql["lock_launch"], {"campaign_id": launch.campaign_id})
        return self._read(cursor, launch.campaign_id)

    def _read(self, cursor: Any, campaign_id: str) -> LaunchRecord:
        row = cursor.execute(self._sql["read_launch"], {"campaign_id": campaign_id}).fetchone()
        if row is None:
            raise UnknownLaunch(campaign_id)
        return launch_of(row)

    def _note(self, cursor: Any, campaign_id: str, event: str, detail: str) -> None:
        cursor.execute(
            self._sql["add_event"],
            {"campaign_id": campaign_id, "event": event, "detail": detail},
        )
