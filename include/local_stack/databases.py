"""Databases on a server we may administer."""

import psycopg
from psycopg import sql


def create_database(maintenance_url: str, database: str) -> None:
    """Create the database unless it is there, connected to another one of the same server."""
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        known = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [database]
        ).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
