"""The adapter to Postgres: the only importer of psycopg."""
