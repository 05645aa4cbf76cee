"""Report every bad campaign file at once, where Airflow shows import errors."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from airflow.sdk import get_parsing_context

from meta_ads.campaigns.insight_settings import load_insight_settings
from meta_ads.campaigns.notification_settings import load_notification_settings
from meta_ads.errors import InvalidCampaign
from meta_ads.launching.preflight import bad_file_problems
from meta_ads.media.inspection import MediaInspector


def raise_campaign_errors(home: Path) -> None:
    """Raise InvalidCampaign with the problems of every campaign file; do nothing in a task.

    This is a DAG file of its own: an import error disables every DAG of the file it comes from.
    """
    if get_parsing_context().dag_id is not None:
        return
    problems = [
        *bad_file_problems(home, MediaInspector(home / "creatives"), datetime.now(UTC)),
        *load_insight_settings(home)[1],
        *load_notification_settings(home)[1],
    ]
    if problems:
        raise InvalidCampaign(problems)
