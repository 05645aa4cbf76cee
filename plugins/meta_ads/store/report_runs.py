"""The table of report runs under way at Meta."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from meta_ads.campaigns.insight_reports import ADS, Report
from meta_ads.store.database import Database
from meta_ads.store.queries import queries
from meta_ads.store.slice_store import account_number
from meta_ads.syncing.insight_ports import Node, RunPart
from meta_ads.syncing.insight_slices import Slice


class RunStore:
    """`RunTables` of one report on Postgres."""

    def __init__(self, database: Database, report: Report = ADS) -> None:
        self._database = database
        self._report = report.name
        self._sql = queries("report_runs")

    def runs(self, account_id: str) -> Sequence[RunPart]:
        """Return the account's parts, oldest first."""
        rows = self._database.rows(self._sql["runs"], self._owner(account_id))
        return [
            RunPart(
                key=row["id"],
                part=Slice(row["since"], row["until"]),
                node=Node(row["node"], row["level"]),
                attempts=row["attempts"],
                run_id=row["run_id"],
                started_at=row["started_at"],
                finished=row["finished"],
            )
            for row in rows
        ]

    def queue(self, account_id: str, part: Slice, node: Node) -> None:
        """Add a part that has no run yet; nothing happens when it is there."""
        self._database.rows(self._sql["add_run"], self._part(account_id, part, node))

    def started(self, part: RunPart, run_id: str) -> None:
        """Note the run of a part; one more attempt."""
        self._database.rows(self._sql["started_run"], {"id": part.key, "run_id": run_id})

    def restart(self, part: RunPart) -> None:
        """Take the run from a part, so that another one is started."""
        self._database.rows(self._sql["queue_run"], {"id": part.key})

    def finished(self, part: RunPart) -> None:
        """Note that a part's run is over and can be read."""
        self._database.rows(self._sql["finished_run"], {"id": part.key})

    def nothing_there(self, part: RunPart) -> None:
        """Note that a part has no rows."""
        self._database.rows(self._sql["nothing_there"], {"id": part.key})

    def split(self, account_id: str, part: RunPart, into: Sequence[tuple[Slice, Node]]) -> None:
        """Put smaller parts in the place of one, all at once."""
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["remove_run"], {"id": part.key})
            for smaller, node in into:
                cursor.execute(self._sql["add_run"], self._part(account_id, smaller, node))

    def forget(self, account_id: str, part: Slice) -> None:
        """Drop every part of a slice."""
        parameters = {
            **self._owner(account_id),
            "since": part.since,
            "until": part.until,
        }
        self._database.rows(self._sql["forget"], parameters)

    def _owner(self, account_id: str) -> dict[str, Any]:
        return {"account_id": account_number(account_id), "report": self._report}

    def _part(self, account_id: str, part: Slice, node: Node) -> dict[str, Any]:
        return {
            **self._owner(account_id),
            "since": part.since,
            "until": part.until,
            "node": node.id,
            "level": node.level,
        }
