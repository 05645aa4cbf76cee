"""An account of ten thousand ads and a million rows: pages cost what they show."""

import base64
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from emulator.insights.totals import totals
from tests.emulator.insights.market import DAY, Market, number
from tests.emulator.server import PROJECT

_WORLD = PROJECT / "include/emulator/insights/large_world.yaml"
_ACCOUNT = "act_100000000000777"
# The clock stands on 2 March 2026: the hundred days before it.
_WHOLE = {"since": "2025-11-22", "until": "2026-03-01"}
_ASK: dict[str, Any] = {
    "level": "ad", "time_increment": 1, "fields": "ad_id,spend,impressions,clicks,actions",
}  # fmt: skip


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """The large world; tests that change it make their own."""
    market = Market(tmp_path_factory.mktemp("large") / "state", _WORLD)
    yield market
    market.close()


def test_it_holds_a_million_rows_and_the_edges_list_its_objects(large: Market) -> None:
    counts = {
        edge: large.get(f"{_ACCOUNT}/{edge}", limit=1, summary="true")["summary"]["total_count"]
        for edge in ("campaigns", "adsets", "ads")
    }
    assert counts == {"campaigns": 10, "adsets": 100, "ads": 10_000}
    ad = large.get(f"{_ACCOUNT}/ads", limit=1, fields="name,effective_status")["data"][0]
    assert ad["effective_status"] == "ACTIVE"
    rows = large.rows(ad["id"], time_increment=1, time_range=_WHOLE, fields="spend")
    assert len(rows) == 100
    assert (rows[0]["date_start"], rows[-1]["date_start"]) == ("2025-11-22", "2026-03-01")
    assert large.rows(_ACCOUNT, time_range={"since": "2025-11-01", "until": "2025-11-21"}) == []


def test_a_page_anywhere_holds_no_more_in_memory_than_its_rows(large: Market) -> None:
    def page(**more: Any) -> Any:
        return large.get(f"{_ACCOUNT}/insights", **_ASK, time_range=_WHOLE, limit=100, **more)

    middle = large.get(f"{_ACCOUNT}/ads", limit=5000)["data"][-1]["id"]
    cursor = base64.urlsafe_b64encode(f"p:{middle}:99:0".encode()).decode()
    page()
    tracemalloc.start()
    for answer in (page(), page(after=cursor)):
        assert len(answer["data"]) == 100
        assert "next" in answer["paging"]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4_000_000


def test_reports_agree_with_totals_worked_out_another_way(large: Market) -> None:
    account = large.emulator.state.objects[_ACCOUNT]
    since, until = date(2026, 2, 27), date(2026, 2, 28)
    known = totals(large.emulator, account, since, until)
    assert known["total"]["rows"] == 20_000
    days = {"since": since.isoformat(), "until": until.isoformat()}
    rows = large.rows(_ACCOUNT, **_ASK, time_range=days, limit=5000)
    assert len(rows) == 20_000
    for name in ("impressions", "clicks"):
        assert sum(number(row, name) for row in rows) == known["total"][name]
    assert round(sum(number(row, "spend") for row in rows) * 100) == known["total"]["spend"]
    for row in rows[::997]:
        assert row["ad_id"] in known["ad"]
    by_campaign = large.rows(
        _ACCOUNT, level="campaign", time_range=days, fields="campaign_id,spend,impressions"
    )
    assert len(by_campaign) == 10
    for row in by_campaign:
        oracle = known["campaign"][row["campaign_id"]]
        assert number(row, "impressions") == oracle["impressions"]
        assert round(number(row, "spend") * 100) == oracle["spend"]
    [whole] = large.rows(_ACCOUNT, time_range=days, fields="impressions")
    assert number(whole, "impressions") == known["total"]["impressions"]
    assert sum(one["spend"] for one in known["days"].values()) == known["total"]["spend"]


def test_the_whole_is_too_much_for_one_answer_and_a_run_takes_it(large: Market) -> None:
    error = large.error(f"{_ACCOUNT}/insights", fields="spend", time_range=_WHOLE)
    assert error.rule == "insights_timeout"
    run = large.post(f"{_ACCOUNT}/insights", **_ASK, time_range=_WHOLE)["report_run_id"]
    large.pass_time(120)
    assert large.get(run, fields="async_status")["async_status"] == "Job Completed"
    page = large.get(f"{run}/insights", limit=3)
    assert len(page["data"]) == 3
    assert "next" in page["paging"]


def test_an_ad_can_be_paused_like_any_other(tmp_path: Path) -> None:
    market = Market(tmp_path / "state", _WORLD)
    ad = market.get(f"{_ACCOUNT}/ads", limit=1)["data"][0]["id"]
    market.post(ad, status="PAUSED")
    market.pass_time(2 * DAY)
    assert market.rows(ad, date_preset="yesterday") == []
    assert len(market.rows(ad, date_preset="last_30d", time_increment=1)) == 29
    market.close()
