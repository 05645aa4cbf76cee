"""What an ad set may optimise for, be billed by, and promote, given its campaign's objective."""

from typing import Any

from emulator.emulator import Emulator
from emulator.rules import broken
from emulator.state import Object

# Objective: the goals Meta's tables and its own tools allow with it. The sales goals follow the
# documented outcome tables; a pair that is missing here is refused.
_GOALS = {
    "OUTCOME_APP_PROMOTION": "APP_INSTALLS LINK_CLICKS OFFSITE_CONVERSIONS VALUE"
    " APP_INSTALLS_AND_OFFSITE_CONVERSIONS IN_APP_VALUE",
    "OUTCOME_AWARENESS": "AD_RECALL_LIFT IMPRESSIONS REACH THRUPLAY",
    "OUTCOME_ENGAGEMENT": "CONVERSATIONS ENGAGED_USERS EVENT_RESPONSES IMPRESSIONS"
    " LANDING_PAGE_VIEWS LINK_CLICKS OFFSITE_CONVERSIONS PAGE_LIKES POST_ENGAGEMENT"
    " PROFILE_AND_PAGE_ENGAGEMENT PROFILE_VISIT QUALITY_CALL REACH REMINDERS_SET THRUPLAY",
    "OUTCOME_LEADS": "CONVERSATIONS LANDING_PAGE_VIEWS LEAD_GENERATION LINK_CLICKS IMPRESSIONS"
    " OFFSITE_CONVERSIONS QUALITY_CALL QUALITY_LEAD REACH",
    "OUTCOME_SALES": "CONVERSATIONS IMPRESSIONS LANDING_PAGE_VIEWS LINK_CLICKS"
    " OFFSITE_CONVERSIONS QUALITY_CALL REACH VALUE MESSAGING_PURCHASE_CONVERSION",
    "OUTCOME_TRAFFIC": "CONVERSATIONS ENGAGED_PAGE_VIEWS IMPRESSIONS LANDING_PAGE_VIEWS"
    " LINK_CLICKS PROFILE_VISIT QUALITY_CALL REACH VISIT_INSTAGRAM_PROFILE",
}
# IMPRESSIONS is legal for every goal; these goals may also be billed by the event named.
_BILLING = {
    "LINK_CLICKS": {"LINK_CLICKS"},
    "PAGE_LIKES": {"PAGE_LIKES"},
    "POST_ENGAGEMENT": {"POST_ENGAGEMENT"},
    "THRUPLAY": {"THRUPLAY"},
}
_CONVERSION_GOALS = ("OFFSITE_CONVERSIONS", "VALUE")
_PAGE_GOALS = (
    "LEAD_GENERATION",
    "QUALITY_LEAD",
    "PAGE_LIKES",
    "CONVERSATIONS",
    "QUALITY_CALL",
)
_OTHER_CONVERSION_SOURCES = frozenset(
    [
        "application_id",
        "custom_conversion_id",
        "omnichannel_object",
        "product_set_id",
        "product_catalog_id",
        "offline_conversion_data_set_id",
    ]
)


def check_goal(
    emulator: Emulator, account: Object, campaign: Object, fields: dict[str, Any]
) -> None:
    """Check goal, billing event and promoted object of an ad set as it would be stored."""
    objective, goal = campaign.fields["objective"], fields["optimization_goal"]
    allowed = _GOALS[objective].split()
    if goal not in allowed:
        raise broken(
            "goal_not_for_objective",
            blame="optimization_goal",
            goal=goal,
            objective=objective,
            allowed=", ".join(sorted(allowed)),
        )
    billing = fields["billing_event"]
    if billing != "IMPRESSIONS" and billing not in _BILLING.get(goal, ()):
        raise broken("billing_not_for_goal", blame="billing_event", billing=billing, goal=goal)
    _check_promoted(emulator, account, goal, fields.get("promoted_object") or {})


def _check_promoted(
    emulator: Emulator, account: Object, goal: str, promoted: dict[str, Any]
) -> None:
    if goal in _CONVERSION_GOALS and not _OTHER_CONVERSION_SOURCES & set(promoted):
        for name in ("pixel_id", "custom_event_type"):
            if not promoted.get(name):
                raise broken(
                    "promoted_object_missing", blame="promoted_object", goal=goal, key=name
                )
    if goal in _PAGE_GOALS and not promoted.get("page_id"):
        raise broken("promoted_object_missing", blame="promoted_object", goal=goal, key="page_id")
    pixel, page = promoted.get("pixel_id"), promoted.get("page_id")
    if pixel and emulator.find(pixel, "pixel", account.id) is None:
        raise broken("unknown_pixel", blame="promoted_object", id=pixel)
    if page and emulator.find(page, "page", account.id) is None:
        raise broken("unknown_page", blame="promoted_object", id=page)
