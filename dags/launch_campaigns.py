"""One Airflow DAG for each file in include/campaigns."""

from pathlib import Path

from meta_ads.airflow.launch_dag import build_launch_dags

globals().update(build_launch_dags(Path(__file__).resolve().parent.parent))
