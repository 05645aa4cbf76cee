"""Who is behind an ad and who pays for it, for the countries that must show it.

Source: Marketing API, "Regional regulation" (`regional_regulated_categories`,
`regional_regulation_identities`) and "Digital Services Act" (`dsa_beneficiary`, `dsa_payor`).
"""

from __future__ import annotations

from typing import Any

from meta_ads.campaigns.declaration import AdSet, Declaration
from meta_ads.campaigns.regulation import (
    CATEGORIES,
    EU,
    FINANCIAL,
    FINANCIAL_CATEGORIES,
    regions_of,
)

IDENTITY_PREFIX = {
    "singapore": "singapore_universal",
    "taiwan": "taiwan_universal",
    "thailand": "universal",
    "brazil": "universal",
    "australia_financial": "australia_finserv",
    "india_financial": "india_finserv",
    "taiwan_financial": "taiwan_finserv",
}


def regulation_params(declaration: Declaration, ad_set: AdSet) -> dict[str, Any]:
    """Return the ad set fields that the audience's countries demand.

    The identities were checked when the campaign file was loaded; those of financial services are
    sent where they are given. Both roles are always sent: an update overwrites, and a missing one
    is refused (3858550).
    """
    regional = {**declaration.account.regional, **ad_set.regional}
    countries = ad_set.audience.countries
    regions = regions_of(countries)
    named = {region: CATEGORIES[region] for region in regions if region != EU} | {
        region: FINANCIAL_CATEGORIES[region]
        for region, country in FINANCIAL.items()
        if country in countries and region in regional
    }
    params: dict[str, Any] = {}
    if named:
        params["regional_regulated_categories"] = list(named.values())
        identities: dict[str, str] = {}
        for region in named:
            prefix = IDENTITY_PREFIX[region]
            identities[f"{prefix}_beneficiary"] = regional[region].beneficiary
            identities[f"{prefix}_payer"] = regional[region].payer
        params["regional_regulation_identities"] = identities
    if EU in regions:
        params["dsa_beneficiary"] = regional[EU].beneficiary
        params["dsa_payor"] = regional[EU].payer
    return params
