"""Meta's allowances: the model of scores and hours, its refusals, and the headers that tell it."""

import json
from typing import Any

import httpx
import pytest

from emulator.calls.quotas import TIERS, Score, Window, read_limits
from tests.emulator import launches
from tests.emulator.launches import SG, US, Launch
from tests.emulator.refusals import assert_broken
from tests.emulator.server import EmulatorProcess, Graph

DEVELOPMENT = TIERS["development"]


def test_the_development_score_takes_sixty_reads_or_twenty_writes() -> None:
    for points, calls in ((1, 60), (3, 20)):
        score = Score()
        assert [score.add(points, 0.0, DEVELOPMENT) for _ in range(calls)] == [True] * calls
        assert not score.add(points, 0.0, DEVELOPMENT)


def test_a_score_drains_evenly_and_a_full_one_blocks_for_the_tiers_time() -> None:
    score = Score()
    assert score.add(60, 0.0, DEVELOPMENT)
    assert score.now(150.0, DEVELOPMENT) == 30
    assert score.reset_seconds(150.0, DEVELOPMENT) == 150
    assert not score.add(31, 150.0, DEVELOPMENT)
    assert score.blocked_seconds(150.0, DEVELOPMENT) == 300
    assert not score.add(1, 449.0, DEVELOPMENT)
    assert score.percent(449.0, DEVELOPMENT) == 100
    assert score.add(1, 450.0, DEVELOPMENT)


def test_a_clock_set_back_does_not_block_for_longer() -> None:
    score, window = Score(), Window()
    score.blocked_until = 10_000.0
    window.add(10_000.0, 500)
    assert score.add(1, 0.0, DEVELOPMENT)
    assert window.total(0.0) == 0


def test_an_hour_rolls_on_by_the_minute() -> None:
    window = Window()
    window.add(0.0, 5)
    window.add(1800.0, 5)
    assert window.total(3599.0) == 10
    assert window.seconds_until_below(1800.0, 6) == 1800
    assert window.seconds_until_below(1800.0, 5) == 3600
    assert window.total(3600.0) == 5
    assert window.seconds_until_below(3600.0, 6) == 0


def test_active_ads_add_to_an_account_and_user_errors_take_off() -> None:
    full = TIERS["full"]
    assert full.hourly("ads_management", 10, 0) == 100_400
    assert full.hourly("ads_insights", 10, 1000) == 190_000 + 4_000 - 1
    assert DEVELOPMENT.hourly("ads_management", 0, 0) == 300
    assert DEVELOPMENT.hourly("ads_insights", 0, 0) == 600


@pytest.mark.parametrize(
    ("tier", "changes"), [("gold", {}), ("full", {"scores": 1}), ("full", {"score": -1})]
)
def test_a_wrong_tier_or_limit_is_refused(tier: str, changes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"tier|limit"):
        read_limits(tier, changes)


def _set(emulator: EmulatorProcess, **limits: int) -> None:
    emulator.control("POST", "quotas", {"limits": limits, "forget": True})


def _header(answer: httpx.Response, name: str) -> Any:
    return json.loads(answer.headers[name])


