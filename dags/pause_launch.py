"""The Airflow DAGs by which a person pauses a live launch, and resumes it."""

from meta_ads.airflow.pause_dag import build_pause_dag, build_resume_dag

pause_launch = build_pause_dag()
resume_launch = build_resume_dag()
