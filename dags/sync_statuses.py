"""The Airflow DAG that brings the status of every object at Meta into Postgres, daily."""

from pathlib import Path

from meta_ads.airflow.sync_dag import build_sync_dag

sync_statuses = build_sync_dag(Path(__file__).resolve().parent.parent)
