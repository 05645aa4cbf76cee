"""The views in SQL Server: each part is bulk loaded into a staging table and merged from there.

A mirror that dies leaves at most rows in a staging table, which the next one empties. The driver
is Microsoft's mssql-python; its bulk load has a channel of its own, so what it shall see must be
committed before ("Use bulk copy with mssql-python").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from meta_ads.errors import StopAndAsk, TryAgain
from meta_ads.mirrors import tsql
from meta_ads.syncing.mirroring import KEYS, Batch, Column, Part

_DEFAULT_PORT = 1433
_LOGIN_SECONDS = 30
_BULK_SECONDS = 600


class SqlServer:
    """`MirrorTarget` on a database of SQL Server or Azure SQL.

    `driver` is the module of the driver (PEP 249, and `bulkcopy`), `text` its connection string,
    which holds the password; `name` names the database for people.
    """

    def __init__(self, driver: Any, text: str, name: str) -> None:
        self._driver = driver
        self._text = text
        self._name = name
        self._connection: Any = None

    @property
    def name(self) -> str:
        """Host, port and database."""
        return self._name

    def prepare(self, view: str, columns: Sequence[Column]) -> None:
        """Make the view's table, or check that its columns fit.

        Raises StopAndAsk when somebody changed the table so that rows do not fit.
        """
        key = KEYS[view]
        with self._transaction() as cursor:
            cursor.execute(tsql.MAKE_SCHEMA)
            cursor.execute(tsql.create(view, columns, key))
        with self._transaction() as cursor:
            cursor.execute(tsql.COLUMNS, (view,))
            there = {row[0]: tsql.type_of(row[1], row[2], row[3], row[4]) for row in cursor}
        problems = tsql.column_problems(columns, key, there)
        if problems:
            listed = "\n".join(f"  - {problem}" for problem in problems)
            raise StopAndAsk(
                f"{self._name}: the table {tsql.SCHEMA}.{view} does not fit its view:\n{listed}\n"
                "Nothing was copied to it. Mend it, or drop the table: the next run makes it anew."
            )

    def replace(self, part: Part, columns: Sequence[Column], batches: Iterable[Batch]) -> int:
        """Load a part and merge it; return its rows."""
        key = KEYS[part.view]
        with self._transaction() as cursor:
            cursor.execute(tsql.create_staging(part.view, columns, key))
        rows = 0
        for batch in batches:
            with self._transaction() as cursor:
                cursor.bulkcopy(tsql.staging(part.view), batch, timeout=_BULK_SECONDS)
            rows += len(batch)
        with self._transaction() as cursor:
            cursor.execute(tsql.merge(part.view, columns, key), _of(part))
            cursor.execute(tsql.drop_staging(part.view))
        return rows

    def remove(self, part: Part) -> None:
        """Delete the rows of a part."""
        with self._transaction() as cursor:
            cursor.execute(tsql.remove(part.view), _of(part))

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        """Yield a cursor; what it did is committed, or nothing of it is."""
        try:
            connection = self._open()
            yield connection.cursor()
            connection.commit()
        except self._driver.Error as error:
            self._close()
            raise self._translated(error) from None
        except BaseException:
            self._close()
            raise

    def _open(self) -> Any:
        if self._connection is None:
            self._connection = self._driver.connect(
                self._text, autocommit=False, timeout=_LOGIN_SECONDS
            )
            cursor = self._connection.cursor()
            cursor.execute(tsql.LOCK)
            [got] = cursor.fetchone()
            self._connection.commit()
            if got < 0:
                self._close()
                raise TryAgain(
                    f"{self._name}: another mirror is at work there. Trying again later."
                )
        return self._connection

    def _close(self) -> None:
        """Drop the connection, and with it what was not committed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _translated(self, error: Exception) -> Exception:
        """Return what the package calls an error of the driver.

        Source: PEP 249. What the server or the network did passes; what the server says of our
        statements or rows does not.
        """
        first = f"{error}".strip().splitlines()[0] if f"{error}".strip() else repr(error)
        if isinstance(error, self._driver.OperationalError | self._driver.InterfaceError):
            return TryAgain(
                f"SQL Server ({self._name}) did not answer: {first}. The task tries again by "
                "itself; check the connection meta_ads_mssql if it stays away."
            )
        return StopAndAsk(
            f"SQL Server ({self._name}) refused: {first}. Nothing of this part was changed there; "
            "check the rights of the connection meta_ads_mssql, and the table."
        )


def driver() -> Any:
    """Return Microsoft's driver. Raises StopAndAsk when it is not installed."""
    try:
        import mssql_python
    except ImportError:
        raise StopAndAsk(
            "The mirror needs mssql-python, which is not installed here: "
            "pip install 'airflow-meta-ads-launch[mssql]'"
        ) from None
    return mssql_python


def connection_string(
    *,
    host: str | None,
    port: int | None,
    login: str | None,
    password: str | None,
    database: str | None,
    options: Mapping[str, Any],
) -> str:
    """Return the driver's connection string from the fields of an Airflow connection.

    Encrypted, with the server's certificate checked, unless `Encrypt` or `TrustServerCertificate`
    in the extra say otherwise; `Authentication` there takes the place of login and password.
    """
    values = {
        "Server": f"{host or 'localhost'},{port or _DEFAULT_PORT}",
        "Database": database or "",
        "UID": login or "",
        "PWD": password or "",
        "Encrypt": str(options.get("Encrypt", "yes")),
        "TrustServerCertificate": str(options.get("TrustServerCertificate", "no")),
        "Authentication": str(options.get("Authentication", "")),
    }
    return "".join(f"{key}={_quoted(value)};" for key, value in values.items() if value)


def _quoted(value: str) -> str:
    """Return a value that holds what ends values, such as `;`, in braces."""
    if any(mark in value for mark in ";={}") or value != value.strip():
        return "{" + value.replace("}", "}}") + "}"
    return value


def _of(part: Part) -> tuple[Any, ...]:
    return (part.account_id, part.month, part.end)
