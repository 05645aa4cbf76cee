"""Everything the emulator knows, in memory for reading and in SQLite for keeping.

A write returns only after SQLite has flushed it to disk, so an answered write survives kill -9.
"""

import fcntl
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from emulator.children import Children

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    parents TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    fields TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
# Seventeen digits, as Meta's own ids; the stride keeps neighbours from looking consecutive.
_FIRST_ID = 23850000000000101
_ID_STRIDE = 13


class StateInUseError(RuntimeError):
    """Another emulator already works on this state folder."""


@dataclass(frozen=True)
class Object:
    """One node: never changed in place; a write replaces it.

    ``parents`` runs from the account down to the nearest parent. Fields whose name starts
    with ``_`` are the emulator's own and are never shown to a Graph client.
    """

    id: str
    kind: str
    account: str
    parents: tuple[str, ...]
    created: float
    updated: float
    fields: Mapping[str, Any]

    def with_fields(self, changes: Mapping[str, Any], now: float) -> "Object":
        """Return a copy with the changed fields; None removes a field."""
        merged = {**self.fields, **changes}
        kept = {name: value for name, value in merged.items() if value is not None}
        return replace(self, fields=kept, updated=now)


class State:
    """All objects, the journal of committed writes, and the settings set through the controls."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock: IO[str] = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise StateInUseError(f"{folder} is in use by another emulator") from taken
        self._database = sqlite3.connect(folder / "state.sqlite", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_SCHEMA)
        self._load()

    def _load(self) -> None:
        self.objects: dict[str, Object] = {}
        self._order: dict[str, int] = {}
        self._children: dict[tuple[str, str], list[str]] = {}
        rows = self._database.execute(
            "SELECT id, kind, account, parents, created, updated, fields"
            " FROM objects ORDER BY sequence"
        )
        for identity, kind, account, parents, created, updated, fields in rows:
            self._remember(
                Object(
                    id=identity,
                    kind=kind,
                    account=account,
                    parents=tuple(json.loads(parents)),
                    created=created,
                    updated=updated,
                    fields=json.loads(fields),
                )
            )
        self.settings: dict[str, Any] = {
            name: json.loads(value)
            for name, value in self._database.execute("SELECT name, value FROM settings")
        }

    def _remember(self, obj: Object) -> None:
        if obj.id not in self.objects:
            self._order[obj.id] = len(self._order)
            for parent in obj.parents:
                self._children.setdefault((parent, obj.kind), []).append(obj.id)
        self.objects[obj.id] = obj

    def new_id(self) -> str:
        """Return the next object id; it is kept by the next write."""
        identity = int(self.settings.get("next_id", _FIRST_ID))
        self.settings["next_id"] = identity + _ID_STRIDE
        return str(identity)

    def children(self, parent: str, kind: str) -> Children:
        """Return the parent's objects of that kind, newest first, as Meta lists them."""
        return Children(self._children.get((parent, kind), ()), self.objects, self._order)

    def write(self, objects: Iterable[Object], entry: Mapping[str, Any] | None) -> int:
        """Store objects and one journal entry together; return the entry's number (0 if none)."""
        kept = list(objects)
        sequence = 0
        self._database.execute("BEGIN IMMEDIATE")
        try:
            for obj in kept:
                self._database.execute(
                    "INSERT INTO objects (id, kind, account, parents, created, updated, fields)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
                    " SET updated = excluded.updated, fields = excluded.fields",
                    (
                        obj.id,
                        obj.kind,
                        obj.account,
                        json.dumps(obj.parents),
                        obj.created,
                        obj.updated,
                        json.dumps(obj.fields),
                    ),
                )
            if entry is not None:
                cursor = self._database.execute(
                    "INSERT INTO journal (entry) VALUES (?)", (json.dumps(entry),)
                )
                sequence = int(cursor.lastrowid or 0)
            self._store_setting("next_id")
            self._database.execute("COMMIT")
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        for obj in kept:
            self._remember(obj)
        return sequence

    def _store_setting(self, name: str) -> None:
        if name in self.settings:
            self._database.execute(
                "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
                (name, json.dumps(self.settings[name])),
            )

    def set_setting(self, name: str, value: Any) -> None:
        """Keep a control's value, such as the clock's offset, across restarts."""
        self.settings[name] = value
        self._store_setting(name)

    def journal(self, since: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
        """Return the committed writes numbered above ``since``, oldest first."""
        rows = self._database.execute(
            "SELECT seq, entry FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
            (since, -1 if limit is None else limit),
        )
        return [{"seq": sequence, **json.loads(entry)} for sequence, entry in rows]

    def journal_length(self) -> int:
        """Return the number of the latest committed write (0 before the first)."""
        row = self._database.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
        return int(row[0])

    def clear(self) -> None:
        """Forget everything: objects, journal, settings, and the numbering."""
        self._database.execute("BEGIN IMMEDIATE")
        for table in ("objects", "journal", "settings", "sqlite_sequence"):
            self._database.execute(f"DELETE FROM {table}")
        self._database.execute("COMMIT")
        self._load()

    def close(self) -> None:
        """Let go of the database and of the folder's lock."""
        self._database.close()
        self._lock.close()
