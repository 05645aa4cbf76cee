"""Everything the emulator knows, in memory for reading and in SQLite for keeping.

A write returns only after SQLite has flushed it to disk, so an answered write survives kill -9.
"""

import fcntl
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from emulator.history import TRACKED, with_history
from emulator.reads.children import Children

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
CREATE TABLE IF NOT EXISTS faults (seq INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL);
"""
# Seventeen digits, as Meta's own ids; the stride keeps neighbours from looking consecutive.
_FIRST_ID = 23850000000000101
_ID_STRIDE = 13


class StateInUseError(RuntimeError):
    """Another emulator already works on this state folder."""


@dataclass(frozen=True, slots=True)
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
        return replace(self, fields=with_history(self.kind, self.fields, kept, now), updated=now)


@lru_cache(maxsize=4096)
def _parents(text: str) -> tuple[str, ...]:
    return tuple(sys.intern(parent) for parent in json.loads(text))


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
        #: Grows whenever something changes that delivery may depend on.
        self.revision = 0
        self._load()

    def _load(self) -> None:
        self.revision += 1
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
                    kind=sys.intern(kind),
                    account=sys.intern(account),
                    parents=_parents(parents),
                    created=created,
                    updated=updated,
                    # Thousands of objects share their fields' names: keep each of them once.
                    fields={sys.intern(name): one for name, one in json.loads(fields).items()},
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
        if obj.kind in TRACKED:
            self.revision += 1

    def new_id(self) -> str:
        """Return the next object id; it is kept by the next write."""
        identity = int(self.settings.get("next_id", _FIRST_ID))
        self.settings["next_id"] = identity + _ID_STRIDE
        return str(identity)

    def children(self, parent: str, kind: str) -> Children:
        """Return the parent's objects of that kind, newest first, as Meta lists them."""
        return Children(self._children.get((parent, kind), ()), self.objects, self._order)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything written inside it durable together, or nothing of it."""
        inner = self._database.in_transaction
        self._database.execute("SAVEPOINT step" if inner else "BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("RELEASE step" if inner else "COMMIT")
        except BaseException:
            self._database.execute("ROLLBACK TO step" if inner else "ROLLBACK")
            if not inner:
                self._load()
            raise

    def write(self, objects: Iterable[Object], entry: Mapping[str, Any] | None) -> int:
        """Store objects and one journal entry together; return the entry's number (0 if none)."""
        kept = list(objects)
        with self.transaction():
            for obj in kept:
                self._store(obj)
            sequence = self._append("journal", entry) if entry is not None else 0
            self._store_setting("next_id")
        for obj in kept:
            self._remember(obj)
        return sequence

    def _store(self, obj: Object) -> None:
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

    def _append(self, table: str, entry: Mapping[str, Any]) -> int:
        cursor = self._database.execute(
            f"INSERT INTO {table} (entry) VALUES (?)",  # nosec B608
            (json.dumps(entry),),
        )
        return int(cursor.lastrowid or 0)

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
        return self._entries("journal", since, limit)

    def journal_length(self) -> int:
        """Return the number of the latest committed write (0 before the first)."""
        return self._last("journal")

    def note_fault(self, entry: Mapping[str, Any]) -> None:
        """Write down a fault that was injected into a call."""
        self._append("faults", entry)

    def injected_faults(self, since: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
        """Return the injected faults numbered above ``since``, oldest first."""
        return self._entries("faults", since, limit)

    def injected_fault_count(self) -> int:
        """Return the number of the latest injected fault (0 before the first)."""
        return self._last("faults")

    def _entries(self, table: str, since: int, limit: int | None) -> list[dict[str, Any]]:
        rows = self._database.execute(
            f"SELECT seq, entry FROM {table} WHERE seq > ? ORDER BY seq LIMIT ?",  # nosec B608
            (since, -1 if limit is None else limit),
        )
        return [{"seq": sequence, **json.loads(entry)} for sequence, entry in rows]

    def _last(self, table: str) -> int:
        row = self._database.execute(f"SELECT coalesce(max(seq), 0) FROM {table}").fetchone()  # nosec B608
        return int(row[0])

    def clear(self) -> None:
        """Forget everything: objects, journal, settings, injected faults, and the numbering."""
        with self.transaction():
            for table in ("objects", "journal", "settings", "faults", "sqlite_sequence"):
                self._database.execute(f"DELETE FROM {table}")  # nosec B608
        self._load()

    def copy_to(self, file: Path) -> None:
        """Write a consistent copy of the database to a new file."""
        with closing(sqlite3.connect(file)) as copy:
            self._database.backup(copy)

    def copy_from(self, file: Path) -> None:
        """Replace everything by a copy made earlier; a kill leaves either the old or the new."""
        with closing(sqlite3.connect(file)) as copy:
            copy.backup(self._database)
        self._database.executescript(_SCHEMA)
        self._load()

    def close(self) -> None:
        """Let go of the database and of the folder's lock."""
        self._database.close()
        self._lock.close()
