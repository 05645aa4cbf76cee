"""The Airflow DAG by which a person takes a launch back."""

from pathlib import Path

from meta_ads.airflow.switch_dags import build_withdraw_dag

withdraw_launch = build_withdraw_dag(Path(__file__).resolve().parent.parent)
