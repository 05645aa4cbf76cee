"""Shows bad campaign files as one Airflow import error; holds no DAG, so none is disabled."""

from pathlib import Path

from meta_ads.airflow.campaign_errors import raise_campaign_errors

raise_campaign_errors(Path(__file__).resolve().parent.parent)
