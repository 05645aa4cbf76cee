"""The SDK creates, reads, changes, copies and deletes objects as its documentation shows."""

from collections.abc import Callable

import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.user import User
from facebook_business.exceptions import FacebookRequestError

from tests.contract.sdk.conftest import SAMPLES, Place, campaign_params

NewCampaign = Callable[..., Campaign]


def test_the_create_chain_ends_in_a_paused_ad(place: Place, new_campaign: NewCampaign) -> None:
    campaign = new_campaign()
    ad_set = place.account.create_ad_set(
        params={
            "name": "Everyone",
            "campaign_id": campaign["id"],
            "status": "PAUSED",
            "billing_event": "IMPRESSIONS",
            "optimization_goal": "LINK_CLICKS",
            "targeting": {
                "geo_locations": {"countries": ["US"]},
                "targeting_automation": {"advantage_audience": 1},
            },
        }
    )
    image = place.account.create_ad_image(params={"filename": str(SAMPLES / "thumbnail.jpg")})
    link = {"link": "https://example.com/", "message": "New", "image_hash": image["hash"]}
    creative = place.account.create_ad_creative(
        params={
            "name": "Link",
            "object_story_spec": {"page_id": place.page, "link_data": link},
        }
    )
    ad = place.account.create_ad(
        params={
            "name": "Ad",
            "adset_id": ad_set["id"],
            "creative": {"creative_id": creative["id"]},
            "status": "PAUSED",
        }
    )
    shown = Ad(ad["id"]).api_get(fields=[Ad.Field.name, Ad.Field.status, Ad.Field.adset_id])
    assert (shown["name"], shown["status"], shown["adset_id"]) == ("Ad", "PAUSED", ad_set["id"])
    assert [one["id"] for one in AdSet(ad_set["id"]).get_ads()] == [ad["id"]]


def test_an_update_a_copy_and_a_delete_are_read_back(
    place: Place, new_campaign: NewCampaign
) -> None:
    campaign = new_campaign()
    campaign.api_update(params={"name": "Renamed"})
    assert Campaign(campaign["id"]).api_get(fields=["name"])["name"] == "Renamed"
    copied = campaign.create_copy(params={"status_option": "PAUSED"})
    copy = Campaign(copied["copied_campaign_id"])
    assert copy.api_get(fields=["objective"])["objective"] == "OUTCOME_TRAFFIC"
    for one in (copy, campaign):
        one.api_delete()
        assert Campaign(one["id"]).api_get(fields=["status"])["status"] == "DELETED"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_older_remote_methods_still_work(place: Place) -> None:
    campaign = Campaign(parent_id=place.account["id"])
    campaign.update(campaign_params(name="Older"))
    campaign.remote_create(params={"status": Campaign.Status.paused})
    campaign[Campaign.Field.name] = "Older still"
    campaign.remote_update()
    assert campaign.remote_read(fields=["name"])["name"] == "Older still"
    identity = campaign["id"]
    campaign.remote_delete()
    assert Campaign(identity).api_get(fields=["status"])["status"] == "DELETED"


def test_labels_are_put_on_and_found(place: Place, new_campaign: NewCampaign) -> None:
    label = place.account.create_ad_label(params={"name": "SDK contract label"})
    campaign = new_campaign(adlabels=[{"id": label["id"]}])
    found = place.account.get_campaigns_by_labels(params={"ad_label_ids": [label["id"]]})
    assert [one["id"] for one in found] == [campaign["id"]]


def test_the_user_reaches_the_account(place: Place) -> None:
    listed = User("me").get_ad_accounts(fields=["currency"])
    assert place.account["id"] in {account["id"] for account in listed}
    assert AdAccount.get_my_account()["id"].startswith("act_")


def test_a_refusal_carries_all_that_meta_says(place: Place) -> None:
    with pytest.raises(FacebookRequestError) as refused:
        place.account.create_campaign(params=campaign_params(daily_budget=1))
    error = refused.value
    assert (error.http_status(), error.api_error_code()) == (400, 100)
    assert error.api_error_subcode() == 1885272
    assert error.api_error_type() == "OAuthException"
    assert error.api_transient_error() is False
    assert error.body()["error"]["fbtrace_id"]
    assert error.request_context()["method"] == "POST"


def test_the_type_checker_warns_and_the_server_refuses(place: Place) -> None:
    with (
        pytest.warns(UserWarning, match="objective"),
        pytest.raises(FacebookRequestError) as refused,
    ):
        place.account.create_campaign(params=campaign_params(objective="NO_SUCH_GOAL"))
    assert refused.value.api_error_code() == 100
