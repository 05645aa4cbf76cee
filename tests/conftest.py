"""Fixtures every test may use: a real Postgres, and a fresh ledger in a database of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from xdist.scheduler import LoadScopeScheduling

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


class FileByFile(LoadScopeScheduling):
    """Gives whole files to workers; all end-to-end tests to one, so that one Airflow is up."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "tests/e2e" if file.startswith("tests/e2e/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileByFile:
    """Called when tests run in several processes."""
    return FileByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the end-to-end tests last: as long as their Airflow is up, it takes half a processor.

    In several processes they come first, since they take longest and mostly wait. Those with an
    Airflow of their own come before those that share one, so that only one is up.
    """
    parallel = hasattr(config, "workerinput")
    items.sort(
        key=lambda item: (
            (item.get_closest_marker("e2e") is not None) != parallel,
            "airflow" in getattr(item, "fixturenames", ()),
        )
    )
