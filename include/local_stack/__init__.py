"""Postgres, the emulator of Meta's API and Airflow, set up and run on one bare machine.

`scripts/demo` runs `python -m local_stack demo`; the tests use the parts one by one.
Only for demonstration and tests: production brings its own Airflow and Postgres.
"""
