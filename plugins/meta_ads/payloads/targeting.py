"""The ad set's `targeting`. Source: Marketing API v26, "Advantage+ audience"."""

from __future__ import annotations

from typing import Any

from meta_ads.campaigns.declaration import Audience, Gender

YOUNGEST, OLDEST = 18, 65
GENDERS = {Gender.MEN: 1, Gender.WOMEN: 2}


def targeting(audience: Audience) -> dict[str, Any]:
    """Return targeting with Advantage+ audience on: countries bind, the rest are suggestions.

    Suggested ages are `age_range`: as limits, `age_min` may be 25 at most and `age_max` must be 65.
    Genders are suggestions when `individual_setting` says so (v23). No placement and no device
    field: any of them switches Meta's placement lever off.
    """
    automation: dict[str, Any] = {"advantage_audience": 1}
    result: dict[str, Any] = {"geo_locations": {"countries": list(audience.countries)}}
    if audience.age_min is not None or audience.age_max is not None:
        result["age_range"] = [audience.age_min or YOUNGEST, audience.age_max or OLDEST]
    if audience.genders:
        result["genders"] = [GENDERS[gender] for gender in audience.genders]
        automation["individual_setting"] = {"gender": 1}
    result["targeting_automation"] = automation
    return result
