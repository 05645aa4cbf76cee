"""Fixtures every test may use: a real Postgres, and a fresh ledger in a database of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.fixture
def database(empty_database_url: str) -> Iterator[Database]:
    """A new database at the newest schema."""
    migrate(empty_database_url)
    database = Database(empty_database_url)
    yield database
    database.close()
