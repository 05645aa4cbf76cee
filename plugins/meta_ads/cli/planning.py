"""`adlaunch plan`: what triggering a campaign would do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from meta_ads.campaigns.loader import SUFFIXES, LoadedCampaign
from meta_ads.cli.connections import database_url, graph_settings
from meta_ads.governance.loading import load_governed_campaign, load_governed_file
from meta_ads.launching.preflight import check_loaded, refuse_withdrawn
from meta_ads.launching.spending import daily_commitment
from meta_ads.planning.changes import missing
from meta_ads.planning.explain import explain
from meta_ads.planning.markdown import as_markdown
from meta_ads.planning.report import Report
from meta_ads.planning.report_json import as_json

if TYPE_CHECKING:
    from meta_ads.store.database import Database

# Not 2, which says that the command was called wrongly.
CHANGES = 3


def show_plan(options: argparse.Namespace) -> int:
    """Print the plan; 0 when it can be launched, CHANGES when asked to tell that it would act.

    1 when Meta does not let what is there become it.
    """
    loaded = _wanted(options.home, options.campaign)
    report = (_offline if options.offline else _online)(options.home, loaded)
    print(SHOWN[options.format](report))
    if report.changes.refusals:
        return 1
    return CHANGES if options.detailed_exitcode and not report.changes.empty else 0


def _text(report: Report) -> str:
    return f"Plan {report.plan.hash[:12]} of {report.plan.campaign_id}:\n{explain(report)}"


def _json(report: Report) -> str:
    return json.dumps(as_json(report), indent=2, ensure_ascii=False)


SHOWN: Mapping[str, Callable[[Report], str]] = {
    "text": _text,
    "json": _json,
    "markdown": as_markdown,
}


def _wanted(home: Path, campaign: str) -> LoadedCampaign:
    """Return the campaign of a path or of an id."""
    path = Path(campaign)
    if path.suffix.lower() in SUFFIXES:
        return load_governed_file(home, path)
    return load_governed_campaign(home, campaign)


def _offline(home: Path, loaded: LoadedCampaign) -> Report:
    from meta_ads.media.inspection import MediaInspector

    media = MediaInspector(home / "creatives")
    checked = check_loaded(loaded, media, None, None, datetime.now(UTC))
    account = loaded.declaration.account
    return Report(checked.plan, missing(checked.plan, {}), account, checked.warnings)


def _online(home: Path, loaded: LoadedCampaign) -> Report:
    """Check at Meta, too, and compare with the ledger; neither is changed."""
    from meta_ads.store.database import Database

    with closing(Database(database_url())) as database:
        return _compared(home, loaded, database)


def _compared(home: Path, loaded: LoadedCampaign, database: Database) -> Report:
    from meta_ads.graph.platform import MetaPlatform
    from meta_ads.launching.trial import refuse_refused
    from meta_ads.media.inspection import MediaInspector
    from meta_ads.store.launch_ledger import PostgresLaunchLedger, UnknownLaunch
    from meta_ads.store.spending import PostgresSpending
    from meta_ads.store.step_ledger import PostgresStepLedger

    meta = MetaPlatform(graph_settings(loaded.declaration.account))
    launches = PostgresLaunchLedger(database)
    campaign_id = loaded.declaration.campaign_id
    try:
        state = launches.launch(campaign_id).state
    except UnknownLaunch:
        state = None
    refuse_withdrawn(campaign_id, state)
    media = MediaInspector(home / "creatives")
    checked = check_loaded(loaded, media, meta, state, datetime.now(UTC))
    choice = launches.preview(checked.plan)
    plan = choice.target
    ids = PostgresStepLedger(database).object_ids([step.key for step in plan.steps])
    refuse_refused(checked, ids, meta)
    committed = daily_commitment(plan, PostgresSpending(database))
    account = loaded.declaration.account
    return Report(plan, choice.changes, account, checked.warnings, committed)
