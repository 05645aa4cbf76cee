"""The plan as JSON, for the tools that read it: CI bots, dashboards, Airflow's XCom.

`plan.schema.json` beside this file describes the shape. Keys are added and never change meaning
within one `format`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meta_ads.errors import Problem
from meta_ads.planning.changes import Action, StepChange
from meta_ads.planning.report import Report, subject

FORMAT = 1


def as_json(report: Report) -> dict[str, Any]:
    """Return JSON values. Money is in minor units of `currency`, times are ISO 8601 with offset."""
    plan, spend = report.plan, report.plan.spend
    return {
        "format": FORMAT,
        "campaign_id": plan.campaign_id,
        "account_id": plan.account_id,
        "plan": plan.hash,
        "activate_at": plan.activate_at.isoformat() if plan.activate_at else None,
        "approval_required": plan.approval_required,
        "summary": dict(plan.summary),
        "counts": {action.name.lower(): report.changes.count(action) for action in Action},
        "changes": [_change(change) for change in report.changes.steps],
        "spending": {
            "currency": report.account.currency if report.account else None,
            "daily": spend.daily,
            "lifetime": spend.lifetime,
            "account_daily": report.committed,
        },
        "decided_by_meta": list(report.decided_by_meta),
        "warnings": [_problem(warning) for warning in report.warnings],
    }


def _change(change: StepChange) -> dict[str, Any]:
    return {
        "action": change.action.name.lower(),
        "kind": str(change.step.kind),
        "key": change.step.key,
        "name": subject(change),
        "object_id": change.object_id,
        "fields": [
            {"name": field.name, "before": field.before, "after": field.after}
            for field in change.fields
        ],
        "refusal": change.refusal or None,
    }


def _problem(problem: Problem) -> Mapping[str, Any]:
    return {
        "severity": str(problem.severity),
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": problem.message,
        "remedy": problem.remedy,
    }
