"""The naming tables: codes of the taxonomy, and what is wrong with names at Meta."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from meta_ads.governance.findings import Finding, Level
from meta_ads.governance.live_names import LiveObject
from meta_ads.governance.taxonomy import Entry
from meta_ads.store.database import Database
from meta_ads.store.queries import queries


class NameStore:
    """`LiveNames` on Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("names")

    def live(self, account_id: str) -> list[LiveObject]:
        """Return what stands at Meta; see `LiveNames.live`."""
        rows = self._database.rows(self._sql["live"], {"account_id": account_id})
        return [
            LiveObject(row["object_id"], Level(row["kind"]), row["name"], row["launched_as"])
            for row in rows
        ]

    def save(self, account_id: str, found: Iterable[tuple[LiveObject, Finding]]) -> int:
        """Make these the account's findings in one transaction; see `LiveNames.save`."""
        rows = [
            {
                "account_id": account_id,
                "object_id": item.object_id,
                "rule": finding.rule,
                "kind": item.level.value,
                "name": item.name,
                "severity": finding.severity.value,
                "message": f"{finding.message}. {finding.remedy}",
            }
            for item, finding in found
        ]
        new = 0
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["lock_findings"])
            cursor.execute(
                self._sql["clear"],
                {
                    "account_id": account_id,
                    "objects": [row["object_id"] for row in rows],
                    "rules": [row["rule"] for row in rows],
                },
            )
            for row in rows:
                stored = cursor.execute(self._sql["add_finding"], row).fetchone()
                assert stored is not None, "an upsert returns its row"
                new += stored["new"]
        return new

    def mirror(self, codes: Iterable[tuple[str, Entry]]) -> None:
        """Bring the codes into their table in one transaction; see `LiveNames.mirror`."""
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["retire_codes"])
            for registry, entry in codes:
                cursor.execute(
                    self._sql["mirror_code"],
                    {
                        "registry": registry,
                        "code": entry.code,
                        "label": entry.label,
                        "aliases": list(entry.aliases),
                        "active": entry.active,
                    },
                )

    def findings(self) -> list[dict[str, Any]]:
        """Return everything that is wrong now, account by account, the newest first."""
        return self._database.rows(self._sql["findings"])
