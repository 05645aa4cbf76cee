"""What Meta says of one campaign, ad set or ad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from meta_ads.planning.step import StepKind
from meta_ads.syncing.graph_values import minor, moment

PARENT_FIELD = {StepKind.AD_SET: "campaign_id", StepKind.AD: "adset_id"}
# What has a column of its own, or changes by itself.
_TOLD_APART = frozenset(
    {
        "kind",
        "id",
        "account_id",
        "campaign_id",
        "adset_id",
        "name",
        "status",
        "configured_status",
        "effective_status",
        "daily_budget",
        "lifetime_budget",
        "budget_remaining",
        "start_time",
        "stop_time",
        "end_time",
        "ad_review_feedback",
        "issues_info",
        "created_time",
        "updated_time",
        "creative",
    }
)


@dataclass(frozen=True, slots=True)
class ObjectStatus:
    """One object as Meta has it. Budgets in minor units; times are aware.

    `details` holds every other setting that was asked for, as Meta shows it.
    """

    object_id: str
    kind: StepKind
    parent_id: str | None
    name: str
    status: str
    effective_status: str
    daily_budget: int | None
    lifetime_budget: int | None
    start_time: datetime | None
    end_time: datetime | None
    review: Any
    issues: Any
    created_time: datetime | None
    updated_time: datetime | None
    campaign_id: str | None = None
    creative_id: str | None = None
    budget_remaining: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def object_status(item: Mapping[str, Any]) -> ObjectStatus:
    """Return Meta's mapping as a value. KeyError when a field that is always there is missing."""
    kind = StepKind(item["kind"])
    parent = PARENT_FIELD.get(kind)
    return ObjectStatus(
        object_id=item["id"],
        kind=kind,
        parent_id=item.get(parent) if parent else None,
        name=item["name"],
        status=item["status"],
        effective_status=item["effective_status"],
        daily_budget=minor(item.get("daily_budget")) or None,
        lifetime_budget=minor(item.get("lifetime_budget")) or None,
        start_time=moment(item.get("start_time")),
        end_time=moment(item.get("stop_time") or item.get("end_time")),
        review=item.get("ad_review_feedback"),
        issues=item.get("issues_info"),
        created_time=moment(item.get("created_time")),
        updated_time=moment(item.get("updated_time")),
        campaign_id=item.get("campaign_id"),
        creative_id=(item.get("creative") or {}).get("id"),
        budget_remaining=minor(item.get("budget_remaining")),
        details={name: value for name, value in item.items() if name not in _TOLD_APART},
    )
