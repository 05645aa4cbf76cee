"""The views of insights as parts to be copied elsewhere, and what was copied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from psycopg import sql
from psycopg.rows import tuple_row

from meta_ads.store.database import Database
from meta_ads.store.queries import queries
from meta_ads.syncing.mirroring import SCALE, Batch, Column, Part

# Rows held at a time: some megabytes.
_BATCH = 20_000


class MirrorStore:
    """`MirrorSource` on Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("mirroring")

    def parts(self, views: Iterable[str], since: date | None) -> Mapping[Part, str]:
        """Return the parts of the views; see `MirrorSource.parts`."""
        rows = self._database.rows(self._sql["parts"], {"since": since})
        return {
            Part(view, row["account_id"], row["month"]): row["content"]
            for view in views
            for row in rows
        }

    def columns(self, view: str) -> Sequence[Column]:
        """Return a view's columns in order."""
        rows = self._database.rows(self._sql["columns"], {"view": view})
        return [Column(row["name"], row["kind"]) for row in rows]

    def batches(self, part: Part, columns: Sequence[Column]) -> Iterator[Batch]:
        """Yield the rows of a part by a cursor of the server; see `MirrorSource.batches`."""
        statement = sql.SQL(
            "SELECT {} FROM meta_ads.{} WHERE account_id = %s AND date >= %s AND date < %s"
        ).format(sql.SQL(", ").join(map(_selected, columns)), sql.Identifier(part.view))
        with (
            self._database.transaction() as cursor,
            cursor.connection.cursor("mirrored", row_factory=tuple_row) as rows,
        ):
            # An account is named by an expression, of which Postgres knows too little to plan.
            cursor.execute("SET LOCAL enable_nestloop = off")
            # An account is named by an expression, of which Postgres knows too little to plan.
            cursor.execute("SET LOCAL enable_nestloop = off")
            rows.execute(statement, [part.account_id, part.month, part.end])
            while batch := rows.fetchmany(_BATCH):
                yield batch

    def copied(self, target: str) -> Mapping[Part, str]:
        """Return what was copied to a target."""
        rows = self._database.rows(self._sql["copied"], {"target": target})
        return {
            Part(row["view_name"], row["account_id"], row["month"]): row["content"] for row in rows
        }

    def note(self, target: str, part: Part, content: str, rows: int) -> None:
        """Note that a part was copied."""
        parameters = {**_of(target, part), "content": content, "rows": rows}
        self._database.rows(self._sql["note"], parameters)

    def forget(self, target: str, part: Part) -> None:
        """Note that a part is no longer at a target."""
        self._database.rows(self._sql["forget"], _of(target, part))


def _selected(column: Column) -> sql.Composable:
    """Return what to select; rates have endless digits."""
    name = sql.Identifier(column.name)
    if column.kind == "numeric":
        return sql.SQL("round({}, {})").format(name, SCALE)
    return name


def _of(target: str, part: Part) -> dict[str, Any]:
    return {
        "target": target,
        "view": part.view,
        "account_id": part.account_id,
        "month": part.month,
    }
