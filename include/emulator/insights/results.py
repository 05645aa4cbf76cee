"""``results`` and ``cost_per_result``: what the ad sets behind a row are optimized for.

The form is what users show of real answers (reported). Where ad sets of a row want different
things Meta gives no one number, and none is given here.
"""

from collections.abc import Iterable
from typing import Any

from emulator.insights.actions import ACTIONS, decimal
from emulator.insights.columns import people
from emulator.insights.measures import PLACE, Measures
from emulator.state import Object

FIELDS = ("results", "cost_per_result")
_PLACES = {action.name: action.places for action in ACTIONS}
_PIXEL = "offsite_conversion.fb_pixel_"
_BY_GOAL = {
    "LINK_CLICKS": "link_click",
    "LANDING_PAGE_VIEWS": "landing_page_view",
    "POST_ENGAGEMENT": "post_engagement",
    "VALUE": f"{_PIXEL}purchase",
    "APP_INSTALLS": "mobile_app_install",
}
_BY_EVENT = {"INITIATED_CHECKOUT": "initiate_checkout", "CONTENT_VIEW": "view_content"}


def indicator_of(ad_sets: Iterable[Object]) -> str | None:
    """Return what all these ad sets count as a result, None when they differ or it is unknown."""
    found = {_indicator(ad_set) for ad_set in ad_sets}
    return found.pop() if len(found) == 1 else None


def _indicator(ad_set: Object) -> str | None:
    goal = str(ad_set.fields.get("optimization_goal"))
    if goal in ("REACH", "IMPRESSIONS", "THRUPLAY"):
        return "video_thruplay_watched_actions" if goal == "THRUPLAY" else goal.lower()
    name = _BY_GOAL.get(goal)
    if goal == "OFFSITE_CONVERSIONS":
        event = str((ad_set.fields.get("promoted_object") or {}).get("custom_event_type"))
        name = f"{_PIXEL}{_BY_EVENT.get(event, event.lower())}"
    return f"actions:{name}" if name in _PLACES else None


def results(field: str, indicator: str, row: Measures, divisor: int) -> Any:
    """Return the value of one of ``FIELDS`` for a row's measures; None where there is no result."""
    count = _count(indicator, row)
    if not count:
        return None
    value = str(count)
    if field == "cost_per_result":
        value = decimal(row[PLACE["spend"]] / divisor / count)
    return [
        {
            "indicator": indicator,
            "values": [{"value": value, "attribution_windows": ["default"]}],
        }
    ]


def _count(indicator: str, row: Measures) -> int:
    if indicator == "reach":
        return people(row[PLACE["impressions"]])
    if indicator == "impressions":
        return row[PLACE["impressions"]]
    if indicator == "video_thruplay_watched_actions":
        return row[PLACE["thruplays"]]
    name = indicator.removeprefix("actions:")
    places = _PLACES[name]
    offsite = name.startswith(_PIXEL) or name == "mobile_app_install"
    return row[places[0]] if offsite else sum(row[place] for place in places)
