"""Slices of any report: staged page by page, compared, and merged in one transaction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString

import psycopg
from psycopg.rows import DictRow

from meta_ads.errors import StopAndAsk, TryAgain
from meta_ads.store.action_types import ActionTypes
from meta_ads.store.database import Database
from meta_ads.store.insight_copy import action_types
from meta_ads.store.insight_merge import Table, drop_repeated, merge
from meta_ads.store.queries import queries
from meta_ads.syncing.insight_ports import Merge, Reading, SliceCounts
from meta_ads.syncing.insight_rows import Page
from meta_ads.syncing.insight_slices import DayRead, Slice

#: Statements of COPY, each with the lines for it.
Lines = Sequence[tuple[LiteralString, str]]
_PLANNING = (
    # Sorting and joining a slice stay in memory with this much of the server's.
    "SET LOCAL work_mem = '64MB'",
    # Nothing is known yet of a partition just filled: taken for nearly empty, each of its rows
    # would be compared with each row that is staged.
    "SET LOCAL enable_nestloop = off",
)


def account_number(account_id: str) -> int:
    """Return an account's number; these tables hold ids as numbers, since they hold millions."""
    return int(account_id.removeprefix("act_"))


@dataclass(frozen=True)
class Shape:
    """Where a report is kept: the file of its statements, its tables, the first one with its rows.

    `staging` and `finish` are statements: those that make the staging tables, and those that
    follow the merge of the tables.
    """

    sql: str
    tables: tuple[Table, ...]
    staging: tuple[str, ...]
    finish: tuple[str, ...]


@contextmanager
def _as_ours(account_id: str, part: Slice) -> Iterator[None]:
    """Raise what Postgres says of a slice's rows as errors of ours."""
    try:
        yield
    except psycopg.errors.UndefinedTable:
        raise TryAgain(
            f"Insights of {account_id}, {part}: the connection to Postgres broke while rows "
            "were read. Nothing was changed; reading again is safe."
        ) from None
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise StopAndAsk(
            f"Insights of {account_id}, {part}: Meta's rows do not fit the tables "
            f"({str(error).strip().splitlines()[0]}). Nothing of the slice was changed; "
            "report this with the message, the package must learn the new form."
        ) from None


class SliceStore(ABC):
    """`InsightTables` on Postgres, less the comparison with the account's own report."""

    shape: Shape

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = {**queries("slices"), **queries(self.shape.sql)}
        self._types = ActionTypes(database)
        # Connections on which nothing is staged: one reads a slice while another one merges.
        self._idle: list[Database] = []

    def now(self) -> datetime:
        """Return the database's time."""
        moment: datetime = self._database.rows(self._sql["now"])[0]["now"]
        return moment

    def start_load(self, account_id: str, first_day: date) -> date:
        """Return the first day that is wanted; see `InsightTables.start_load`."""
        owner = self._owner(account_id)
        self._database.rows(self._sql["start_load"], {**owner, "first_day": first_day})
        [row] = self._database.rows(self._sql["load"], owner)
        first: date = row["first_day"]
        return first

    def loaded_until(self, account_id: str) -> date | None:
        """Return the cursor of the first load: every day up to it has been read."""
        rows = self._database.rows(self._sql["load"], self._owner(account_id))
        return rows[0]["loaded_until"] if rows else None

    def days(self, account_id: str, wanted: Slice) -> Mapping[date, DayRead]:
        """Return which of these days were read."""
        rows = self._database.rows(self._sql["days"], self._of(account_id, wanted))
        return {row["date"]: DayRead(row["read_at"], row["read_on"], row["rows"]) for row in rows}

    def read_since(self, account_id: str, begun: datetime) -> tuple[list[date], list[date]]:
        """Return the days that were read since a moment, and those of them that changed."""
        parameters = {**self._owner(account_id), "begun": begun}
        rows = self._database.rows(self._sql["read_since"], parameters)
        return [row["date"] for row in rows], [row["date"] for row in rows if row["changed"]]

    def stage(
        self,
        account_id: str,
        part: Slice,
        reading: Reading,
        currency: str,
        pages: Iterable[Page],
    ) -> Merge:
        """Copy a slice's rows into tables of one connection; see `InsightTables.stage`."""
        # A connection that failed on the way is not kept: what is staged there goes with it.
        database = self._idle.pop() if self._idle else self._database.another()
        with _as_ours(account_id, part):
            self._copy(database, account_id, pages)

        def merge() -> SliceCounts:
            with _as_ours(account_id, part):
                with database.transaction() as cursor:
                    cursor.execute(self._sql["make_partitions"], self._of(account_id, part))
                with database.transaction() as cursor:
                    counts = self._merge(cursor, account_id, part, reading, currency)
            self._idle.append(database)
            return counts

        return merge

    @abstractmethod
    def _lines(self, account_id: str, page: Page, types: Mapping[str, int]) -> Lines:
        """Return what COPY is to read of a page; KeyError for an action type without a number."""

    def _owner(self, account_id: str) -> dict[str, Any]:
        return {"account_id": account_number(account_id)}

    def _of(self, account_id: str, part: Slice) -> dict[str, Any]:
        return {**self._owner(account_id), "since": part.since, "until": part.until}

    def _copy(self, database: Database, account_id: str, pages: Iterable[Page]) -> None:
        """Copy page by page into tables of a connection; no transaction waits for Meta."""
        with database.transaction() as cursor:
            cursor.execute(self._sql["drop_staging"])
            for table in self.shape.staging:
                cursor.execute(self._sql[table])
        for page in pages:
            try:
                lines = self._lines(account_id, page, self._types.known)
            except KeyError:
                numbers = self._types.numbers(action_types(page))
                lines = self._lines(account_id, page, numbers)
            with database.transaction() as cursor:
                for statement, content in lines:
                    if content:
                        with cursor.copy(statement) as copy:
                            copy.write(content)

    def _merge(
        self,
        cursor: psycopg.Cursor[DictRow],
        account_id: str,
        part: Slice,
        reading: Reading,
        currency: str,
    ) -> SliceCounts:
        parameters = {
            **self._of(account_id, part),
            "currency": currency,
            "read_on": reading.on,
            "read_at": reading.at,
        }
        for setting in _PLANNING:
            cursor.execute(setting)
        cursor.execute(self._sql["lock_account"], parameters)
        newest = cursor.execute(self._sql["newest_read"], parameters).fetchone()
        if newest and newest["read_at"] and newest["read_at"] > reading.at:
            # Somebody else read these days after we began, and was faster.
            cursor.execute(self._sql["drop_runs"], parameters)
            return SliceCounts(0, ())
        drop_repeated(cursor, self.shape.tables)
        rows = self._checked(cursor, account_id, part)
        cursor.execute(self._sql["create_changed"])
        merge(cursor, self.shape.tables, parameters)
        for name in self.shape.finish:
            cursor.execute(self._sql[name], parameters)
        changed = cursor.execute(self._sql["changed_days"]).fetchall()
        return SliceCounts(rows, tuple(row["date"] for row in changed))

    def _checked(self, cursor: psycopg.Cursor[DictRow], account_id: str, part: Slice) -> int:
        """Return how many rows are staged. Raises TryAgain for days not asked for."""
        found = cursor.execute(self._sql["staged_dates"]).fetchone()
        assert found is not None, "an aggregate has one row"
        if found["rows"] and not part.since <= found["first"] <= found["last"] <= part.until:
            raise TryAgain(
                f"Insights of {account_id}, {part}: Meta answered with days from "
                f"{found['first']} to {found['last']}. Nothing was changed; reading again is safe."
            )
        return int(found["rows"])
