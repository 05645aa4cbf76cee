"""`adlaunch plan`: what triggering a campaign would do."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from meta_ads.campaigns.loader import SUFFIXES, LoadedCampaign
from meta_ads.cli.connections import database_url, graph_settings
from meta_ads.governance.loading import load_governed_campaign, load_governed_file
from meta_ads.launching.preflight import Checked, check_loaded, refuse_withdrawn
from meta_ads.planning.explain import explain
from meta_ads.planning.plan import Plan


def show_plan(options: argparse.Namespace) -> int:
    """Print the plan; 0 when the campaign can be launched."""
    loaded = _wanted(options.home, options.campaign)
    if options.offline:
        checked, plan, ids = _offline(options.home, loaded)
    else:
        checked, plan, ids = _online(options.home, loaded)
    print(f"Plan {plan.hash[:12]} of {plan.campaign_id}:")
    print(explain(plan, ids, checked.warnings))
    return 0


def _wanted(home: Path, campaign: str) -> LoadedCampaign:
    """Return the campaign of a path or of an id."""
    path = Path(campaign)
    if path.suffix.lower() in SUFFIXES:
        return load_governed_file(home, path)
    return load_governed_campaign(home, campaign)


def _offline(home: Path, loaded: LoadedCampaign) -> tuple[Checked, Plan, Mapping[str, str]]:
    from meta_ads.media.inspection import MediaInspector

    media = MediaInspector(home / "creatives")
    checked = check_loaded(loaded, media, None, None, datetime.now(UTC))
    return checked, checked.plan, {}


def _online(home: Path, loaded: LoadedCampaign) -> tuple[Checked, Plan, Mapping[str, str]]:
    """Check at Meta, too, and compare with the ledger; neither is changed."""
    from meta_ads.graph.platform import MetaPlatform
    from meta_ads.launching.trial import refuse_refused
    from meta_ads.media.inspection import MediaInspector
    from meta_ads.store.database import Database
    from meta_ads.store.launch_ledger import PostgresLaunchLedger, UnknownLaunch
    from meta_ads.store.step_ledger import PostgresStepLedger

    database, meta = Database(database_url()), MetaPlatform(graph_settings())
    launches = PostgresLaunchLedger(database)
    campaign_id = loaded.declaration.campaign_id
    try:
        state = launches.launch(campaign_id).state
    except UnknownLaunch:
        state = None
    refuse_withdrawn(campaign_id, state)
    media = MediaInspector(home / "creatives")
    checked = check_loaded(loaded, media, meta, state, datetime.now(UTC))
    plan = launches.preview(checked.plan)
    ids = PostgresStepLedger(database).object_ids([step.key for step in plan.steps])
    refuse_refused(checked, ids, meta)
    return checked, plan, ids
