"""The SDK, used as its own documentation shows, works against the emulator."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.advideo import AdVideo
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from facebook_business.video_uploader import VideoUploadRequest

from tests.emulator import launches
from tests.emulator.launches import SG, US
from tests.emulator.server import TOKEN, EmulatorProcess

# The SDK's own type list for regional categories is wrong, and it says so on every use.
pytestmark = pytest.mark.filterwarnings("ignore:value of regional_regulated_categories")


@pytest.fixture
def api(emulator: EmulatorProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[FacebookAdsApi]:
    monkeypatch.setattr(FacebookSession, "GRAPH", emulator.url)

    def send(request: VideoUploadRequest, path: object) -> object:
        # The SDK hardcodes the retired graph-video host here.
        return request._api.call("POST", path, params=request._params, files=request._files)

    monkeypatch.setattr(VideoUploadRequest, "send", send)
    yield FacebookAdsApi.init(
        "900000000000001", "emulator-app-secret", TOKEN, crash_log=False, timeout=10
    )
    FacebookAdsApi.set_default_api(None)


@pytest.mark.usefixtures("api")
def test_the_create_chain_makes_an_advantage_plus_campaign(
    emulator: EmulatorProcess, video: bytes, image: bytes, tmp_path: Path
) -> None:
    account = AdAccount(US)
    (tmp_path / "clip.mp4").write_bytes(video)
    (tmp_path / "still.jpg").write_bytes(image)
    clip = AdVideo(parent_id=US)
    clip[AdVideo.Field.filepath] = str(tmp_path / "clip.mp4")
    clip.remote_create()
    still = account.create_ad_image(params={"filename": str(tmp_path / "still.jpg")})
    emulator.pass_time()

    campaign = account.create_campaign(params=launches.campaign())
    ad_set = account.create_ad_set(params=launches.ad_set(US, campaign["id"]))
    creative = account.create_ad_creative(params=launches.creative(US, clip["id"], still["hash"]))
    ad = account.create_ad(params=launches.ad(ad_set["id"], creative["id"]))
    emulator.pass_time()

    state = Campaign(campaign["id"]).api_get(fields=["advantage_state_info"])
    assert state["advantage_state_info"]["advantage_state"] == "ADVANTAGE_PLUS_SALES"
    shown = ad.api_get(fields=["effective_status", "adset_id", "creative"])
    assert shown["effective_status"] == "PAUSED"
    assert shown["adset_id"] == ad_set["id"]
    assert shown["creative"]["id"] == creative["id"]


@pytest.mark.usefixtures("api")
def test_the_sdk_uploader_delivers_the_exact_bytes(
    emulator: EmulatorProcess, video: bytes, tmp_path: Path
) -> None:
    (tmp_path / "clip.mp4").write_bytes(video)
    clip = AdVideo(parent_id=SG)
    clip[AdVideo.Field.filepath] = str(tmp_path / "clip.mp4")
    clip.remote_create()
    kept = emulator.control("GET", f"videos/{clip['id']}")
    assert kept["sha256"] == hashlib.sha256(video).hexdigest()


@pytest.mark.usefixtures("api")
def test_a_cursor_walks_every_page() -> None:
    account = AdAccount(SG)
    names = {f"Campaign {index}" for index in range(7)}
    for name in names:
        account.create_campaign(params=launches.campaign(name=name))
    listed = account.get_campaigns(fields=["name"], params={"limit": 3})
    assert [campaign["name"] for campaign in listed].__len__() == 7
    assert {campaign["name"] for campaign in account.get_campaigns(fields=["name"])} == names


def test_a_batch_answers_each_call_by_itself(api: FacebookAdsApi) -> None:
    account, batch = AdAccount(SG), api.new_batch()
    good, bad = [], []
    for name in ("One", "Two", ""):
        account.create_campaign(
            params=launches.campaign(name=name),
            batch=batch,
            success=lambda answer: good.append(answer.json()["id"]),
            failure=lambda answer: bad.append(answer.error().api_error_code()),
        )
    batch.execute()
    assert len(set(good)) == 2
    assert bad == [100]


@pytest.mark.usefixtures("api")
def test_an_update_and_a_delete_are_read_back() -> None:
    campaign = AdAccount(SG).create_campaign(params=launches.campaign())
    campaign.api_update(params={"name": "Renamed", "status": "ACTIVE"})
    shown = Campaign(campaign["id"]).api_get(fields=["name", "status"])
    assert (shown["name"], shown["status"]) == ("Renamed", "ACTIVE")
    campaign.api_delete()
    assert Campaign(campaign["id"]).api_get(fields=["status"])["status"] == "DELETED"
    assert len(AdAccount(SG).get_campaigns()) == 0


@pytest.mark.usefixtures("api")
def test_a_refusal_reaches_the_caller_with_code_and_subcode() -> None:
    with pytest.raises(FacebookRequestError) as refused:
        AdAccount(SG).create_campaign(params=launches.campaign(daily_budget=1))
    assert refused.value.api_error_code() == 100
    assert refused.value.api_error_subcode() == 1885272
    assert refused.value.body()["error"]["error_user_title"] == "Your Budget Is Too Low"


@pytest.mark.usefixtures("api")
def test_the_user_lists_all_accounts_of_the_world() -> None:
    accounts = User("me").get_ad_accounts(fields=["name", "currency", "timezone_name"])
    assert {account["currency"] for account in accounts} == {"SGD", "USD", "EUR", "JPY", "TWD"}
