"""The account edges that list our objects, and what each may be asked.

Sources: Marketing API reference of each edge; statuses from its `effective_status` enum. DELETED
is left out: Meta never lists deleted objects.
"""

from __future__ import annotations

from dataclasses import dataclass

from meta_ads.planning.step import StepKind

_CAMPAIGN = ("ACTIVE", "PAUSED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES")
_AD_SET = (*_CAMPAIGN, "CAMPAIGN_PAUSED")
_AD = (
    *_AD_SET,
    "ADSET_PAUSED",
    "DISAPPROVED",
    "PENDING_BILLING_INFO",
    "PENDING_REVIEW",
    "PREAPPROVED",
)


@dataclass(frozen=True, slots=True)
class Edge:
    """One listing. `statuses` is empty where the edge takes no status filter.

    `by_label` is the edge that looks labels up, None where objects carry none. `filters_names`
    tells whether Meta may be asked to search the names; where not, we read and compare.
    `copied_from` is the field that names the object a copy was made from.
    """

    path: str
    fields: tuple[str, ...]
    status_field: str | None
    statuses: tuple[str, ...] = ()
    by_label: str | None = None
    name_field: str = "name"
    filters_names: bool = True
    copied_from: str | None = None


EDGES = {
    StepKind.CAMPAIGN: Edge(
        "campaigns",
        ("id", "name", "effective_status", "created_time", "source_campaign_id"),
        "effective_status",
        _CAMPAIGN,
        "campaignsbylabels",
        copied_from="source_campaign_id",
    ),
    StepKind.AD_SET: Edge(
        "adsets",
        ("id", "name", "effective_status", "created_time", "source_adset_id"),
        "effective_status",
        _AD_SET,
        "adsetsbylabels",
        copied_from="source_adset_id",
    ),
    StepKind.AD: Edge(
        "ads",
        ("id", "name", "effective_status", "created_time", "source_ad_id"),
        "effective_status",
        _AD,
        "adsbylabels",
        copied_from="source_ad_id",
    ),
    StepKind.CREATIVE: Edge(
        "adcreatives",
        ("id", "name", "status"),
        "status",
        by_label="adcreativesbylabels",
    ),
    StepKind.VIDEO: Edge(
        "advideos",
        ("id", "title", "created_time"),
        None,
        name_field="title",
        filters_names=False,
    ),
    StepKind.IMAGE: Edge(
        "adimages",
        ("hash", "name", "status", "created_time"),
        "status",
        filters_names=False,
    ),
}

_STATE = "id,name,status,configured_status,effective_status,created_time,updated_time,issues_info"
_BUDGET = "daily_budget,lifetime_budget,start_time"

#: What a status sync reads of each level.
STATE_FIELDS = {
    StepKind.CAMPAIGN: f"{_STATE},{_BUDGET},stop_time,objective",
    StepKind.AD_SET: f"{_STATE},{_BUDGET},end_time,campaign_id",
    StepKind.AD: f"{_STATE},campaign_id,adset_id,ad_review_feedback",
}
