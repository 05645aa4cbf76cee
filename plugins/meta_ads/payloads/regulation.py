"""Who is behind an ad and who pays for it, for the countries that must show it.

Source: Marketing API, "Regional regulation" (`regional_regulated_categories`,
`regional_regulation_identities`) and "Digital Services Act" (`dsa_beneficiary`, `dsa_payor`).
"""

from __future__ import annotations

from typing import Any

from meta_ads.campaigns.declaration import Audience, Declaration
from meta_ads.campaigns.regulation import CATEGORIES, EU, regions_of

IDENTITY_PREFIX = {
    "singapore": "singapore_universal",
    "taiwan": "taiwan_universal",
    "thailand": "universal",
    "brazil": "universal",
}


def regulation_params(declaration: Declaration, audience: Audience) -> dict[str, Any]:
    """Return the ad set fields that the audience's countries demand.

    The identities were checked when the campaign file was loaded. Both roles are always sent:
    an update overwrites, and a missing one is refused (3858550).
    """
    regional = declaration.account.regional
    regions = regions_of(audience.countries)
    params: dict[str, Any] = {}
    categories = [CATEGORIES[region] for region in regions if region != EU]
    if categories:
        params["regional_regulated_categories"] = categories
        identities: dict[str, str] = {}
        for region in regions:
            if region != EU:
                prefix = IDENTITY_PREFIX[region]
                identities[f"{prefix}_beneficiary"] = regional[region].beneficiary
                identities[f"{prefix}_payer"] = regional[region].payer
        params["regional_regulation_identities"] = identities
    if EU in regions:
        params["dsa_beneficiary"] = regional[EU].beneficiary
        params["dsa_payor"] = regional[EU].payer
    return params
