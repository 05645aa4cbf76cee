"""A launched plan, read back from Meta as a campaign file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from meta_ads.campaigns.accounts import load_accounts
from meta_ads.campaigns.loader import load_text
from meta_ads.launching.importing import Imported, import_campaign
from meta_ads.launching.media_checks import media_paths
from meta_ads.planning.plan import Plan
from meta_ads.planning.planner import build_plan
from meta_ads.planning.step import REFERENCE, StepKind
from tests.integration.launcher import ORDER, Launcher


def now() -> datetime:
    return datetime.now(UTC)


def imported(launcher: Launcher, plan: Plan) -> Imported:
    """Return the campaign file of a launched plan."""
    [campaign] = plan.of_kind(StepKind.CAMPAIGN)
    meta_id = launcher.steps.object_ids([campaign.key])[campaign.key]
    accounts = load_accounts(launcher.home)
    account = accounts.find(plan.account_id)
    assert account is not None
    return import_campaign(launcher.meta.campaign_tree(meta_id), account, accounts, "again", now())


def plan_of(launcher: Launcher, found: Imported) -> Plan:
    """Return the plan of an imported file, as if its media were in place."""
    loaded = load_text(found.text, "again.yaml", load_accounts(launcher.home))
    digests = {path: path for path in media_paths(loaded.declaration)}
    return build_plan(loaded.declaration, digests, {})


def essence(plan: Plan) -> list[dict[str, Any]]:
    """Return what a plan sends, without markers, and without saying which object is meant."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            if REFERENCE in value:
                return f"a {value[REFERENCE].split('/')[2]}"
            return {name: bare(item) for name, item in value.items()}
        return [bare(item) for item in value] if isinstance(value, list) else value

    return [
        {
            **bare(dict(step.params)),
            **{name: datetime.fromisoformat(text) for name, text in step.late_params.items()},
            "name": step.params["name"].rpartition(" [#")[0],
            "adlabels": None,
        }
        for step in plan.of_kind(*ORDER)
    ]
