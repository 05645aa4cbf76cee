"""The account edges that list our objects, and what each may be asked.

Sources: Marketing API reference of each edge; statuses from its `effective_status` enum. DELETED
is left out: Meta never lists deleted objects.
"""

from __future__ import annotations

from dataclasses import dataclass

from meta_ads.launching.campaign_tree import FIELDS
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

_STATE = (
    "effective_status",
    "configured_status",
    "created_time",
    "updated_time",
    "issues_info",
)


def _fields(kind: StepKind, *more: str) -> str:
    """Return all that a plan can send of a level, so that it can be compared, and more."""
    return ",".join(dict.fromkeys([*FIELDS[kind], *more]))


#: What a status sync reads of each kind; of the account itself, see `account`.
STATE_FIELDS = {
    StepKind.CAMPAIGN: _fields(
        StepKind.CAMPAIGN, *_STATE, "budget_remaining", "start_time", "stop_time"
    ),
    StepKind.AD_SET: _fields(StepKind.AD_SET, *_STATE, "budget_remaining"),
    StepKind.AD: _fields(StepKind.AD, *_STATE, "campaign_id", "ad_review_feedback", "creative{id}"),
    StepKind.CREATIVE: _fields(
        StepKind.CREATIVE,
        "status",
        "title",
        "body",
        "call_to_action_type",
        "link_url",
        "template_url_spec",
        "video_id",
        "image_hash",
        "effective_object_story_id",
    ),
    StepKind.VIDEO: "id,title,status,length,created_time",
}
