"""What Airflow shows of a campaign: title, description, tags, documentation, schedule."""

from __future__ import annotations

from typing import Any

import pendulum

from meta_ads.campaigns.describe import as_markdown
from meta_ads.campaigns.loader import LoadedCampaign

# A fixed start: a run of `launch: on_commit` is made once, and parsing twice gives one version.
START = pendulum.datetime(2026, 1, 1, tz="UTC")


def dag_options(loaded: LoadedCampaign) -> dict[str, Any]:
    """Return the DAG arguments that depend on the campaign file, and only on it."""
    declaration = loaded.declaration
    account = declaration.account
    return {
        "dag_display_name": f"Launch: {declaration.name}",
        "description": f"{account.client_name}: {declaration.spending}",
        "doc_md": as_markdown(declaration),
        "tags": sorted({"launch", account.key, account.client_name}),
        "schedule": "@once" if declaration.launch_on_commit else None,
        "start_date": START,
    }
