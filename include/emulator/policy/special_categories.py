"""Special ad categories: which audiences they forbid, and when they demand a word."""

from typing import Any

from emulator.objects.advantage import advantage_audience, is_broad
from emulator.policy.rules import broken

#: Categories whose audiences Meta restricts. Politics, gambling and the like need authorisation.
REGULATED = frozenset(("CREDIT", "EMPLOYMENT", "FINANCIAL_PRODUCTS_SERVICES", "HOUSING"))
# Places finer than these categories allow.
_TOO_FINE = (
    "electoral_districts",
    "metro_areas",
    "neighborhoods",
    "small_geo_areas",
    "subcities",
    "subneighborhoods",
    "zips",
)
_LEAST_RADIUS = {"kilometer": 25.0, "mile": 15.0}
# Only interests may narrow such an audience; these may not.
_FORBIDDEN_DETAILS = frozenset(
    ("behaviors", "education_statuses", "family_statuses", "income", "life_events", "net_worth")
)


def check_special_targeting(targeting: dict[str, Any], regulated: list[str], *, new: bool) -> None:
    """Check the audience of an ad set under ``regulated`` categories (none: nothing to check)."""
    if not regulated:
        return
    if new and advantage_audience(targeting) is None and not is_broad(targeting):
        raise broken("special_category_needs_flag", blame="targeting", category=regulated[0])
    for reason in _reasons(targeting):
        raise broken(
            "special_category_targeting", blame="targeting", category=regulated[0], reason=reason
        )


def _reasons(targeting: dict[str, Any]) -> list[str]:
    """Return what is not allowed, in the order a person would look."""
    geo = targeting.get("geo_locations") or {}
    groups = [targeting, *(targeting.get("flexible_spec") or [])]
    found = [
        (bool(targeting.get("genders")), "gender"),
        (int(targeting.get("age_min") or 18) > 18, "age"),
        (int(targeting.get("age_max") or 65) < 65, "age"),
        (any(geo.get(name) for name in _TOO_FINE), "places finer than a city"),
        (bool(targeting.get("excluded_geo_locations")), "excluded places"),
        (any(_is_small(place) for place in _circles(geo)), "a small radius"),
        (bool(targeting.get("exclusions")), "excluded interests"),
        (any(_FORBIDDEN_DETAILS & set(group) for group in groups), "behaviours or demographics"),
    ]
    return [reason for wrong, reason in found if wrong]


def _circles(geo: dict[str, Any]) -> list[dict[str, Any]]:
    return [*(geo.get("custom_locations") or []), *(geo.get("cities") or [])]


def _is_small(place: dict[str, Any]) -> bool:
    unit = str(place.get("distance_unit") or "mile")
    radius = place.get("radius")
    return radius is not None and float(radius) < _LEAST_RADIUS.get(unit, 0.0)
