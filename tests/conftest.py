"""Fixtures every test may use: a real Postgres, and a fresh ledger in a database of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from local_stack.postgres import LocalPostgres
from meta_ads.store.database import Database
from meta_ads.store.migrate import migrate

PROJECT = Path(__file__).resolve().parent.parent
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPostgres]:
    """A Postgres server for the whole session."""
    with LocalPostgres(tmp_path_factory.mktemp("postgres"), databases=("ads",)) as server:
        yield server


@pytest.fixture
def empty_database_url(postgres: LocalPostgres) -> str:
    """The URL of a new, empty database."""
    name = f"test_{next(_numbers)}"
    postgres.create_database(name)
    return postgres.url(name)


@pytest.fixture(scope="session")
def newest(postgres: LocalPostgres) -> str:
    """The name of a database at the newest schema, to copy: that is faster than to migrate."""
    postgres.create_database("newest")
    migrate(postgres.url("newest"))
    return "newest"


@pytest.fixture
def database(postgres: LocalPostgres, newest: str, empty_database_url: str) -> Iterator[Database]:
    """A new database at the newest schema."""
    name = sql.Identifier(urlsplit(empty_database_url).path.removeprefix("/"))
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(name))
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(copy.format(name, sql.Identifier(newest)))
    database = Database(empty_database_url)
    yield database
    database.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the end-to-end tests last: as long as their Airflow is up, it takes half a processor.

    Those with an Airflow of their own come before those that share one, so that only one is up.
    """
    items.sort(
        key=lambda item: (
            item.get_closest_marker("e2e") is not None,
            "airflow" in getattr(item, "fixturenames", ()),
        )
    )
