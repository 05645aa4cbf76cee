"""The ad's Graph parameters. Source: Marketing API v26, `POST act_X/ads`."""

from __future__ import annotations

from typing import Any

from meta_ads.campaigns.declaration import Ad, Declaration
from meta_ads.campaigns.destination import conversion_domain
from meta_ads.payloads.label import adlabels, tagged


def ad_params(
    declaration: Declaration, ad: Ad, marker: str, ad_set: Any, creative: Any
) -> dict[str, Any]:
    """Return the parameters of a paused ad; `ad_set` and `creative` stand for their ids.

    `conversion_domain` is required when pixel data is shared: first and second level only. An app
    has no domain.
    """
    params: dict[str, Any] = {
        "name": tagged(ad.name, marker),
        "adset_id": ad_set,
        "creative": {"creative_id": creative},
        "status": "PAUSED",
    }
    if declaration.objective != "app_promotion":
        params["conversion_domain"] = conversion_domain(
            ad.creative.destination_url, declaration.account.domain
        )
    return {**params, "adlabels": adlabels(marker)}
