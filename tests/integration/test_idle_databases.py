"""Connections are lent again, and never one that is gone."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from meta_ads.store.database import Database
from meta_ads.store.idle_databases import IDLE_SECONDS, KEPT, IdleDatabases


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def idle(empty_database_url: str, clock: Clock) -> Iterator[IdleDatabases]:
    idle = IdleDatabases(lambda: Database(empty_database_url), clock)
    yield idle
    idle.close()


def backend(idle: IdleDatabases) -> int:
    """Return the server process that answers."""
    with idle.one() as database:
        return int(database.rows("SELECT pg_backend_pid() AS pid")[0]["pid"])


def test_the_next_request_has_the_same_connection(idle: IdleDatabases) -> None:
    assert backend(idle) == backend(idle)


def test_two_requests_at_once_have_two(idle: IdleDatabases) -> None:
    with idle.one() as database:
        [row] = database.rows("SELECT pg_backend_pid() AS pid")
        assert backend(idle) != row["pid"]


def test_a_connection_is_not_kept_for_long(idle: IdleDatabases, clock: Clock) -> None:
    first = backend(idle)
    clock.now = IDLE_SECONDS + 1
    assert backend(idle) != first


def fail(idle: IdleDatabases) -> None:
    with idle.one() as database:
        database.rows("SELECT 1")
        raise RuntimeError("the page broke")


def test_after_an_error_there_is_a_new_one(idle: IdleDatabases) -> None:
    first = backend(idle)
    with pytest.raises(RuntimeError):
        fail(idle)
    assert backend(idle) != first


def test_what_the_server_ended_meanwhile_is_not_lent(
    idle: IdleDatabases, empty_database_url: str
) -> None:
    first = backend(idle)
    with psycopg.connect(empty_database_url) as other:
        # Returns once it is gone, or after so many milliseconds.
        other.execute("SELECT pg_terminate_backend(%s, 30000)", (first,))
    assert backend(idle) != first


def test_no_more_are_kept_than_a_page_needs(idle: IdleDatabases) -> None:
    lent = [idle.one() for _ in range(KEPT + 3)]
    for one in lent:
        one.__enter__().rows("SELECT 1")
    for one in lent:
        one.__exit__(None, None, None)
    assert len(idle._idle) == KEPT
