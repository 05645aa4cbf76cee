"""Rows of the ledger's tables as the values that use cases know, and plans as rows."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from meta_ads.launching.pinning import KnownStep
from meta_ads.launching.ports import Decision, LaunchRecord, LaunchState, StepState
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind


def launch_of(row: dict[str, Any]) -> LaunchRecord:
    """Return the launch of a row of `read_launch`."""
    return LaunchRecord(
        account_id=row["account_id"],
        campaign_id=row["campaign_id"],
        state=LaunchState(row["state"]),
        plan=Plan.from_json(row["body"]),
        now=row["now"],
        activate_at=row["activate_at"],
        approved_hash=row["approved_hash"],
        withdrawn_at=row["withdrawn_at"],
        paused_at=row["paused_at"],
        resuming_at=row["resuming_at"],
        stopped=row["stopped"],
        decision=_decision(row),
        revision=Plan.from_json(row["revision"]) if row["revision"] else None,
        revision_begun=row["revision_begun"],
        revision_approved=row["revision_approved"],
    )


def _decision(row: dict[str, Any]) -> Decision | None:
    if row["decided_by"] is None:
        return None
    return Decision(row["approved"], row["decided_by"], row["decided_at"], row["expires_at"])


def known_step(row: dict[str, Any]) -> KnownStep:
    """Return the step of a row of `known_steps`."""
    return KnownStep(
        row["key"],
        StepKind(row["kind"]),
        StepState(row["state"]),
        row["spec_hash"],
        row["object_id"],
        row["applied"],
        row["changing"],
    )


def plan_values(plan: Plan) -> dict[str, Any]:
    """Return what the statements about a plan are given."""
    return {
        "hash": plan.hash,
        "account_id": plan.account_id,
        "campaign_id": plan.campaign_id,
        "body": Jsonb(plan.as_json()),
        # A campaign that is to stay paused never comes due.
        "activate_at": None if plan.paused else plan.activate_at,
        "daily_spend": plan.spend.daily,
        "lifetime_spend": plan.spend.lifetime,
        "spends_until": plan.spend.until,
    }
