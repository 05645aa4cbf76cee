"""What is wrong with insights, as rows; and dropping what is older than it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from meta_ads.store.database import Database
from meta_ads.store.insights import gap_in_words
from meta_ads.store.queries import queries
from meta_ads.store.slice_store import account_number
from meta_ads.syncing.insight_quality import DayRows, DaySums, InsightFinding


class QualityStore:
    """The findings of insights, and what they are found by."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("insight_quality")
        self._insights = queries("insights")

    def day_rows(self, account_id: str, since: date) -> list[DayRows]:
        """Return the days that were read, in order, from a day on."""
        parameters = {"account_id": account_number(account_id), "since": since}
        rows = self._database.rows(self._sql["day_rows"], parameters)
        return [DayRows(row["date"], row["rows"], row["complete"]) for row in rows]

    def day_sums(self, account_id: str, since: date) -> list[DaySums]:
        """Return the days whose ads do not add up to the account's own report, from a day on."""
        parameters = {
            "account_id": account_number(account_id),
            "since": since,
            "until": date.max,
        }
        rows = self._database.rows(self._insights["differing_days"], parameters)
        return [DaySums(row["date"], gap_in_words(row)) for row in rows]

    def save(self, account_id: str, found: Iterable[InsightFinding]) -> None:
        """Make these the account's open findings, in one transaction; others are settled."""
        rows = list(found)
        with self._database.transaction() as cursor:
            cursor.execute(
                self._sql["settle"],
                {
                    "account_id": account_id,
                    "rules": [one.rule.value for one in rows],
                    "dates": [one.date for one in rows],
                },
            )
            for one in rows:
                cursor.execute(
                    self._sql["add"],
                    {
                        "account_id": account_id,
                        "rule": one.rule.value,
                        "date": one.date,
                        "message": one.message,
                    },
                )

    def drop_insights(self, before: date) -> list[str]:
        """Drop the months that ended before the month of a day; return the partitions dropped.

        Raises TryAgain while somebody reads them for long: nothing is dropped then.
        """
        with self._database.transaction() as cursor:
            # A drop that waits for a reader holds up everybody who comes after it.
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            cursor.execute(self._sql["drop_insights"], {"before": before})
            return [row["dropped"].removeprefix("meta_ads.") for row in cursor.fetchall()]

    def forget_history(self, before: date) -> int:
        """Delete versions of objects replaced before a day (UTC); return how many."""
        moment = datetime.combine(before, time(), UTC)
        [row] = self._database.rows(self._sql["forget_history"], {"before": moment})
        return int(row["forgotten"])
