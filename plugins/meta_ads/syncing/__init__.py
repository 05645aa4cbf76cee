"""Use cases that bring Meta's state back into Postgres."""
