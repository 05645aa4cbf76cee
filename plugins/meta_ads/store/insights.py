"""The tables of insights: a slice of days is staged, compared, and merged in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, LiteralString

import psycopg
from psycopg.rows import DictRow

from meta_ads.errors import StopAndAsk, TryAgain
from meta_ads.store.action_types import ActionTypes
from meta_ads.store.database import Database
from meta_ads.store.insight_copy import NO_NUMBER, CopyLines, action_types, copy_lines
from meta_ads.store.insight_merge import Table, drop_repeated, merge
from meta_ads.store.queries import queries
from meta_ads.syncing.insight_ports import AccountDay, Reading, SliceCounts
from meta_ads.syncing.insight_rows import Page
from meta_ads.syncing.insight_slices import DayRead, Slice

_STAGING = ("staging", "staging_ad", "staging_action", "staging_action_value")
_WINDOWS: tuple[LiteralString, ...] = ("value", "click_1d", "click_7d", "click_28d", "view_1d")
_TABLES = (
    Table(
        "ad_insight",
        "staged",
        ("date", "ad_id"),
        ("impressions", "clicks", "inline_link_clicks", "reach", "spend", "frequency"),
        told=("currency",),
    ),
    Table("ad_insight_action", "staged_action", ("date", "ad_id", "action_type_id"), _WINDOWS),
    Table(
        "ad_insight_action_value",
        "staged_action_value",
        ("date", "ad_id", "action_type_id"),
        _WINDOWS,
        told=("currency",),
    ),
)
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


class InsightStore:
    """`InsightTables` on Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("insights")
        self._types = ActionTypes(database)

    def now(self) -> datetime:
        """Return the database's time."""
        moment: datetime = self._database.rows(self._sql["now"])[0]["now"]
        return moment

    def start_load(self, account_id: str, first_day: date) -> date:
        """Return the first day that is wanted; see `InsightTables.start_load`."""
        account = account_number(account_id)
        parameters = {"account_id": account, "first_day": first_day}
        self._database.rows(self._sql["start_load"], parameters)
        [row] = self._database.rows(self._sql["load"], {"account_id": account})
        first: date = row["first_day"]
        return first

    def loaded_until(self, account_id: str) -> date | None:
        """Return the cursor of the first load: every day up to it has been read."""
        rows = self._database.rows(self._sql["load"], {"account_id": account_number(account_id)})
        return rows[0]["loaded_until"] if rows else None

    def days(self, account_id: str, wanted: Slice) -> Mapping[date, DayRead]:
        """Return which of these days were read."""
        rows = self._database.rows(self._sql["days"], _of(account_id, wanted))
        return {row["date"]: DayRead(row["read_at"], row["read_on"], row["rows"]) for row in rows}

    def last_read(self, account_id: str) -> datetime | None:
        """Return when anything of the account was last read and merged."""
        rows = self._database.rows(
            self._sql["last_read"], {"account_id": account_number(account_id)}
        )
        moment: datetime | None = rows[0]["read_at"]
        return moment

    def read_since(self, account_id: str, begun: datetime) -> tuple[list[date], list[date]]:
        """Return the days that were read since a moment, and those of them that changed."""
        parameters = {"account_id": account_number(account_id), "begun": begun}
        rows = self._database.rows(self._sql["read_since"], parameters)
        return [row["date"] for row in rows], [row["date"] for row in rows if row["changed"]]

    def replace(
        self,
        account_id: str,
        part: Slice,
        reading: Reading,
        currency: str,
        pages: Iterable[Page],
    ) -> SliceCounts:
        """Put a slice's rows in the place of those known; see `InsightTables.replace`."""
        try:
            self._stage(pages)
            with self._database.transaction() as cursor:
                cursor.execute(self._sql["make_partitions"], _of(account_id, part))
            with self._database.transaction() as cursor:
                return self._merge(cursor, account_id, part, reading, currency)
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

    def compare(self, account_id: str, part: Slice, days: Iterable[AccountDay]) -> list[str]:
        """Keep the account's own sums; see `InsightTables.compare`."""
        told = {day.date: day for day in days}
        with self._database.transaction() as cursor:
            for day in part.days:
                one = told.get(day)
                cursor.execute(
                    self._sql["compare_day"],
                    {
                        "account_id": account_number(account_id),
                        "date": day,
                        "spend": one.spend if one else 0,
                        "impressions": one.impressions if one else 0,
                    },
                )
            cursor.execute(self._sql["differing_days"], _of(account_id, part))
            return [gap_in_words(row) for row in cursor.fetchall()]

    def _stage(self, pages: Iterable[Page]) -> None:
        """Copy page by page into tables of this connection; no transaction waits for Meta."""
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["drop_staging"])
            for table in _STAGING:
                cursor.execute(self._sql[f"create_{table}"])
        for page in pages:
            try:
                lines = copy_lines(page, self._types.known)
            except KeyError:
                lines = copy_lines(page, self._types.numbers(action_types(page)))
            with self._database.transaction() as cursor:
                _copy(cursor, lines)

    def _merge(
        self,
        cursor: psycopg.Cursor[DictRow],
        account_id: str,
        part: Slice,
        reading: Reading,
        currency: str,
    ) -> SliceCounts:
        parameters = {
            **_of(account_id, part),
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
        drop_repeated(cursor, _TABLES)
        rows = self._checked(cursor, account_id, part)
        cursor.execute(self._sql["create_changed"])
        merge(cursor, _TABLES, parameters)
        for name in ("merge_ads", "merge_days", "move_cursor", "drop_runs"):
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


def _copy(cursor: psycopg.Cursor[DictRow], lines: CopyLines) -> None:
    numbers: LiteralString = f"(NULL '{NO_NUMBER}')"
    for statement, content in (
        ("COPY staged FROM STDIN", lines.insights),
        ("COPY staged_ad FROM STDIN", lines.ads),
        (f"COPY staged_action FROM STDIN {numbers}", lines.actions),
        (f"COPY staged_action_value FROM STDIN {numbers}", lines.action_values),
    ):
        if content:
            with cursor.copy(statement) as copy:
                copy.write(content)


def _of(account_id: str, part: Slice) -> dict[str, Any]:
    return {
        "account_id": account_number(account_id),
        "since": part.since,
        "until": part.until,
    }


def gap_in_words(row: Mapping[str, Any]) -> str:
    """Return a row of `differing_days` as people read it."""
    return (
        f"{row['date']}: the ads add up to {row['spend']} and {row['impressions']} "
        f"impressions, the account says {row['reported_spend']} and {row['reported_impressions']}"
    )
