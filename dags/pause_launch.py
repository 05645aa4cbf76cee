"""The Airflow DAGs by which a person pauses a live launch, and resumes it."""

from pathlib import Path

from meta_ads.airflow.switch_dags import build_pause_dag, build_resume_dag

HOME = Path(__file__).resolve().parent.parent
pause_launch = build_pause_dag(HOME)
resume_launch = build_resume_dag(HOME)
