"""Several connections to one database."""

from __future__ import annotations

import pytest

from meta_ads.errors import TryAgain
from meta_ads.store.database import Database

BACKEND = "SELECT pg_backend_pid() AS process"


def test_a_connection_that_breaks_leaves_the_others_at_work(database: Database) -> None:
    other = database.another()
    before = other.rows(BACKEND)
    with pytest.raises(TryAgain):
        database.rows("SELECT pg_terminate_backend(pg_backend_pid())")
    assert other.rows(BACKEND) == before


def test_closing_a_database_closes_every_connection_to_it(database: Database) -> None:
    other = database.another()
    before = other.rows(BACKEND)
    database.close()
    assert other.rows(BACKEND) != before
    other.close()
