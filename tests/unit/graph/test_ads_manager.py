"""Links lead to exactly the object, in Ads Manager or on the emulator's page."""

from __future__ import annotations

import pytest

from meta_ads.graph.ads_manager import ads_manager_url

META = "https://graph.facebook.com"
PLACE = "https://adsmanager.facebook.com/adsmanager/manage"


@pytest.mark.parametrize(
    ("base", "level", "address"),
    [
        (
            "https://graph.facebook.com",
            "campaigns",
            f"{PLACE}/campaigns?act=7&selected_campaign_ids=12",
        ),
        (META, "adsets", f"{PLACE}/adsets?act=7&selected_adset_ids=12"),
        (META, "ads", f"{PLACE}/ads?act=7&selected_ad_ids=12"),
        (
            "http://127.0.0.1:8090",
            "ads",
            "http://127.0.0.1:8090/_emulator/pages/accounts/act_7?act=7&selected_ad_ids=12",
        ),
    ],
)
def test_the_link_names_account_and_object(base: str, level: str, address: str) -> None:
    assert ads_manager_url(base, "act_7", level, "12") == address
