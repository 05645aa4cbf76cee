"""``learning_stage_info``: whether an ad set has found out by now whom to show its ads to."""

from datetime import timedelta
from typing import Any

from emulator.calls.kinds import Json
from emulator.emulator import Emulator
from emulator.insights.days import date_at, day_of
from emulator.insights.delivery import delivery_of
from emulator.insights.measures import PLACE, conversion_place
from emulator.objects.statuses import effective_status
from emulator.state import Object

# Meta: about fifty results in the week after the last significant edit end the learning phase.
_RESULTS, _DAYS = 50, 7
_CONVERSIONS = {
    "ADD_TO_CART": "add_to_cart",
    "CONTENT_VIEW": "view_content",
    "INITIATED_CHECKOUT": "initiate_checkout",
    "LEAD": "lead",
    "PURCHASE": "purchase",
}
_OTHER_RESULTS = {
    "APP_INSTALLS": conversion_place("mobile_app_install", "value"),
    "LANDING_PAGE_VIEWS": PLACE["landing_page_views"],
    "THRUPLAY": PLACE["thruplays"],
}


def learning_stage(emulator: Emulator, ad_set: Object) -> Json | None:
    """Return the learning stage of an ad set that is delivering, None of any other.

    LEARNING turns into SUCCESS with the fiftieth result, and into FAIL after a week without.
    """
    if effective_status(emulator, ad_set) != "ACTIVE":
        return None
    edited = float(ad_set.fields.get("_significant_edit", ad_set.created))
    results = _results(emulator, ad_set, edited)
    status = "LEARNING"
    if results >= _RESULTS:
        status = "SUCCESS"
    elif emulator.clock.now() >= edited + _DAYS * 86400:
        status = "FAIL"
    return {
        "status": status,
        "conversions": results,
        "last_sig_edit_ts": int(edited),
        "attribution_windows": [_window(row) for row in ad_set.fields.get("attribution_spec", [])],
    }


def _results(emulator: Emulator, ad_set: Object, edited: float) -> int:
    zone_name, delivery = emulator.zone_of(ad_set), delivery_of(emulator)
    today, first = delivery.today(zone_name), date_at(edited, zone_name)
    place = _place(ad_set)
    days = [first + timedelta(days=number) for number in range(_DAYS + 1)]
    return sum(
        delivery.day(ad, day_of(day, zone_name), today.toordinal())[place]
        for ad in emulator.state.children(ad_set.id, "ad")
        for day in days
        if day <= today
    )


def _place(ad_set: Object) -> int:
    """Return where the result the ad set optimises stands among the numbers of a delivery."""
    event = (ad_set.fields.get("promoted_object") or {}).get("custom_event_type")
    if event in _CONVERSIONS:
        return conversion_place(_CONVERSIONS[event], "value")
    return _OTHER_RESULTS.get(str(ad_set.fields["optimization_goal"]), PLACE["link_clicks"])


def _window(row: dict[str, Any]) -> str:
    kind = {"CLICK_THROUGH": "click", "VIEW_THROUGH": "view"}.get(row["event_type"], "engaged_view")
    return f"{row['window_days']}d_{kind}"
