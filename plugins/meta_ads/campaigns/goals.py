"""What a campaign is for, and what its ad sets may optimise for: Meta's legal combinations.

Sources: Marketing API, "Outcome-Driven Ads Experiences" (objective, destination type, optimisation
goal, promoted object) and the events Meta gates by objective. A combination that is missing here is
refused before anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Promotes(StrEnum):
    """What an ad set's results are counted on (`promoted_object`)."""

    NOTHING = "nothing"
    EVENT = "event"
    PAGE = "page"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to optimise for, in Meta's words. `event` is the default of an EVENT goal."""

    optimization_goal: str
    promotes: Promotes = Promotes.NOTHING
    destination_type: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective: its name at Meta, its goals (the first is the default) and its events."""

    meta_name: str
    goals: Mapping[str, Goal]
    events: tuple[str, ...] = ()


_LANDING_PAGE_VIEWS = Goal("LANDING_PAGE_VIEWS", destination_type="WEBSITE")
_LINK_CLICKS = Goal("LINK_CLICKS", destination_type="WEBSITE")
_COMMERCE_EVENTS = (
    "PURCHASE",
    "ADD_TO_CART",
    "ADD_TO_WISHLIST",
    "ADD_PAYMENT_INFO",
    "COMPLETE_REGISTRATION",
    "CONTENT_VIEW",
    "DONATE",
    "INITIATED_CHECKOUT",
    "SEARCH",
    "START_TRIAL",
    "SUBSCRIBE",
)
_LEAD_EVENTS = (
    "LEAD",
    "COMPLETE_REGISTRATION",
    "CONTACT",
    "CONTENT_VIEW",
    "FIND_LOCATION",
    "SCHEDULE",
    "START_TRIAL",
    "SUBMIT_APPLICATION",
    "SUBSCRIBE",
)

OBJECTIVES: Mapping[str, Objective] = {
    "sales": Objective(
        "OUTCOME_SALES",
        {
            "conversions": Goal("OFFSITE_CONVERSIONS", Promotes.EVENT, "WEBSITE", "PURCHASE"),
            "value": Goal("VALUE", Promotes.EVENT, "WEBSITE", "PURCHASE"),
            "landing_page_views": _LANDING_PAGE_VIEWS,
            "link_clicks": _LINK_CLICKS,
        },
        _COMMERCE_EVENTS,
    ),
    "leads": Objective(
        "OUTCOME_LEADS",
        {
            "conversions": Goal("OFFSITE_CONVERSIONS", Promotes.EVENT, "WEBSITE", "LEAD"),
            "landing_page_views": _LANDING_PAGE_VIEWS,
            "link_clicks": _LINK_CLICKS,
        },
        _LEAD_EVENTS,
    ),
    "traffic": Objective(
        "OUTCOME_TRAFFIC",
        {
            "landing_page_views": _LANDING_PAGE_VIEWS,
            "link_clicks": _LINK_CLICKS,
            "impressions": Goal("IMPRESSIONS", destination_type="WEBSITE"),
            "reach": Goal("REACH", destination_type="WEBSITE"),
        },
    ),
    "awareness": Objective(
        "OUTCOME_AWARENESS",
        {
            "reach": Goal("REACH", Promotes.PAGE),
            "impressions": Goal("IMPRESSIONS", Promotes.PAGE),
            "ad_recall": Goal("AD_RECALL_LIFT", Promotes.PAGE),
            "video_views": Goal("THRUPLAY", Promotes.PAGE),
        },
    ),
    "engagement": Objective(
        "OUTCOME_ENGAGEMENT",
        {
            "video_views": Goal("THRUPLAY", destination_type="ON_VIDEO"),
            "post_engagement": Goal("POST_ENGAGEMENT", destination_type="ON_POST"),
            "conversions": Goal("OFFSITE_CONVERSIONS", Promotes.EVENT, "WEBSITE", "CONTENT_VIEW"),
            "link_clicks": _LINK_CLICKS,
        },
        (*_COMMERCE_EVENTS, "CONTACT", "FIND_LOCATION", "SCHEDULE"),
    ),
    "app_promotion": Objective(
        "OUTCOME_APP_PROMOTION",
        {
            "app_installs": Goal("APP_INSTALLS", Promotes.APP),
            "link_clicks": Goal("LINK_CLICKS", Promotes.APP),
        },
    ),
}
DEFAULT_OBJECTIVE = "sales"


def default_goal(objective: str) -> str:
    """Return what an ad set of the objective optimises for, unless its file says otherwise."""
    return next(iter(OBJECTIVES[objective].goals))
