"""Pages cover every row once, in one order, forwards and backwards."""

from typing import Any

import pytest

from tests.emulator.insights.market import DAY, Market, Row, number
from tests.emulator.launches import SG

_ASK: dict[str, Any] = {
    "level": "ad", "time_increment": 1, "fields": "ad_id,spend", "breakdowns": "gender",
}  # fmt: skip


@pytest.fixture
def six_ads(market: Market) -> Market:
    """Six ads that began at different times, for eight days."""
    campaign = market.campaign(daily_budget=200000)
    for _ in range(3):
        ad_set = market.ad_set(campaign)
        market.ad(ad_set)
        market.ad(ad_set)
        market.pass_time(DAY)
    market.pass_time(5 * DAY)
    return market


def pages(market: Market, limit: int, **changes: Any) -> list[list[Row]]:
    """Return the pages a client meets who follows ``after``."""
    found, after = [], {}
    while True:
        page = market.get(f"{SG}/insights", **{**_ASK, "limit": limit, **changes, **after})
        found.append(page["data"])
        if "next" not in page.get("paging", {}):
            return found
        after = {"after": page["paging"]["cursors"]["after"]}


@pytest.mark.parametrize("limit", [1, 2, 7, 50, 5000])
def test_pages_of_any_size_show_every_row_once(six_ads: Market, limit: int) -> None:
    whole = [row for page in pages(six_ads, 5000) for row in page]
    keys = [(row["ad_id"], row["date_start"], row["gender"]) for row in whole]
    assert len(set(keys)) == len(keys) == 2 * (8 + 7 + 6) * 3
    found = pages(six_ads, limit)
    assert [row for page in found for row in page] == whole
    assert all(len(page) == limit for page in found[:-1])


def test_an_answer_says_how_to_go_back(six_ads: Market) -> None:
    first = six_ads.get(f"{SG}/insights", **_ASK, limit=10)
    assert "previous" not in first["paging"]
    second = six_ads.get(
        f"{SG}/insights", **_ASK, limit=10, after=first["paging"]["cursors"]["after"]
    )
    assert "previous" in second["paging"]
    back = six_ads.get(
        f"{SG}/insights", **_ASK, limit=10, before=second["paging"]["cursors"]["before"]
    )
    assert back["data"] == first["data"]
    assert back["paging"]["cursors"] == first["paging"]["cursors"]
    assert "previous" not in back["paging"]
    assert "next" in back["paging"]


def test_a_new_ad_moves_no_row_of_a_page_that_follows(six_ads: Market) -> None:
    whole = [row for page in pages(six_ads, 5000) for row in page]
    first = six_ads.get(f"{SG}/insights", **_ASK, limit=40)
    ad = six_ads.ad(six_ads.ad_set(six_ads.campaign()))
    six_ads.pass_time(60)
    rest = pages(six_ads, 40, after=first["paging"]["cursors"]["after"])
    assert first["data"] + [row for page in rest for row in page] == whole
    assert ad


def test_sorted_rows_page_too(six_ads: Market) -> None:
    found = [row for page in pages(six_ads, 9, sort=["spend_descending"]) for row in page]
    spent = [number(row, "spend") for row in found]
    assert spent == sorted(spent, reverse=True)
    everything = [row for page in pages(six_ads, 5000) for row in page]
    assert sorted(map(str, found)) == sorted(map(str, everything))


def test_sorting_needs_no_shown_field(six_ads: Market) -> None:
    found = six_ads.rows(SG, level="ad", fields="ad_id,clicks", sort="impressions_ascending")
    shown = six_ads.rows(SG, level="ad", fields="ad_id,impressions")
    by_size = sorted(shown, key=lambda row: number(row, "impressions"))
    assert [row["ad_id"] for row in found] == [row["ad_id"] for row in by_size]
    assert all("impressions" not in row for row in found)


def test_rows_are_filtered_by_objects_and_by_numbers(six_ads: Market) -> None:
    everything = six_ads.rows(SG, level="ad", fields="ad_id,adset_id,spend")
    one = everything[2]
    by_id = [{"field": "ad.id", "operator": "IN", "value": [one["ad_id"]]}]
    assert six_ads.rows(SG, level="ad", fields="ad_id,adset_id,spend", filtering=by_id) == [one]
    by_set = [{"field": "adset.id", "operator": "EQUAL", "value": one["adset_id"]}]
    [row] = six_ads.rows(SG, level="campaign", fields="spend", filtering=by_set)
    both = [number(row, "spend") for row in everything if row["adset_id"] == one["adset_id"]]
    assert number(row, "spend") == pytest.approx(sum(both))
    limit = sorted(number(row, "spend") for row in everything)[3]
    by_spend = [{"field": "spend", "operator": "GREATER_THAN", "value": limit}]
    rows = six_ads.rows(SG, level="ad", fields="ad_id", filtering=by_spend)
    assert len(rows) == 2
    assert all("spend" not in row for row in rows)


def test_a_cursor_of_something_else_is_refused(six_ads: Market) -> None:
    edge = six_ads.get(f"{SG}/ads")["paging"]["cursors"]["after"]
    for cursor in (edge, "zzz", "%%%"):
        assert six_ads.error(f"{SG}/insights", **_ASK, after=cursor).rule == "bad_cursor"


def test_a_summary_adds_up_all_pages(six_ads: Market) -> None:
    ask = {**_ASK, "breakdowns": None, "limit": 3, "summary": ["spend", "impressions"]}
    asked = {name: one for name, one in ask.items() if one is not None}
    page = six_ads.get(f"{SG}/insights", **asked)
    [account] = six_ads.rows(SG, fields="spend,impressions")
    assert len(page["data"]) == 3
    assert page["summary"] == account
    default = six_ads.get(f"{SG}/insights", fields="spend", level="ad", default_summary="true")
    assert default["summary"]["spend"] == account["spend"]