def test_reads_and_writes_over_the_score_are_refused_until_the_block_is_over(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    emulator.control("POST", "quotas", {"tier": "development", "forget": True})
    answers = [graph.call("GET", SG) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [400]
    assert_broken("throttled_score", answers[-1].json()["error"])
    assert answers[-1].json()["error"]["is_transient"] is True
    usage = _header(answers[-1], "x-ad-account-usage")
    assert usage["acc_id_util_pct"] == 100
    assert 290 < usage["reset_time_duration"] <= 300
    assert usage["ads_api_access_tier"] == "development_access"
    error = graph.error("POST", f"{SG}/campaigns", **launches.campaign())
    assert_broken("throttled_score_of_writes", error)
    graph.get(US)
    emulator.pass_time(301)
    graph.get(SG)


def test_hours_are_counted_per_use_case_and_tell_when_access_comes_back(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    _set(emulator, ads_management=3, ads_insights=2)
    answers = [graph.call("GET", f"{SG}/campaigns") for _ in range(4)]
    assert_broken("throttled_ads_management", answers[-1].json()["error"])
    cases = _header(answers[-1], "x-business-use-case-usage")[SG[4:]]
    assert [(row["type"], row["call_count"]) for row in cases] == [("ads_management", 100)]
    assert 59 <= cases[0]["estimated_time_to_regain_access"] <= 60
    answers = [graph.call("GET", f"{SG}/insights") for _ in range(3)]
    assert_broken("throttled_ads_insights", answers[-1].json()["error"])
    cases = _header(answers[-1], "x-business-use-case-usage")[SG[4:]]
    assert [row["type"] for row in cases] == ["ads_insights", "ads_management"]
    assert _header(answers[-1], "x-fb-ads-insights-throttle")["acc_id_util_pct"] == 100
    graph.get(f"{US}/insights")
    emulator.pass_time(3600)
    graph.get(f"{SG}/campaigns")


def test_a_report_run_and_its_polls_count_as_insights(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    _set(emulator)
    run = graph.post(f"{SG}/insights", level="campaign", fields="spend")["report_run_id"]
    graph.get(run)
    used = emulator.control("GET", "quotas")["accounts"][SG]
    assert (used["ads_insights"]["calls"], used["ads_management"]["calls"]) == (2, 0)


def test_an_active_ad_raises_the_hourly_allowance(
    emulator: EmulatorProcess, graph: Graph, launch: Launch
) -> None:
    for node in (launch.ad, launch.ad_set, launch.campaign):
        graph.post(node, status="ACTIVE")
    emulator.pass_time(120)
    graph.get(SG)
    row = emulator.control("GET", "quotas")["accounts"][SG]
    assert row["active_ads"] == 1
    assert (row["ads_management"]["limit"], row["ads_insights"]["limit"]) == (100_040, 190_400)


def test_an_app_over_its_calls_is_refused_everywhere(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    _set(emulator, app_users=0)
    answer = graph.call("GET", "me")
    assert answer.status_code == 403
    assert_broken("throttled_app", answer.json()["error"])
    assert _header(answer, "x-app-usage")["call_count"] == 100
    _set(emulator, app_insights=0)
    graph.get(SG)
    assert_broken("throttled_app_insights", graph.error("GET", f"{SG}/insights"))


def test_too_many_changes_in_one_second_are_refused(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    _set(emulator, mutations_per_second=0)
    graph.get(f"{SG}/campaigns")
    graph.post(f"{SG}/adlabels", name="labels are not limited")
    error = graph.error("POST", f"{SG}/campaigns", **launches.campaign())
    assert_broken("throttled_mutations", error)
    assert SG[4:] in error["error_user_msg"]


def test_an_ad_sets_budget_changes_four_times_an_hour(
    emulator: EmulatorProcess, graph: Graph, launch: Launch
) -> None:
    params = launches.ad_set(SG, launch.plain_campaign, daily_budget=5000)
    node = graph.post(f"{SG}/adsets", **params)["id"]
    for budget in (5100, 5200, 5300, 5400):
        graph.post(node, daily_budget=budget)
    error = graph.error("POST", node, daily_budget=5500)
    assert_broken("throttled_ad_set_budget", error)
    graph.post(node, name="names may change")
    emulator.pass_time(3600)
    graph.post(node, daily_budget=5500)


def test_each_batch_item_counts_and_is_refused_alone(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    _set(emulator, ads_management=2)
    items = [{"method": "GET", "relative_url": node} for node in (SG, SG, SG, US)]
    answer = graph.post("", batch=items)
    assert [item["code"] for item in answer] == [200, 200, 400, 200]
    assert_broken("throttled_ads_management", json.loads(answer[2]["body"])["error"])


def test_a_token_that_is_refused_uses_nothing_up(emulator: EmulatorProcess, graph: Graph) -> None:
    _set(emulator)
    Graph(emulator, "nobody").error("GET", SG)
    assert emulator.control("GET", "quotas")["app"]["calls"] == 0
    graph.get(SG)
    summary = emulator.control("GET", "quotas")
    assert summary["app"]["calls"] == 1
    assert 0 < summary["accounts"][SG]["score"] <= 1


def test_the_tier_and_the_limits_survive_a_restart(emulator: EmulatorProcess) -> None:
    emulator.control("POST", "quotas", {"tier": "development", "limits": {"score": 7}})
    emulator.restart()
    summary = emulator.control("GET", "quotas")
    assert (summary["tier"], summary["limits"]["score"]) == ("development", 7)


@pytest.mark.parametrize(
    "body", [{"tier": "gold"}, {"limits": {"scores": 1}}, {"limits": [1]}, {"speed": 1}, {}]
)
def test_a_wrong_quota_is_refused_and_changes_nothing(
    emulator: EmulatorProcess, body: dict[str, Any]
) -> None:
    before = emulator.control("GET", "quotas")
    answer = emulator.http.post("/_emulator/quotas", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert emulator.control("GET", "quotas") == before
