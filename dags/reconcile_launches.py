"""The Airflow DAG that takes unfinished launches on and switches on what is due."""

from pathlib import Path

from meta_ads.airflow.reconcile_dag import build_reconcile_dag

reconcile_launches = build_reconcile_dag(Path(__file__).resolve().parent.parent)
