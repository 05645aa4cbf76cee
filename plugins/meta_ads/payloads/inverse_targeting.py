"""From an ad set's `targeting` at Meta back to what a campaign file says.

What a campaign file has no word for is left out here; whoever uses this compares afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from meta_ads.campaigns.placements import ALL, POSITIONS
from meta_ads.payloads.targeting import GENDERS, OLDEST, YOUNGEST

_GENDER_NAMES = {number: str(gender) for gender, number in GENDERS.items()}


def audience_keys(targeting: Mapping[str, Any], countries: Sequence[str]) -> dict[str, Any]:
    """Return the keys below `targeting`; `countries` are the account's, which need no saying."""
    found: dict[str, Any] = {}
    places = targeting.get("geo_locations") or {}
    given = [str(country) for country in places.get("countries") or ()]
    if given and given != list(countries):
        found["countries"] = given
    automatic = (targeting.get("targeting_automation") or {}).get("advantage_audience") == 1
    found |= _ages(targeting, automatic)
    genders = [_GENDER_NAMES.get(number) for number in targeting.get("genders") or ()]
    if genders and None not in genders:
        found["genders"] = genders
    for name in ("custom_audiences", "excluded_custom_audiences"):
        if targeting.get(name):
            found[name] = _ids(targeting[name])
    specs = targeting.get("flexible_spec") or []
    if len(specs) == 1 and specs[0].get("interests"):
        found["interests"] = _ids(specs[0]["interests"])
    if targeting.get("locales"):
        found["languages"] = [str(number) for number in targeting["locales"]]
    if not automatic:
        found["advantage_audience"] = "false"
    return found


def placement_keys(targeting: Mapping[str, Any]) -> dict[str, Any]:
    """Return `placements`; empty when Meta chooses."""
    return {
        platform: list(targeting.get(f"{platform}_positions") or ()) or ALL
        for platform in POSITIONS
        if platform in (targeting.get("publisher_platforms") or ())
    }


def _ages(targeting: Mapping[str, Any], automatic: bool) -> dict[str, str]:
    if automatic:
        # As limits, Meta shows the widest ones; what was suggested is the range.
        span = targeting.get("age_range") or [YOUNGEST, OLDEST]
        youngest, oldest = span[0], span[-1]
    else:
        youngest = targeting.get("age_min") or YOUNGEST
        oldest = targeting.get("age_max") or OLDEST
    if (youngest, oldest) == (YOUNGEST, OLDEST):
        return {}
    return {"age_min": str(youngest), "age_max": str(oldest)}


def _ids(items: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(item.get("id")) for item in items]
