"""A driver of SQL Server that keeps statements in the order of their commits, and can fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any


class FakeDriver:
    """Has the names of PEP 249 that the adapter uses, as a module of a driver would.

    `committed` are statements, and rows loaded in bulk, that were committed. `columns` is what
    INFORMATION_SCHEMA answers; `lock` what sp_getapplock does. `fail` maps a word of a statement to
    the error that it raises, once.
    """

    class Error(Exception):
        """Any error of the driver."""

    class InterfaceError(Error):
        """Of the driver itself."""

    class OperationalError(Error):
        """Of the server or the way there."""

    class ProgrammingError(Error):
        """Of the statement."""

    def __init__(self) -> None:
        self.committed: list[Any] = []
        self.columns: list[tuple[Any, ...]] = []
        self.lock = 0
        self.fail: dict[str, Exception] = {}
        self.opened: list[str] = []
        self.closed = 0

    def connect(self, text: str, *, autocommit: bool, timeout: int) -> _Connection:
        assert not autocommit
        assert timeout > 0
        self.opened.append(text)
        return _Connection(self)


class _Connection:
    def __init__(self, driver: FakeDriver) -> None:
        self.driver = driver
        self.pending: list[Any] = []

    def cursor(self) -> _Cursor:
        return _Cursor(self)

    def commit(self) -> None:
        self.driver.committed += self.pending
        self.pending = []

    def close(self) -> None:
        self.driver.closed += 1


class _Cursor:
    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []

    def execute(self, text: str, parameters: Sequence[Any] = ()) -> None:
        driver = self._connection.driver
        for word in list(driver.fail):
            if word in text:
                raise driver.fail.pop(word)
        self._rows = [(driver.lock,)] if "sp_getapplock" in text else list(driver.columns)
        self._connection.pending.append((text, *parameters))

    def bulkcopy(self, table: str, rows: Iterable[tuple[Any, ...]], *, timeout: int) -> None:
        assert not self._connection.pending, "the bulk load does not see what is not committed"
        driver = self._connection.driver
        if "bulkcopy" in driver.fail:
            raise driver.fail.pop("bulkcopy")
        self._connection.pending.append((table, list(rows)))

    def fetchone(self) -> tuple[Any, ...]:
        return self._rows[0]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)
