"""Every launch DAG in Airflow is made by this one file, from the files in include/campaigns.

What your campaign says is not here: it is in its own YAML file, and the book icon of the DAG
shows it in full. The log of the task `plan` shows what exactly is sent to Meta.
"""

from pathlib import Path

from meta_ads.airflow.launch_dag import build_launch_dags

globals().update(build_launch_dags(Path(__file__).resolve().parent.parent))
