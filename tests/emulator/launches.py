"""Correct parameters for everything a launch creates, to be used as they are or spoilt."""

from typing import Any

from tests.emulator.server import Graph

SG, US, DE, JP, TW = (f"act_100000000000{n}" for n in (101, 202, 303, 404, 505))
CLOSED = "act_100000000000909"
_COUNTRIES = {SG: "SG", US: "US", DE: "DE", JP: "JP", TW: "TW", CLOSED: "SG"}
_REGIONS = {SG: "singapore_universal", TW: "taiwan_universal"}


def number(account: str) -> str:
    """Return the three digits that tell the world's accounts, pages and pixels apart."""
    return account[-3:]


def campaign(**changes: Any) -> dict[str, Any]:
    """Return a campaign's parameters; a change to None leaves the parameter out."""
    return changed(
        {
            "name": "Spring",
            "objective": "OUTCOME_SALES",
            "status": "PAUSED",
            "special_ad_categories": [],
            "daily_budget": 5000,
            "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        },
        changes,
    )


def ad_set(account: str, campaign_id: str, **changes: Any) -> dict[str, Any]:
    """Return the parameters of an ad set that targets the account's own country."""
    params = {
        "name": "Everyone",
        "campaign_id": campaign_id,
        "status": "PAUSED",
        "billing_event": "IMPRESSIONS",
        "optimization_goal": "OFFSITE_CONVERSIONS",
        "destination_type": "WEBSITE",
        "promoted_object": {
            "pixel_id": f"300000000000{number(account)}",
            "custom_event_type": "PURCHASE",
        },
        "targeting": {
            "geo_locations": {"countries": [_COUNTRIES[account]]},
            "targeting_automation": {"advantage_audience": 1},
        },
    }
    if account == DE:
        params |= {"dsa_beneficiary": "Hanse GmbH", "dsa_payor": "Hanse GmbH"}
    if region := _REGIONS.get(account):
        identity = f"400000000000{number(account)}"
        params["regional_regulated_categories"] = [region.upper()]
        params["regional_regulation_identities"] = {
            f"{region}_beneficiary": identity,
            f"{region}_payer": identity,
        }
    return changed(params, changes)


def creative(account: str, video_id: str, image_hash: str, **changes: Any) -> dict[str, Any]:
    """Return a video creative's parameters."""
    params = {
        "name": "Clip",
        "object_story_spec": {
            "page_id": f"200000000000{number(account)}",
            "video_data": {
                "video_id": video_id,
                "image_hash": image_hash,
                "message": "Everything new",
                "title": "Spring sale",
                "call_to_action": {"type": "SHOP_NOW", "value": {"link": "https://example.com/"}},
            },
        },
        "url_tags": "utm_source=meta",
    }
    return changed(params, changes)


def ad(ad_set_id: str, creative_id: str, **changes: Any) -> dict[str, Any]:
    """Return an ad's parameters."""
    params = {
        "name": "Spring ad",
        "adset_id": ad_set_id,
        "creative": {"creative_id": creative_id},
        "status": "PAUSED",
        "conversion_domain": "example.com",
    }
    return changed(params, changes)


class Launch:
    """One launch on one account, made step by step as far as a test needs it."""

    def __init__(self, graph: Graph, account: str, video: bytes, image: bytes) -> None:
        self.graph, self.account = graph, account
        self._video, self._image = video, image
        self._made: dict[str, str] = {}

    def _once(self, what: str, edge: str, params: Any) -> str:
        if what not in self._made:
            self._made[what] = self.graph.post(f"{self.account}/{edge}", **params())["id"]
        return self._made[what]

    @property
    def campaign(self) -> str:
        """The id of a campaign with its own budget."""
        return self._once("campaign", "campaigns", campaign)

    @property
    def plain_campaign(self) -> str:
        """The id of a campaign whose ad sets hold the budgets."""
        changes = {"daily_budget": None, "bid_strategy": None}
        flag = {"is_adset_budget_sharing_enabled": False}
        return self._once("plain", "campaigns", lambda: campaign(**changes, **flag))

    @property
    def ad_set(self) -> str:
        """The id of an ad set under the campaign."""
        return self._once("ad_set", "adsets", lambda: ad_set(self.account, self.campaign))

    @property
    def fresh_video(self) -> str:
        """The id of an uploaded video that is still processing."""
        if "video" not in self._made:
            self._made["video"] = self.graph.upload(self.account, self._video)
        return self._made["video"]

    @property
    def video(self) -> str:
        """The id of a video that is ready."""
        ready = "video" in self._made
        video = self.fresh_video
        if not ready:
            self.graph.server.pass_time()
        return video

    @property
    def image(self) -> str:
        """The hash of an uploaded picture."""
        if "image" not in self._made:
            answer = self.graph.post(
                f"{self.account}/adimages", files={"still.jpg": ("still.jpg", self._image)}
            )
            self._made["image"] = answer["images"]["still.jpg"]["hash"]
        return self._made["image"]

    @property
    def creative(self) -> str:
        """The id of a creative with that video and picture."""
        return self._once(
            "creative", "adcreatives", lambda: creative(self.account, self.video, self.image)
        )

    @property
    def ad(self) -> str:
        """The id of an ad showing the creative."""
        return self._once("ad", "ads", lambda: ad(self.ad_set, self.creative))


def changed(params: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with the changes; a change to None leaves the parameter out."""
    merged = {**params, **changes}
    return {name: value for name, value in merged.items() if value is not None}
