"""What people are to be told, and which channel was told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from meta_ads.campaigns.notification_settings import Event
from meta_ads.launching.notifications import Happening
from meta_ads.store.database import Database
from meta_ads.store.queries import queries


class PostgresOutbox:
    """The `Outbox` on Postgres; `url` is that of the database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._database = Database(url)
        self._sql = queries("notifications")

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the right to send, on a connection of its own; Postgres frees it when we die."""
        with closing(Database(self._url)) as guard, guard.transaction() as cursor:
            row = cursor.execute(self._sql["alone"]).fetchone()
            yield bool(row and row["alone"])

    def untold(self, channel: str, events: Sequence[Event]) -> Sequence[Happening]:
        """Return what the channel was not told yet, oldest first."""
        rows = self._database.rows(
            self._sql["untold"], {"channel": channel, "events": [str(event) for event in events]}
        )
        return [Happening(**{**row, "event": Event(row["event"])}) for row in rows]

    def was_told(self, channel: str, happening: Happening) -> bool:
        """Say whether the channel took a message of this already."""
        what = {"channel": channel, "key": happening.key}
        return bool(self._database.rows(self._sql["was_told"], what))

    def told(self, channel: str, happening: Happening) -> None:
        """Write down that the channel took the message."""
        self._database.rows(self._sql["told"], {"channel": channel, "key": happening.key})

    def close(self) -> None:
        """Close the connection."""
        self._database.close()
