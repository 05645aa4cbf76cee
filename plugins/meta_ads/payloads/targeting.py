"""The ad set's `targeting`. Source: Marketing API v26, "Advantage+ audience"."""

from __future__ import annotations

from typing import Any

from meta_ads.campaigns.declaration import Audience, Gender

GENDERS = {Gender.MEN: 1, Gender.WOMEN: 2}


def targeting(audience: Audience) -> dict[str, Any]:
    """Return targeting with Advantage+ audience on: countries bind, the rest are suggestions.

    No placement and no device field: any of them switches Meta's placement lever off. With
    `advantage_audience` 1, ages and genders are suggestions when `individual_setting` says so
    (v23); without it `age_min` above 25 would be refused.
    """
    automation: dict[str, Any] = {"advantage_audience": 1}
    result: dict[str, Any] = {"geo_locations": {"countries": list(audience.countries)}}
    individual = {}
    if audience.age_min is not None:
        result["age_min"] = audience.age_min
        individual["age"] = 1
    if audience.age_max is not None:
        result["age_max"] = audience.age_max
        individual["age"] = 1
    if audience.genders:
        result["genders"] = [GENDERS[gender] for gender in audience.genders]
        individual["gender"] = 1
    if individual:
        automation["individual_setting"] = individual
    result["targeting_automation"] = automation
    return result
