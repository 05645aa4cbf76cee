"""Where people look at an object: Meta's Ads Manager."""

from __future__ import annotations

from urllib.parse import urlencode

ADS_MANAGER = "https://adsmanager.facebook.com/adsmanager/manage"
META = "https://graph.facebook.com"
# The emulator's page of an account.
REHEARSAL = "/_emulator/pages/accounts"


def ads_manager_url(base_url: str, account_id: str, level: str, object_id: str) -> str:
    """Return where a person sees the object. `level` is `campaigns`, `adsets` or `ads`.

    In a rehearsal, when `base_url` is not Meta's, it is the emulator's page of the account.
    """
    selected = {"campaigns": "campaign", "adsets": "adset", "ads": "ad"}[level]
    chosen = {"act": account_id.removeprefix("act_"), f"selected_{selected}_ids": object_id}
    rehearsal = not base_url.startswith(META)
    place = f"{base_url}{REHEARSAL}/{account_id}" if rehearsal else f"{ADS_MANAGER}/{level}"
    return f"{place}?{urlencode(chosen)}"
