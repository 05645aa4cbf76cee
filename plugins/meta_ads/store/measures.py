"""What monitoring is told, read from the ledger."""

from __future__ import annotations

from collections.abc import Iterable

from meta_ads.store.database import Database
from meta_ads.store.queries import queries
from meta_ads.syncing.measures import Measure


class MeasureStore:
    """The values of every metric, on Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("measures")

    def read(self) -> Iterable[Measure]:
        """Return every value, those of one metric together."""
        return [Measure(**row) for row in self._database.rows(self._sql["measures"])]
