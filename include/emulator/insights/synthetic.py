"""Accounts full of ads that the world file asks for: made when the world is, from four numbers.

What they deliver is worked out like everything else, so a million rows of ad and day cost no
storage; the campaigns, ad sets and ads themselves are ordinary objects that can be changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from emulator.clock import meta_text
from emulator.insights.days import date_at, day_of
from emulator.state import Object

_BUDGET_PER_AD = 1500
_COUNTRIES = ("SG", "US", "DE", "JP", "GB")


def with_synthetic_ads(account: Object, wanted: Mapping[str, Any], now: float) -> list[Object]:
    """Return the account, made as early as its first ad, with all its synthetic objects."""
    made = list(_objects(account, wanted, now))
    return [replace(account, created=made[0].created), *made]


def _objects(account: Object, wanted: Mapping[str, Any], now: float) -> Iterator[Object]:
    """Yield the campaigns, ad sets and ads of an account, all of them on for ``days`` days.

    ``wanted`` has ``campaigns``, ``ad_sets_each``, ``ads_each`` and ``days``; everything begins
    at the account's midnight that many days ago. ``creatives`` (1 unless said) are shared out among
    the ads, ``videos`` (0) among them. Ids depend on the account and the numbers alone.
    """
    zone_name = str(account.fields["timezone_name"])
    first_day = date_at(now, zone_name) - timedelta(days=int(wanted["days"]))
    # A minute earlier, so that reviews are over when the first day begins.
    midnight = day_of(first_day, zone_name).start
    born, starts = midnight - 60, meta_text(midnight, zone_name)
    number = f"12{int(str(account.fields['account_id'])) % 1000:03d}"
    videos = [
        _made(f"{number}5{place:010d}", "video", account, (), born, _video(place, born))
        for place in range(int(wanted.get("videos", 0)))
    ]
    yield from videos
    creatives = [
        _made(f"{number}4{place:010d}", "creative", account, (), born, _creative(place, videos))
        for place in range(int(wanted.get("creatives", 1)))
    ]
    yield from creatives
    sets_each, ads_each = int(wanted["ad_sets_each"]), int(wanted["ads_each"])
    for campaign_number in range(int(wanted["campaigns"])):
        campaign = _made(
            f"{number}1{campaign_number:010d}", "campaign", account, (), born,
            {**_CAMPAIGN, "name": f"Campaign {campaign_number + 1}"},
        )  # fmt: skip
        yield campaign
        for place in range(sets_each):
            set_number = campaign_number * sets_each + place
            ad_set = _made(
                f"{number}2{set_number:010d}", "adset", account, (campaign.id,), born,
                {**_ad_set(campaign.id, set_number, ads_each), "start_time": starts},
            )  # fmt: skip
            yield ad_set
            for spot in range(ads_each):
                ad_number = set_number * ads_each + spot
                fields = {
                    "name": f"Ad {ad_number + 1}",
                    "status": "ACTIVE",
                    "adset_id": ad_set.id,
                    "campaign_id": campaign.id,
                    "_creative": creatives[ad_number % len(creatives)].id,
                }
                parents = (campaign.id, ad_set.id)
                yield _made(f"{number}3{ad_number:010d}", "ad", account, parents, born, fields)


def _creative(place: int, videos: list[Object]) -> dict[str, Any]:
    """Return a picture, or one of the account's videos that leads to a website."""
    if not videos:
        story: dict[str, Any] = {"object_story_spec": {"link_data": {}}}
        return {"name": "Picture", "status": "ACTIVE", **story}
    link = f"https://shop.example/{place}?ref=ad"
    data = {
        "video_id": videos[place % len(videos)].id,
        "title": f"Offer {place + 1}",
        "call_to_action": {"type": "SHOP_NOW", "value": {"link": link}},
    }
    return {
        "name": f"Creative {place + 1}",
        "status": "ACTIVE",
        "object_story_spec": {"page_id": "200000000000999", "video_data": data},
        "url_tags": f"utm_source=facebook&utm_campaign={place + 1}",
        "video_id": data["video_id"],
    }


def _video(place: int, born: float) -> dict[str, Any]:
    received = {"_phase": "finished", "_finished": born, "_size": 1, "_received": 1}
    return {
        "title": f"Clip {place + 1}",
        "length": 15.0,
        "_width": 1080,
        "_height": 1920,
        **received,
    }


_CAMPAIGN = {
    "objective": "OUTCOME_SALES",
    "status": "ACTIVE",
    "buying_type": "AUCTION",
    "special_ad_categories": [],
    "is_adset_budget_sharing_enabled": False,
}


def _ad_set(campaign: str, number: int, ads: int) -> dict[str, Any]:
    country = _COUNTRIES[number % len(_COUNTRIES)]
    return {
        "name": f"Ad set {number + 1}",
        "campaign_id": campaign,
        "status": "ACTIVE",
        "billing_event": "IMPRESSIONS",
        "optimization_goal": "OFFSITE_CONVERSIONS",
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        "daily_budget": str(_BUDGET_PER_AD * ads),
        "destination_type": "WEBSITE",
        "targeting": {
            "age_min": 18,
            "age_max": 65,
            "geo_locations": {"countries": [country]},
            "targeting_automation": {"advantage_audience": 1},
        },
    }


def _made(
    identity: str, kind: str, account: Object, parents: tuple[str, ...], born: float, fields: Any
) -> Object:
    return Object(identity, kind, account.id, (account.id, *parents), born, born, fields)
