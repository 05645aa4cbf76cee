"""The check of a launch with the ports of an operator."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from airflow.sdk import Context

from meta_ads.airflow.operators.base import LaunchOperator
from meta_ads.launching.preflight import Checked, check
from meta_ads.launching.trial import refuse_refused
from meta_ads.media.inspection import MediaInspector
from meta_ads.store.launch_ledger import UnknownLaunch


def checked_plan(operator: LaunchOperator, context: Context) -> Checked:
    """Return the plan of the run's campaign, and warnings; InvalidCampaign lists problems."""
    try:
        state = operator.launch().state
    except UnknownLaunch:
        state = None
    return check(
        Path(operator.home),
        operator.campaign_id,
        MediaInspector(operator.creatives),
        operator.meta.get_conn(),
        state,
        datetime.now(UTC),
        context["params"].get("activate_at") or None,
    )


def refuse_what_meta_refuses(operator: LaunchOperator, checked: Checked) -> None:
    """Let Meta try what the plan would create; InvalidCampaign lists what it would refuse."""
    ids = operator.ledger.steps.object_ids([step.key for step in checked.plan.steps])
    refuse_refused(checked, ids, operator.meta.get_conn())
