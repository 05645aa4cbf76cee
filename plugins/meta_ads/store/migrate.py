"""Bring the database up to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from meta_ads.errors import TryAgain

# Any fixed number: two processes that migrate at once take turns on it.
MIGRATION_LOCK = 4_611_686_018_427_387


def newest_revision() -> str:
    """Return the revision this version of the package wants."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def revision(url: str) -> str:
    """Return the revision the database is at; empty before the first migration.

    Raises TryAgain when the database is unreachable.
    """
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"version_table_schema": "meta_ads"}
            )
            return context.get_current_revision() or ""
    except OperationalError as error:
        raise TryAgain(f"Postgres did not answer: {str(error.orig).strip()}") from None
    finally:
        engine.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(url: str) -> str:
    """Apply every migration that is missing; return the revision the database is at.

    `url` is a libpq URL (`postgresql://…`). Runs in one transaction and may be run by several
    processes at once. Raises TryAgain when the database is unreachable.
    """
    config = _config()
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as connection:
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK}
            )
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            context = MigrationContext.configure(
                connection, opts={"version_table_schema": "meta_ads"}
            )
            return context.get_current_revision() or ""
    except OperationalError as error:
        raise TryAgain(f"Postgres did not answer: {str(error.orig).strip()}") from None
    finally:
        engine.dispose()
