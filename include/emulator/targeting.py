"""Rules of an ad set's audience: places, ages, Advantage+ audience, placements."""

import re
from typing import Any

from emulator.advantage import advantage_audience, is_broad
from emulator.rules import broken

_COUNTRY = re.compile(r"^[A-Z]{2}$")
_PLATFORMS = frozenset(
    ("audience_network", "facebook", "instagram", "messenger", "threads", "whatsapp")
)
_YOUNGEST, _OLDEST = 13, 65
_HIGHEST_AGE_MIN_WITH_ADVANTAGE = 25


def check_targeting(targeting: dict[str, Any], regulated: list[str]) -> None:
    """Check an ad set's targeting; ``regulated`` are the campaign's restricted categories."""
    _check_places(targeting)
    flag = advantage_audience(targeting)
    if flag not in (None, 0, 1):
        raise broken("advantage_audience_flag", blame="targeting")
    if flag is None and not is_broad(targeting):
        raise broken("advantage_audience_missing", blame="targeting")
    _check_ages(targeting, flag == 1)
    genders = targeting.get("genders") or []
    if not set(genders) <= {0, 1, 2}:
        raise broken("not_in_enum", blame="targeting", param="targeting[genders]", allowed="1, 2")
    for name in targeting.get("publisher_platforms") or []:
        if name not in _PLATFORMS:
            raise broken(
                "not_in_enum",
                blame="targeting",
                param="targeting[publisher_platforms]",
                allowed=", ".join(sorted(_PLATFORMS)),
            )
    if "explore" in (targeting.get("instagram_positions") or []):
        raise broken("instagram_explore_gone", blame="targeting")
    if regulated and (
        genders
        or targeting.get("age_min", 18) > 18
        or targeting.get("age_max", _OLDEST) < _OLDEST
        or (targeting.get("geo_locations") or {}).get("zips")
    ):
        raise broken("special_category_targeting", blame="targeting", category=regulated[0])


def countries(targeting: dict[str, Any]) -> set[str]:
    """Return every country the geo targeting names, directly or by one of its places."""
    geo = targeting.get("geo_locations") or {}
    named = set(geo.get("countries") or [])
    for places in geo.values():
        for place in places if isinstance(places, list) else []:
            if isinstance(place, dict) and place.get("country"):
                named.add(str(place["country"]))
    return named


def country_groups(targeting: dict[str, Any]) -> set[str]:
    """Return the groups of countries the geo targeting names, such as ``worldwide``."""
    return set((targeting.get("geo_locations") or {}).get("country_groups") or [])


def excluded_countries(targeting: dict[str, Any]) -> set[str]:
    """Return the countries that are excluded as a whole."""
    return set((targeting.get("excluded_geo_locations") or {}).get("countries") or [])


def _check_places(targeting: dict[str, Any]) -> None:
    geo = targeting.get("geo_locations") or {}
    if not any(value for key, value in geo.items() if key != "location_types") and not (
        targeting.get("custom_audiences")
    ):
        raise broken("location_missing", blame="targeting")
    for country in geo.get("countries") or []:
        if not _COUNTRY.match(country):
            raise broken("unknown_country", blame="targeting", country=country)


def _check_ages(targeting: dict[str, Any], advantage: bool) -> None:
    low = targeting.get("age_min") or 18
    high = targeting.get("age_max") or _OLDEST
    if not _YOUNGEST <= low <= _OLDEST or not _YOUNGEST <= high <= _OLDEST or low > high:
        raise broken("age_range", blame="targeting", low=low, high=high)
    if advantage and low > _HIGHEST_AGE_MIN_WITH_ADVANTAGE:
        raise broken("advantage_age_min", blame="targeting", low=low)
    if advantage and high < _OLDEST:
        raise broken("advantage_age_max", blame="targeting", high=high)
