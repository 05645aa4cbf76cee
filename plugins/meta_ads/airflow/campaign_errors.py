"""Report every bad campaign file at once, where Airflow shows import errors."""

from __future__ import annotations

from pathlib import Path

from airflow.sdk import get_parsing_context

from meta_ads.campaigns.loader import load_campaigns
from meta_ads.errors import InvalidCampaign


def raise_campaign_errors(home: Path) -> None:
    """Raise InvalidCampaign with the problems of every campaign file; do nothing in a task.

    This is a DAG file of its own: an import error disables every DAG of the file it comes from.
    """
    if get_parsing_context().dag_id is not None:
        return
    found = load_campaigns(home).problems
    problems = [problem for file in sorted(found) for problem in found[file]]
    if problems:
        raise InvalidCampaign(problems)
