"""Cursors walk every page; batches answer each call by itself."""

from collections.abc import Callable
from typing import Any

from facebook_business.adobjects.campaign import Campaign

from tests.contract.sdk.conftest import Place, campaign_params

NewCampaign = Callable[..., Campaign]


def test_a_cursor_loads_page_after_page(place: Place, new_campaign: NewCampaign) -> None:
    made = [new_campaign(name=f"Page {number}")["id"] for number in range(5)]
    cursor = place.account.get_campaigns(fields=["name"], params={"limit": 2, "summary": True})
    assert [one["id"] for one in cursor[0:2]] == [made[4], made[3]]
    assert cursor.load_next_page()
    assert (cursor[0]["id"], len(cursor)) == (made[2], 2)
    every = place.account.get_campaigns(params={"limit": 2})
    assert set(made) <= {one["id"] for one in every}
    assert not every.load_next_page()


def test_a_cursor_tells_the_total(place: Place, new_campaign: NewCampaign) -> None:
    for number in range(3):
        new_campaign(name=f"Total {number}")
    cursor = place.account.get_campaigns(params={"limit": 1, "summary": "total_count"})
    assert cursor.total() >= 3


def test_a_batch_calls_back_for_each_item(place: Place) -> None:
    good: list[str] = []
    bad: list[int] = []
    batch = place.api.new_batch()
    for name in ("One", "Two", ""):
        place.account.create_campaign(
            params=campaign_params(name=name),
            batch=batch,
            success=lambda answer: good.append(answer.json()["id"]),
            failure=lambda answer: bad.append(answer.error().api_error_code()),
        )
    assert len(batch) == 3
    assert batch.execute() is None
    assert (len(set(good)), bad) == (2, [100])
    for made in good:
        Campaign(made).api_delete()


def test_a_batch_takes_requests_made_beforehand(place: Place, new_campaign: NewCampaign) -> None:
    campaign = new_campaign()
    names: list[Any] = []
    batch = place.api.new_batch()
    request = campaign.api_get(fields=["name"], pending=True)
    batch.add_request(request, success=lambda answer: names.append(answer.json()["name"]))
    batch.execute()
    assert names == ["SDK contract"]
