"""Where people look at an object: Meta's Ads Manager."""

from __future__ import annotations

ADS_MANAGER = "https://adsmanager.facebook.com/adsmanager/manage"


def ads_manager_url(base_url: str, account_id: str, level: str, object_id: str) -> str:
    """Return where a person sees the object. `level` is `campaigns`, `adsets` or `ads`.

    In a rehearsal, when `base_url` is not Meta's, it is the emulator's page.
    """
    if not base_url.startswith("https://graph.facebook.com"):
        return base_url + "/"
    selected = {"campaigns": "campaign", "adsets": "adset", "ads": "ad"}[level]
    account = account_id.removeprefix("act_")
    return f"{ADS_MANAGER}/{level}?act={account}&selected_{selected}_ids={object_id}"
