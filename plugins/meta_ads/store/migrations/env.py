"""How Alembic reaches the database: the connection that `store.migrate` hands over."""

from alembic import context
from sqlalchemy import text

connection = context.config.attributes["connection"]
connection.execute(text("CREATE SCHEMA IF NOT EXISTS meta_ads"))
context.configure(connection=connection, version_table_schema="meta_ads", transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
