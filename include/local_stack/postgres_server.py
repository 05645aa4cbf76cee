"""The Postgres server to use: the user's where one is named, else one of our own."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg

from local_stack.databases import create_database
from local_stack.errors import LocalStackError
from local_stack.postgres import LocalPostgres
from local_stack.processes import ProcessSet

URL_VARIABLE = "ADLAUNCH_POSTGRES_URL"


class Postgres(Protocol):
    """A server with databases to use."""

    def url(self, database: str) -> str:
        """Return `postgresql://user:password@host:port/database`."""

    def create_database(self, database: str) -> None:
        """Create the database unless it is there."""


class ExternalPostgres:
    """The user's own server; our databases there carry a prefix and are never dropped."""

    def __init__(self, url: str, prefix: str = "adlaunch_demo_") -> None:
        self._url = url
        self._prefix = prefix

    def url(self, database: str) -> str:
        """Return the URL of one of our databases."""
        parts = urlsplit(self._url)
        return urlunsplit(parts._replace(path=f"/{self._prefix}{database}"))

    def create_database(self, database: str) -> None:
        """Create the database, with the prefix before its name, unless it is there."""
        try:
            create_database(self._url, self._prefix + database)
        except psycopg.Error as error:
            raise LocalStackError(
                f"the server of {URL_VARIABLE} does not let us create the database "
                f"{self._prefix}{database}: {error}"
            ) from error


@contextlib.contextmanager
def open_postgres(
    folder: Path, *, durable: bool = False, processes: ProcessSet | None = None
) -> Iterator[Postgres]:
    """Give the server of ADLAUNCH_POSTGRES_URL when that is set, else one of our own.

    The databases `airflow` and `ads` are there.
    """
    url = os.environ.get(URL_VARIABLE)
    if url:
        external = ExternalPostgres(url)
        for database in ("airflow", "ads"):
            external.create_database(database)
        yield external
    else:
        with LocalPostgres(folder, durable=durable, processes=processes) as server:
            yield server
