"""The app: its node, its own token, and the exchange of a token for a lasting one."""

from typing import Any

import pytest

from tests.emulator.refusals import assert_broken
from tests.emulator.server import TOKEN, EmulatorProcess, Graph

APP, SECRET = "900000000000001", "emulator-app-secret"
EXCHANGE = {
    "grant_type": "fb_exchange_token",
    "client_id": APP,
    "client_secret": SECRET,
    "fb_exchange_token": TOKEN,
}


def _exchange(server: EmulatorProcess, **changes: str | None) -> Any:
    params = {name: value for name, value in {**EXCHANGE, **changes}.items() if value}
    return server.http.get("/v25.0/oauth/access_token", params=params).json()


@pytest.mark.parametrize("path", ["app", APP])
def test_the_app_is_a_node(graph: Graph, path: str) -> None:
    assert graph.get(path, fields="id,name") == {"id": APP, "name": "Emulated App"}


def test_a_token_is_exchanged_for_a_lasting_one_that_works(
    emulator: EmulatorProcess,
) -> None:
    answer = _exchange(emulator)
    assert answer["token_type"] == "bearer"
    assert answer["expires_in"] == 60 * 86400
    assert Graph(emulator, answer["access_token"]).get("me")["name"] == "Launch System User"


def test_the_apps_own_token_may_ask_about_tokens(emulator: EmulatorProcess) -> None:
    token = _exchange(emulator, grant_type="client_credentials")["access_token"]
    assert token == f"{APP}|{SECRET}"
    assert Graph(emulator, token).get("debug_token", input_token=TOKEN)["data"]["is_valid"]


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("oauth_param_missing", {"client_secret": None}),
        ("unknown_app", {"client_id": "1"}),
        ("bad_client_secret", {"client_secret": "guess"}),
        ("unknown_grant", {"grant_type": "password"}),
        ("bad_token", {"fb_exchange_token": "guess"}),
        ("expired_token", {"fb_exchange_token": "emulator-expired-token"}),
    ],
)
def test_a_wrong_exchange_is_refused(
    emulator: EmulatorProcess, rule: str, changes: dict[str, str | None]
) -> None:
    assert_broken(rule, _exchange(emulator, **changes)["error"])


def test_the_ad_library_wants_a_role_of_its_own(graph: Graph) -> None:
    error = graph.error("GET", "ads_archive", search_terms="x", ad_reached_countries=["US"])
    assert_broken("ad_library_permission", error)
