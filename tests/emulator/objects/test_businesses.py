"""The user, the business, pages, Instagram accounts and pixels, as launch clients find them."""

import pytest

from tests.emulator.launches import SG, US
from tests.emulator.refusals import assert_broken
from tests.emulator.server import Graph

_BUSINESS, _PAGE, _INSTAGRAM = "700000000000001", "200000000000101", "500000000000101"


def _ids(graph: Graph, path: str) -> list[str]:
    return [row["id"] for row in graph.get(path, limit=100)["data"]]


def test_the_business_owns_the_accounts_and_everything_in_them(graph: Graph) -> None:
    accounts = _ids(graph, f"{_BUSINESS}/owned_ad_accounts")
    assert set(accounts) == set(_ids(graph, "me/adaccounts")) >= {SG, US}
    assert _ids(graph, f"{_BUSINESS}/client_ad_accounts") == []
    assert _PAGE in _ids(graph, f"{_BUSINESS}/owned_pages")
    assert "300000000000101" in _ids(graph, f"{_BUSINESS}/owned_pixels")
    assert _INSTAGRAM in _ids(graph, f"{_BUSINESS}/owned_instagram_accounts")
    assert _ids(graph, "me/businesses") == [_BUSINESS]
    [user] = graph.get(f"{_BUSINESS}/system_users")["data"]
    assert user["id"] == graph.get("me")["id"]


def test_a_page_shows_its_instagram_account(graph: Graph) -> None:
    page = graph.get(_PAGE, fields="name,instagram_business_account,promotion_eligible")
    assert page["instagram_business_account"] == {"id": _INSTAGRAM}
    assert page["promotion_eligible"] is True
    assert _ids(graph, f"{_PAGE}/instagram_accounts") == [_INSTAGRAM]
    assert graph.get(_INSTAGRAM, fields="username")["username"] == "sunrise.retail"
    for edge in ("instagram_accounts", "connected_instagram_accounts"):
        assert _ids(graph, f"{SG}/{edge}") == [_INSTAGRAM]


def test_a_pages_token_shows_only_to_who_may_see_pages(graph: Graph) -> None:
    fields = "id,access_token"
    [mine] = [row for row in graph.get("me/accounts", fields=fields)["data"] if row["id"] == _PAGE]
    as_page = Graph(graph.server, token=mine["access_token"])
    assert as_page.get(_PAGE, fields="name")["name"] == "Sunrise Retail"
    about = graph.get("debug_token", input_token=mine["access_token"])["data"]
    assert (about["type"], about["profile_id"], about["is_valid"]) == ("PAGE", _PAGE, True)
    blind = Graph(graph.server, token="emulator-readonly-token")
    assert blind.get("me/accounts")["data"] == []
    assert "access_token" not in blind.get(_PAGE, fields=fields)
    assert_broken("no_permission", as_page.error("POST", f"{SG}/adlabels", name="x"))


@pytest.mark.parametrize(
    ("text", "valid"),
    [("emulator-token", True), ("emulator-expired-token", False), ("nobodys", False)],
)
def test_a_token_can_be_asked_about(graph: Graph, text: str, valid: bool) -> None:
    about = graph.get("debug_token", input_token=text)["data"]
    assert about["is_valid"] is valid
    assert ("error" in about) is not valid
    assert_broken("missing_param", graph.error("GET", "debug_token"))


def test_a_pixel_reads_and_hears_nothing(graph: Graph) -> None:
    pixel = graph.get("300000000000101", fields="name,creation_time,is_unavailable,last_fired_time")
    assert pixel["is_unavailable"] is False
    assert "last_fired_time" not in pixel
    assert graph.get("300000000000101/stats")["data"] == []
