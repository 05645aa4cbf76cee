"""Merging staged rows into a table of insights: the same statements for every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, LiteralString

import psycopg
from psycopg.rows import DictRow

from meta_ads.store.queries import queries


@dataclass(frozen=True)
class Table:
    """A table of insights and the one that its rows are staged in.

    `owner` are the columns of its key that all rows of a slice share, `key` the further ones;
    both, with `metrics`, are all columns. What stands in `owner` and `told` is a parameter of the
    merge; the rest is staged under the same name.
    """

    name: LiteralString
    staged: LiteralString
    key: tuple[LiteralString, ...]
    metrics: tuple[LiteralString, ...]
    owner: tuple[LiteralString, ...] = ("account_id",)
    told: tuple[LiteralString, ...] = ()

    @cached_property
    def statements(self) -> Mapping[str, LiteralString]:
        """The statements of `sql/merge.sql` for this table; all names are constants of ours."""
        columns = (*self.owner, *self.key, *self.metrics, *self.told)
        metrics = (*self.metrics, *self.told)
        scope = [f"known.{name} = %({name})s" for name in self.owner]
        names = {
            "table": self.name,
            "staged": self.staged,
            "key": ", ".join(self.key),
            "primary_key": ", ".join((*self.owner, *self.key)),
            "columns": ", ".join(columns),
            "values": ", ".join(self._value(name) for name in columns),
            "same": " AND ".join(f"known.{name} = staged.{name}" for name in self.key),
            "scope": " AND ".join([*scope, "known.date BETWEEN %(since)s AND %(until)s"]),
            "known_metrics": ", ".join(f"known.{name}" for name in metrics),
            "staged_metrics": ", ".join(self._value(name) for name in metrics),
            "updates": ", ".join(f"{name} = EXCLUDED.{name}" for name in metrics),
        }
        return {name: text.format(**names) for name, text in queries("merge").items()}

    def _value(self, name: LiteralString) -> str:
        return f"%({name})s" if name in self.owner + self.told else f"staged.{name}"


def drop_repeated(cursor: psycopg.Cursor[DictRow], tables: Sequence[Table]) -> None:
    """Keep the last of rows that were staged more than once; the first table's tell whether."""
    if _says(cursor, tables[0].statements["repeated"], "repeated"):
        for table in tables:
            cursor.execute(table.statements["drop_repeated"])


def merge(
    cursor: psycopg.Cursor[DictRow], tables: Sequence[Table], parameters: Mapping[str, Any]
) -> None:
    """Let the tables hold what is staged of a slice, and nothing else of it.

    The days on which anything differs come into the temporary table `changed_day`.
    """
    for table in tables:
        statements = table.statements
        if not _says(cursor, statements["known"], "known", parameters):
            cursor.execute(statements["fill"], parameters)
            cursor.execute(statements["all_changed"])
            continue
        cursor.execute(statements["analyze"])
        cursor.execute(statements["merge"], parameters)
        if _says(cursor, statements["surplus"], "surplus", parameters):
            cursor.execute(statements["delete"], parameters)


def _says(
    cursor: psycopg.Cursor[DictRow],
    statement: LiteralString,
    what: str,
    parameters: Mapping[str, Any] | None = None,
) -> bool:
    row = cursor.execute(statement, parameters).fetchone()
    return row is not None and bool(row[what])
