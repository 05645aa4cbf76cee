"""Rows of the table of steps as values, and who may act on one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from meta_ads.errors import PlanMismatch, StepBusy
from meta_ads.launching.ports import Lease, StepRecord, StepState
from meta_ads.planning.step import Step, StepKind

BUSY_SECONDS = 10


def content_of(step: Step) -> dict[str, Any]:
    """Return the parameters an object is made with; its status is the launch's business."""
    return {
        name: value
        for name, value in {**step.params, **step.late_params}.items()
        if name != "status"
    }


def fence(lease: Lease) -> dict[str, Any]:
    """Return what a statement needs to act for this lease alone."""
    return {"key": lease.record.key, "owner": lease.owner, "epoch": lease.record.epoch}


def fenced(lease: Lease) -> StepBusy:
    """Return the error of a worker that was overtaken."""
    return StepBusy(
        f"Step {lease.record.key}: another worker took over after epoch {lease.record.epoch}.",
        lease.expires_at,
    )


def refuse_other_content(row: dict[str, Any], step: Step) -> None:
    """Raise PlanMismatch when the step was sent with other content."""
    if row["spec_hash"] != step.spec_hash:
        raise PlanMismatch(
            f"Step {step.key} was already sent to Meta with other content "
            f"(object {row['object_id'] or 'unknown'}). Put the campaign file back as it was, "
            "or use a new campaign_id."
        )


def refuse_while_leased(row: dict[str, Any], owner: str) -> None:
    """Raise StepBusy while the lease of another owner runs."""
    if row["lease_owner"] not in (None, owner) and row["lease_until"] > row["now"]:
        soon = row["now"] + timedelta(seconds=BUSY_SECONDS)
        raise StepBusy(
            f"Step {row['key']} is being worked on by {row['lease_owner']}.",
            min(soon, row["lease_until"]),
        )


def record_of(row: dict[str, Any], sweep_due: bool = False) -> StepRecord:
    """Return the step of a row."""
    return StepRecord(
        key=row["key"],
        kind=StepKind(row["kind"]),
        state=StepState(row["state"]),
        spec_hash=row["spec_hash"],
        marker=row["marker"],
        epoch=row["epoch"],
        object_id=row["object_id"],
        attempt_at=row["attempt_at"],
        searches=row["searches"],
        not_before=row["not_before"],
        progress=row["progress"],
        last_error=row["last_error"],
        sweep_due=sweep_due,
    )
