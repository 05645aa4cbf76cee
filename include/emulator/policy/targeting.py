"""Rules of an ad set's audience: places, ages, Advantage+ audience, interests."""

from typing import Any

from emulator.calls import schema
from emulator.emulator import Emulator
from emulator.objects.advantage import advantage_audience, is_broad
from emulator.objects.issues import interest_ids
from emulator.policy.placements import check_placements
from emulator.policy.rules import broken
from emulator.policy.special_categories import check_special_targeting

_YOUNGEST, _OLDEST = 13, 65
_HIGHEST_AGE_MIN_WITH_ADVANTAGE = 25
_SETTINGS = frozenset(("age", "gender"))


def check_targeting(
    emulator: Emulator, targeting: dict[str, Any], regulated: list[str], *, new: bool
) -> None:
    """Check an ad set's targeting.

    ``regulated`` are the campaign's restricted categories; ``new`` says that the ad set is being
    created, since one rule is asked only then.
    """
    _check_places(targeting)
    check_special_targeting(targeting, regulated, new=new)
    flag = advantage_audience(targeting)
    if flag not in (None, 0, 1):
        raise broken("advantage_audience_flag", blame="targeting")
    if flag is None and not is_broad(targeting):
        raise broken("advantage_audience_missing", blame="targeting")
    _check_ages(targeting, flag == 1)
    _check_suggestions(targeting)
    if not set(targeting.get("genders") or []) <= {0, 1, 2}:
        raise broken("not_in_enum", blame="targeting", param="targeting[genders]", allowed="1, 2")
    check_placements(targeting)
    _check_interests(emulator, targeting)


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
    known = schema.countries()
    for country in sorted(set(geo.get("countries") or []) | excluded_countries(targeting)):
        if country not in known:
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


def _check_suggestions(targeting: dict[str, Any]) -> None:
    """Check ``age_range`` and ``individual_setting``, which turn limits into suggestions."""
    ages = targeting.get("age_range")
    if ages is not None and (len(ages) != 2 or not _YOUNGEST <= ages[0] <= ages[1] <= _OLDEST):
        raise broken("age_range", blame="targeting", low=ages[:1], high=ages[1:])
    automation = targeting.get("targeting_automation") or {}
    for name, value in (automation.get("individual_setting") or {}).items():
        path = f"targeting[targeting_automation][individual_setting][{name}]"
        if name not in _SETTINGS:
            raise broken("unknown_param", blame="targeting", param=path)
        if value not in (0, 1):
            raise broken("not_in_enum", blame="targeting", param=path, allowed="0, 1")


def _check_interests(emulator: Emulator, targeting: dict[str, Any]) -> None:
    for identity in sorted(interest_ids(targeting)):
        if not identity.isdigit():
            raise broken("invalid_interest", blame="targeting", id=identity)
        if identity in emulator.world.dead_interests:
            raise broken("dead_interest", blame="targeting", id=identity)
