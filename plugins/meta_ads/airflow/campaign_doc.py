"""What Airflow shows of a campaign: title, description, tags, documentation, schedule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pendulum
from airflow.sdk.definitions.deadline import DeadlineAlert

from meta_ads.airflow.deadlines import live_by
from meta_ads.campaigns.declaration import Declaration
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
        "tags": sorted({"launch", account.key, account.client_name, *_naming_tags(declaration)}),
        "schedule": "@once" if declaration.launch_on_commit else None,
        "start_date": START,
    }


def deadline(loaded: LoadedCampaign, home: Path) -> DeadlineAlert | None:
    """Return when the launch is to be live at the latest; None for a file without a time."""
    declaration = loaded.declaration
    if declaration.activate_at is None or declaration.paused:
        return None
    zone = declaration.account.timezone
    return live_by(declaration.campaign_id, declaration.activate_at, zone, home)


def _naming_tags(declaration: Declaration) -> Iterator[str]:
    """Yield brand and market, with a word before: a code alone could be the key of an account."""
    named = {"brand": declaration.brand} | dict(declaration.naming)
    for part in ("brand", "market"):
        if named.get(part):
            yield f"{part}: {named[part]}"
