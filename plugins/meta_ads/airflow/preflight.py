"""The check of a launch with the ports of an operator."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from airflow.sdk import Context

from meta_ads.airflow.operators.base import LaunchOperator
from meta_ads.governance.loading import load_governed_campaign
from meta_ads.launching.preflight import Checked, check, refuse_withdrawn
from meta_ads.launching.trial import refuse_refused
from meta_ads.media.inspection import MediaInspector
from meta_ads.store.launch_ledger import UnknownLaunch


def checked_plan(operator: LaunchOperator, context: Context) -> Checked:
    """Return the plan of the run's campaign, and warnings; InvalidCampaign lists problems."""
    try:
        launch = operator.launch()
    except UnknownLaunch:
        launch = None
    state = launch.state if launch else None
    refuse_withdrawn(operator.campaign_id, state)
    home = Path(operator.home)
    account = load_governed_campaign(home, operator.campaign_id).declaration.account
    return check(
        home,
        operator.campaign_id,
        MediaInspector(operator.creatives),
        operator.meta.for_account(account.account_id),
        state,
        datetime.now(UTC),
        context["params"].get("activate_at") or None,
    )


def refuse_what_meta_refuses(operator: LaunchOperator, checked: Checked) -> None:
    """Let Meta try what the plan would create; InvalidCampaign lists what it would refuse."""
    ids = operator.ledger.steps.object_ids([step.key for step in checked.plan.steps])
    refuse_refused(checked, ids, operator.meta.for_account(checked.plan.account_id))
