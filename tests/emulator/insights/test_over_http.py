"""Insights over the wire: Meta's own SDK, the controls, and a server that is killed."""

import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from emulator.clock import parse_moment
from emulator.insights.days import date_at
from tests.emulator.launches import SG, Launch
from tests.emulator.server import TOKEN, EmulatorProcess, Graph

_FIELDS = ["ad_id", "spend", "impressions", "actions"]
_DAY = 86400


@pytest.fixture
def delivering(launch: Launch) -> Launch:
    """A launch switched on three days ago."""
    graph = launch.graph
    for node in (launch.ad, launch.ad_set, launch.campaign):
        graph.post(node, status="ACTIVE")
    graph.server.pass_time(3 * _DAY)
    return launch


@pytest.fixture
def sdk(emulator: EmulatorProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[FacebookAdsApi]:
    """Meta's SDK, talking to the emulator."""
    monkeypatch.setattr(FacebookSession, "GRAPH", emulator.url)
    session = FacebookSession(access_token=TOKEN)
    session.requests.trust_env = False
    yield FacebookAdsApi(session)
    session.requests.close()


def test_the_sdk_reads_insights_page_by_page(delivering: Launch, sdk: FacebookAdsApi) -> None:
    params = {"level": "ad", "time_increment": 1, "date_preset": "last_7d", "limit": 1}
    rows = list(AdAccount(SG, api=sdk).get_insights(fields=_FIELDS, params=params))
    assert len(rows) == 3
    assert all(row["ad_id"] == delivering.ad and float(row["spend"]) > 0 for row in rows)
    assert len({row["date_start"] for row in rows}) == 3


def test_the_sdk_reads_a_report_run(delivering: Launch, sdk: FacebookAdsApi) -> None:
    params = {"level": "ad", "date_preset": "last_7d", "breakdowns": ["age", "gender"]}
    run = AdAccount(SG, api=sdk).get_insights_async(fields=_FIELDS, params=params)
    assert isinstance(run, AdReportRun)
    assert run.api_get()["async_status"] != "Job Completed"
    delivering.graph.server.pass_time(60)
    read = run.api_get()
    assert (read["async_status"], read["async_percent_completion"]) == ("Job Completed", 100)
    rows = list(run.get_insights(params={"limit": 4}))
    direct = AdAccount(SG, api=sdk).get_insights(fields=_FIELDS, params=params)
    assert [dict(row) for row in rows] == [dict(row) for row in direct]
    assert len(rows) > 10


def test_the_totals_of_the_control_agree_with_reports(delivering: Launch) -> None:
    graph = delivering.graph
    now = parse_moment(graph.server.control("GET", "clock")["now"], "UTC")
    today = date_at(now, "Asia/Singapore")
    since, until = (today - timedelta(days=3)).isoformat(), (today - timedelta(days=1)).isoformat()
    known = graph.server.control("GET", f"insights/totals?account={SG}&since={since}&until={until}")
    ask: dict[str, Any] = {"fields": "spend,impressions,clicks,actions"}
    answer = graph.get(f"{SG}/insights", time_range={"since": since, "until": until}, **ask)
    [row] = answer["data"]
    assert known["total"]["rows"] == 3
    assert int(row["impressions"]) == known["total"]["impressions"]
    assert round(float(row["spend"]) * known["minor_units"]) == known["total"]["spend"]
    assert known["ad"][delivering.ad] == known["campaign"][delivering.campaign] == known["total"]
    refused = graph.server.http.get("/_emulator/insights/totals?account=1")
    assert refused.status_code == 404
    refused = graph.server.http.get(f"/_emulator/insights/totals?account={SG}&since=x")
    assert refused.status_code == 400


def test_orders_and_sizes_are_set_over_the_control(delivering: Launch) -> None:
    graph = delivering.graph
    body = {"limits": {"page_cells": 1}, "report_runs": [{"outcome": "failed", "count": 1}]}
    shown = graph.server.control("POST", "insights", body)
    assert shown["limits"]["page_cells"] == 1
    assert shown["report_runs"][0]["outcome"] == "failed"
    assert graph.error("GET", f"{SG}/insights", level="ad", fields="spend,clicks")["code"] == 1
    wrong = graph.server.http.post("/_emulator/insights", json={"limits": {"page_cells": "many"}})
    assert wrong.status_code == 400
    assert "page_cells" in wrong.json()["error"]
    shown = graph.server.control("DELETE", "insights")
    assert shown["limits"]["page_cells"] > 1
    assert shown["report_runs"] == []


def test_a_killed_server_goes_on_with_its_runs_and_numbers(delivering: Launch) -> None:
    graph, server = delivering.graph, delivering.graph.server
    ask = {"level": "ad", "time_increment": 1, "fields": "ad_id,spend", "date_preset": "last_3d"}
    before = graph.get(f"{SG}/insights", **ask)
    run = graph.post(f"{SG}/insights", **ask)["report_run_id"]
    server.restart(signal.SIGKILL)
    server.pass_time(60)
    after = Graph(server).get(f"{run}/insights")
    assert after["data"] == before["data"]
    assert len(after["data"]) == 3


def test_an_edit_behind_the_clients_back_is_seen(delivering: Launch) -> None:
    graph = delivering.graph
    graph.server.control("POST", f"edit/{delivering.campaign}", {"status": "PAUSED"})
    graph.server.pass_time(2 * _DAY)
    assert graph.get(f"{SG}/insights", date_preset="yesterday")["data"] == []
    assert graph.get(f"{SG}/insights", date_preset="last_7d")["data"]
