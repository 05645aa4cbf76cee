"""The ad set's `targeting`. Source: Marketing API v26, "Advantage+ audience"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from meta_ads.campaigns.declaration import Audience, Gender, Placement

YOUNGEST, OLDEST = 18, 65
GENDERS = {Gender.MEN: 1, Gender.WOMEN: 2}


def targeting(audience: Audience, placements: Sequence[Placement] = ()) -> dict[str, Any]:
    """Return an ad set's targeting.

    With Advantage+ audience, countries and exclusions bind and the rest are suggestions: ages as
    `age_range`, since as limits `age_min` may be 25 at most and `age_max` must be 65; genders by
    `individual_setting` (v23). Without it, everything binds. The switch is always explicit (v26).
    Any placement field switches Meta's placement lever of Advantage+ off.
    """
    automation: dict[str, Any] = {"advantage_audience": int(audience.advantage)}
    result: dict[str, Any] = {"geo_locations": {"countries": list(audience.countries)}}
    result |= _ages(audience)
    if audience.genders:
        result["genders"] = [GENDERS[gender] for gender in audience.genders]
        if audience.advantage:
            automation["individual_setting"] = {"gender": 1}
    if audience.languages:
        result["locales"] = list(audience.languages)
    if audience.interests:
        result["flexible_spec"] = [{"interests": _ids(audience.interests)}]
    if audience.custom_audiences:
        result["custom_audiences"] = _ids(audience.custom_audiences)
    if audience.excluded_custom_audiences:
        result["excluded_custom_audiences"] = _ids(audience.excluded_custom_audiences)
    result["targeting_automation"] = automation
    return result | _placements(placements)


def _ages(audience: Audience) -> dict[str, Any]:
    if audience.age_min is None and audience.age_max is None:
        return {}
    youngest, oldest = audience.age_min or YOUNGEST, audience.age_max or OLDEST
    if audience.advantage:
        return {"age_range": [youngest, oldest]}
    return {"age_min": youngest, "age_max": oldest}


def _ids(ids: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": identity} for identity in ids]


def _placements(placements: Sequence[Placement]) -> dict[str, Any]:
    """Return the chosen platforms and positions. Source: "Placement Targeting"."""
    if not placements:
        return {}
    chosen: dict[str, Any] = {"publisher_platforms": [place.platform for place in placements]}
    for place in placements:
        if place.positions:
            chosen[f"{place.platform}_positions"] = list(place.positions)
    return chosen
