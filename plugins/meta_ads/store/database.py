"""One connection to Postgres, opened when first needed and again after it broke."""

from __future__ import annotations

import re
import select
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

import psycopg
from psycopg.rows import DictRow, dict_row

from meta_ads.errors import FixInput, TryAgain

CONNECT_TIMEOUT_SECONDS = 10
# What libpq understands among the extras of an Airflow Postgres connection.
LIBPQ_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "options", "target_session_attrs")
# Names and addresses, several ones with commas between them; IPv6 with brackets or without.
_HOST = re.compile(r"[\w.-]+(?:,[\w.-]+)*|\[[\da-fA-F:.]+\]|[\da-fA-F:.]+")


class Database:
    """A Postgres database by its libpq URL; every transaction commits or leaves no trace."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[DictRow] | None = None
        self._others: list[Self] = []

    def __repr__(self) -> str:
        parts = urlsplit(self._url)
        return f"Database({parts.hostname}:{parts.port}{parts.path})"

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Cursor[DictRow]]:
        """Yield a cursor in a transaction of its own.

        Raises TryAgain when the database is away: what was not committed did not happen, and a
        commit whose answer was lost is found by the next read.
        """
        with self.session() as connection, connection.transaction(), connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def session(self) -> Iterator[psycopg.Connection[DictRow]]:
        """Yield the connection, on which a statement without a transaction is one of its own.

        Raises TryAgain as `transaction`.
        """
        try:
            yield self._open()
        except psycopg.OperationalError as error:
            # This one alone: another thread may be at work on the others.
            self._drop()
            raise TryAgain(
                f"Postgres ({self!r}) did not answer: {str(error).strip()}. "
                "The task tries again by itself; check the connection meta_ads_db if it stays away."
            ) from None

    def rows(self, query: Any, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run one statement, in one exchange with Postgres, and return its rows."""
        with self.session() as connection, connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall() if cursor.description else []

    def another(self) -> Self:
        """Return the same database on a connection of its own, which is closed with this one."""
        other = copy(self)
        other._connection, other._others = None, []
        self._others.append(other)
        return other

    @property
    def hung_up(self) -> bool:
        """Whether the server ended the connection since it was last used; False without one.

        It says nothing by itself, except as it goes.
        """
        if self._connection is None:
            return False
        return self._connection.closed or bool(
            select.select([self._connection.fileno()], [], [], 0)[0]
        )

    def close(self) -> None:
        """Close the connection, if there is one, and those made by `another`."""
        for other in self._others:
            other.close()
        self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> psycopg.Connection[DictRow]:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                row_factory=dict_row,
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                application_name="adlaunch",
            )
        return self._connection


def libpq_url(
    *,
    host: str | None,
    port: int | None,
    login: str | None,
    password: str | None,
    database: str | None,
    options: Mapping[str, Any],
) -> str:
    """Return the URL of a database from the fields of an Airflow connection.

    FixInput when the host is none: a driver that cannot read a URL quotes it, password included.
    """
    if host and not _HOST.fullmatch(host):
        raise FixInput(
            "The host of the Postgres connection is not a host name or an IP address. "
            "Set it in the Airflow connection meta_ads_db; port and database have fields of their "
            "own."
        )
    if host and ":" in host and not host.startswith("["):
        host = f"[{host}]"
    user = quote(login or "", safe="")
    if password:
        user += f":{quote(password, safe='')}"
    place = (host or "localhost") + (f":{port}" if port else "")
    known = {name: options[name] for name in LIBPQ_OPTIONS if name in options}
    query = f"?{urlencode(known, quote_via=quote)}" if known else ""
    return f"postgresql://{user}@{place}/{quote(database or '', safe='')}{query}"
