"""Numbers of action types: the names are long and few, and each stands in millions of rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from meta_ads.store.database import Database
from meta_ads.store.queries import queries


class ActionTypes:
    """The table `action_type`, read when a name is not known yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("action_types")
        #: The numbers read so far, by name.
        self.known: dict[str, int] = {}

    def numbers(self, names: Collection[str]) -> Mapping[str, int]:
        """Return the number of each of these names; new ones get theirs now."""
        if not self.known.keys() >= set(names):
            self._read()
            missing = sorted(set(names) - self.known.keys())
            if missing:
                self._database.rows(self._sql["add"], {"names": missing})
                self._read()
        return self.known

    def _read(self) -> None:
        self.known = {row["name"]: row["id"] for row in self._database.rows(self._sql["all"])}
