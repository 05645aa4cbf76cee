"""The Airflow DAG that brings what ads did into Postgres, three times a day."""

from pathlib import Path

from meta_ads.airflow.insights_dag import build_insights_dag

sync_insights = build_insights_dag(Path(__file__).resolve().parent.parent)
