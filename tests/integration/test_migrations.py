"""The schema file is what the migrations build, and migrating is safe to repeat."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

import meta_ads.store
from local_stack.postgres import LocalPostgres
from meta_ads.store.database import Database
from meta_ads.store.migrate import migrate

SCHEMA = Path(meta_ads.store.__file__).parent / "sql" / "schema.sql"

# Everything Postgres knows of a schema that could differ, one text a row.
CATALOGUE = """
SELECT format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable,
              column_default)
FROM information_schema.columns WHERE table_schema IN ('meta_ads', 'facebook_ads')
UNION ALL
SELECT format('constraint %s %s', conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE connamespace = 'meta_ads'::regnamespace
UNION ALL
SELECT indexdef FROM pg_indexes WHERE schemaname = 'meta_ads'
UNION ALL
SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'meta_ads'::regnamespace
UNION ALL
SELECT pg_get_triggerdef(oid) FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'meta_ads.%'
UNION ALL
SELECT format('view %s %s', viewname, definition) FROM pg_views
WHERE schemaname IN ('meta_ads', 'facebook_ads')
UNION ALL
SELECT format('stored view %s %s', matviewname, definition) FROM pg_matviews
WHERE schemaname = 'meta_ads'
ORDER BY 1
"""


def _catalogue(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = [row[0] for row in connection.execute(CATALOGUE)]
    return [row for row in rows if "alembic_version" not in row]


def test_migrations_build_exactly_the_schema_file(
    empty_database_url: str, postgres: LocalPostgres
) -> None:
    migrate(empty_database_url)
    postgres.create_database("from_schema_file")
    with psycopg.connect(postgres.url("from_schema_file")) as connection:
        connection.execute(SCHEMA.read_text())
    migrated = _catalogue(empty_database_url)
    assert len(migrated) > 50
    assert migrated == _catalogue(postgres.url("from_schema_file"))


def test_migrating_twice_changes_nothing(empty_database_url: str) -> None:
    first = migrate(empty_database_url)
    before = _catalogue(empty_database_url)
    assert migrate(empty_database_url) == first
    assert _catalogue(empty_database_url) == before


def test_two_processes_may_migrate_at_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        revisions = list(pool.map(migrate, [empty_database_url] * 2))
    assert revisions[0] == revisions[1] != ""


@pytest.mark.parametrize("table", ["attempt", "plan", "launch_event", "approval"])
def test_history_tables_refuse_changes(database: Database, table: str) -> None:
    with database.transaction() as cursor:
        _one_row(cursor)
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            cursor.execute(f"DELETE FROM meta_ads.{table}")
        raise psycopg.Rollback


def _one_row(cursor: psycopg.Cursor) -> None:
    """Put one row into every table, so that row triggers have something to refuse."""
    digest = "0" * 64
    cursor.execute(
        "INSERT INTO meta_ads.plan VALUES (%s, 'act_1', 'spring', '{}', now())", [digest]
    )
    cursor.execute(
        "INSERT INTO meta_ads.launch (campaign_id, account_id, plan_hash)"
        " VALUES ('spring', 'act_1', %s)",
        [digest],
    )
    cursor.execute(
        "INSERT INTO meta_ads.step (key, account_id, kind, marker, spec_hash)"
        " VALUES ('k', 'act_1', 'campaign', 'M', %s)",
        [digest],
    )
    cursor.execute(
        "INSERT INTO meta_ads.attempt (step_key, epoch, event, owner)"
        " VALUES ('k', 1, 'intent', 'w')"
    )
    cursor.execute(
        "INSERT INTO meta_ads.launch_event (campaign_id, plan_hash, event)"
        " VALUES ('spring', %s, 'planned')",
        [digest],
    )
    cursor.execute(
        "INSERT INTO meta_ads.approval (campaign_id, plan_hash, approved, decided_by)"
        " VALUES ('spring', %s, true, 'ann')",
        [digest],
    )
