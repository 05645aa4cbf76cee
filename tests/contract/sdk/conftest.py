"""An ad account for Meta's own SDK: of the emulator, or a sandbox account at Meta."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.campaign import Campaign
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from tests.emulator.server import TOKEN, EmulatorProcess

SAMPLES = Path(__file__).resolve().parents[3] / "creatives/samples"
_APP, _SECRET = "900000000000001", "emulator-app-secret"


class LocalApi(FacebookAdsApi):  # type: ignore[misc]
    """The SDK's API, with its video uploader led to the session's host.

    The uploader names the retired host graph-video.facebook.com in each of its calls; a subclass
    is enough to send them elsewhere.
    """

    def call(self, *args: Any, url_override: str | None = None, **more: Any) -> Any:
        """Make the call on the session's own host."""
        return super().call(*args, **more)


@dataclass(frozen=True)
class Place:
    """Where the SDK works, and a way to let processing and reports come to their end."""

    api: FacebookAdsApi
    account: AdAccount
    page: str
    settle: Callable[[], object]


@pytest.fixture(scope="session")
def sdk_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    server = EmulatorProcess(tmp_path_factory.mktemp("sdk") / "state", "--tier", "unlimited")
    yield server
    assert server.stop() == 0


@pytest.fixture(params=["emulator", pytest.param("meta", marks=pytest.mark.real_meta)])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "emulator":
        server: EmulatorProcess = request.getfixturevalue("sdk_emulator")
        server.control("POST", "reset")
        session = FacebookSession(_APP, _SECRET, TOKEN, timeout=20)
        session.GRAPH = server.url
        account, page, settle = "act_100000000000202", "200000000000202", server.pass_time
    else:
        if not (os.environ.get("META_SANDBOX_TOKEN") and os.environ.get("META_SANDBOX_ACCOUNT")):
            pytest.skip("no Meta account: set META_SANDBOX_TOKEN and META_SANDBOX_ACCOUNT")
        secret = os.environ.get("META_SANDBOX_APP_SECRET")
        session = FacebookSession(None, secret, os.environ["META_SANDBOX_TOKEN"])
        account, page = os.environ["META_SANDBOX_ACCOUNT"], os.environ.get("META_SANDBOX_PAGE", "")
        settle = _cannot_settle
    api = LocalApi(session)
    FacebookAdsApi.set_default_api(api)
    yield Place(api, AdAccount(account, api=api), page, settle)
    FacebookAdsApi.set_default_api(None)
    session.requests.close()


@pytest.fixture
def new_campaign(place: Place) -> Iterator[Callable[..., Campaign]]:
    """A maker of paused campaigns, which are deleted afterwards."""
    made: list[Campaign] = []

    def make(name: str = "SDK contract", **changes: Any) -> Campaign:
        made.append(place.account.create_campaign(params=campaign_params(name=name, **changes)))
        return made[-1]

    yield make
    for campaign in made:
        if campaign.api_get(fields=["status"])["status"] != "DELETED":
            campaign.api_delete()


def campaign_params(**changes: Any) -> dict[str, Any]:
    """Return a paused traffic campaign's parameters."""
    return {
        "name": "SDK contract",
        "objective": "OUTCOME_TRAFFIC",
        "status": "PAUSED",
        "special_ad_categories": [],
        "daily_budget": 5000,
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        **changes,
    }


def _cannot_settle() -> None:
    pytest.skip("Meta's time cannot be moved")
