"""The table of what needs a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from meta_ads.launching.notices import Notice, same_every_time
from meta_ads.store.database import Database
from meta_ads.store.queries import queries


class NoticeStore:
    """What needs a person, on Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("notices")

    def keep(self, texts: Iterable[str], remind: float) -> Sequence[Notice]:
        """Replace what was found before by `texts`; return them, those to be told now first.

        To be told now are those that were not found the last time, and those that a person was
        told of `remind` seconds ago or longer.
        """
        found = {sha256(same_every_time(text).encode()).hexdigest(): text for text in texts}
        rows = self._database.rows(
            self._sql["keep_notices"],
            {"keys": list(found), "texts": list(found.values()), "remind": remind},
        )
        notices = [Notice(**row) for row in rows]
        return sorted(notices, key=lambda notice: (not notice.tell, notice.since))

    def open(self) -> Sequence[Notice]:
        """Return what was found the last time, oldest first."""
        return [Notice(**row) for row in self._database.rows(self._sql["open_notices"])]
