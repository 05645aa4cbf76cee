"""A back-up of the ledger restores all of it, rules included; what was made is not made again."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from local_stack.postgres import LocalPostgres
from local_stack.postgres_binaries import find_binaries
from meta_ads.store.database import Database
from meta_ads.store.migrate import migrate, newest_revision
from tests.integration.launches import Launch, plan
from tests.security.canaries import everything_stored


def program(name: str) -> str:
    path = find_binaries().folder / name
    if not path.exists():
        pytest.skip(f"this Postgres comes without {name}")
    return str(path)


def run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def restored(
    database: Database, empty_database_url: str, postgres: LocalPostgres, tmp_path: Path
) -> str:
    """The URL of a database with the back-up of one that holds a finished launch."""
    launch = Launch(database)
    launch.create(plan())
    launch.activate()
    launch.verify()
    # As README.md says it.
    file = str(tmp_path / "ledger.dump")
    run(program("pg_dump"), "-Fc", "--schema=meta_ads", "-f", file, empty_database_url)
    postgres.create_database("restored")
    url = postgres.url("restored")
    run(program("pg_restore"), "--no-owner", "--exit-on-error", "-d", url, file)
    return url


def test_everything_is_there_again_rules_and_version_included(
    database: Database, restored: str
) -> None:
    again = Database(restored)
    try:
        before, after = (sorted(everything_stored(one).splitlines()) for one in (database, again))
        assert after == before
        assert '"VERIFIED"' in "\n".join(after)
        assert migrate(restored) == newest_revision()
        with pytest.raises(psycopg.errors.RaiseException, match="for ever"):
            again.rows("UPDATE meta_ads.step SET object_id = '1' WHERE kind = 'campaign'")
        launch = Launch(again)
        launch.create(plan(activates_in=timedelta(seconds=-1)))
        assert launch.platform.objects == {}, "all of it exists already"
    finally:
        again.close()
