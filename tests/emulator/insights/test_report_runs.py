"""Asynchronous reports: how they go, how they can go wrong, and that they survive."""

from typing import Any

import pytest

from emulator.insights.control import forget, set_insights
from emulator.policy.rules import all_rules
from tests.emulator.insights.market import DAY, Market
from tests.emulator.launches import SG

_ASK: dict[str, Any] = {"level": "ad", "time_increment": 1, "fields": "ad_id,spend,impressions"}
_STATE = "async_status,async_percent_completion,time_completed,is_running"


@pytest.fixture
def running(market: Market) -> Market:
    """One ad, five days old."""
    market.running_ad()
    market.pass_time(5 * DAY)
    return market


def started(market: Market, node: str = SG, **changes: Any) -> str:
    """Start a run; return its id."""
    return str(market.post(f"{node}/insights", **{**_ASK, **changes})["report_run_id"])


def failure_fields() -> str:
    return "async_status,error_code,error_subcode,error_message,error_user_title,error_user_msg"


def test_a_run_goes_through_its_states_and_gives_what_a_direct_call_gives(
    running: Market,
) -> None:
    run, seen = started(running), []
    for _ in range(30):
        state = running.get(run, fields=_STATE)
        if state["async_status"] not in [one["async_status"] for one in seen]:
            seen.append(state)
        assert state["is_running"] == ("time_completed" not in state)
        running.pass_time(0.1)
    assert [one["async_status"] for one in seen] == [
        "Job Not Started", "Job Started", "Job Running", "Job Completed",
    ]  # fmt: skip
    assert seen[0]["async_percent_completion"] == 0
    assert seen[-1]["async_percent_completion"] == 100
    assert running.rows(run) == running.rows(SG, **_ASK)
    assert len(running.rows(run)) == 5


def test_a_run_says_what_it_is_about_without_being_asked(running: Market) -> None:
    run = started(running, date_preset="last_3d")
    running.pass_time(60)
    shown = running.get(run)
    assert shown["account_id"] == SG.removeprefix("act_")
    assert (shown["date_start"], shown["date_stop"]) == ("2026-03-04", "2026-03-06")
    assert shown["time_completed"] >= shown["time_ref"]
    assert "error_code" not in shown


@pytest.mark.parametrize("level", [0, 1, 2])
def test_every_ad_object_can_be_reported_on(market: Market, level: int) -> None:
    ids = market.running_ad()
    market.pass_time(2 * DAY)
    run = started(market, ids[level], **{"async": "true"})
    market.pass_time(60)
    assert [row["ad_id"] for row in market.rows(run)] == [ids[2], ids[2]]


def test_a_token_that_only_reads_may_start_one(running: Market) -> None:
    token = {"access_token": "emulator-readonly-token"}
    run = started(running, **token)
    running.pass_time(60)
    assert running.get(f"{run}/insights", **token)["data"]


def test_a_run_pages_and_keeps_its_days(running: Market) -> None:
    run = started(running, date_preset="last_3d")
    running.pass_time(3 * DAY)
    page = running.get(f"{run}/insights", limit=2)
    assert f"/{run}/insights?" in page["paging"]["next"]
    rest = running.get(f"{run}/insights", limit=2, after=page["paging"]["cursors"]["after"])
    days = [row["date_start"] for row in page["data"] + rest["data"]]
    assert days == ["2026-03-04", "2026-03-05", "2026-03-06"]


def test_larger_runs_take_longer(running: Market) -> None:
    small = started(running, date_preset="yesterday")
    large = started(running, date_preset="last_90d", breakdowns="age,gender,")
    fields = running.emulator.state.objects
    assert fields[small].fields["_seconds"] < fields[large].fields["_seconds"]


def test_a_run_that_is_not_over_cannot_be_read(running: Market) -> None:
    run = started(running)
    error = running.error(f"{run}/insights")
    assert error.rule == "insights_run_unreadable"
    assert error.transient
    running.pass_time(60)
    assert running.rows(run)


def test_a_run_expires_after_thirty_days(running: Market) -> None:
    run = started(running)
    running.pass_time(30 * DAY)
    assert running.rows(run)
    running.pass_time(60)
    assert running.error(f"{run}/insights").rule == "insights_run_expired"


def test_a_run_survives_a_restart(running: Market) -> None:
    run = started(running)
    running.pass_time(0.7)
    assert running.get(run, fields="async_status")["async_status"] == "Job Running"
    running.restart()
    assert running.get(run, fields="async_status")["async_status"] == "Job Running"
    running.pass_time(60)
    assert running.rows(run) == running.rows(SG, **_ASK)


@pytest.mark.parametrize(
    ("outcome", "rule"),
    [("failed", "insights_run_failed"), ("too_large", "insights_run_too_large")],
)
def test_a_failed_run_says_why(running: Market, outcome: str, rule: str) -> None:
    set_insights(running.emulator, {"report_runs": [{"outcome": outcome}]})
    run, good = started(running), started(running)
    assert "error_code" not in running.get(run, fields=failure_fields())
    running.pass_time(60)
    shown, known = running.get(run, fields=failure_fields()), all_rules()[rule]
    assert shown["async_status"] == "Job Failed"
    assert (shown["error_code"], shown["error_subcode"]) == (known.code, known.subcode)
    assert shown["error_user_title"] == known.title
    assert shown["error_user_msg"] == known.user_message
    assert running.error(f"{run}/insights").rule == "insights_run_unreadable"
    assert running.rows(good), "only one was to fail"


def test_a_skipped_run_ends_without_rows(running: Market) -> None:
    set_insights(running.emulator, {"report_runs": [{"outcome": "skipped"}]})
    run = started(running)
    running.pass_time(60)
    shown = running.get(run, fields=_STATE)
    assert (shown["async_status"], shown["is_running"]) == ("Job Skipped", False)
    assert running.error(f"{run}/insights").rule == "insights_run_unreadable"


def test_a_stuck_run_never_ends(running: Market) -> None:
    set_insights(running.emulator, {"report_runs": [{"outcome": "stuck"}]})
    run = started(running)
    for _ in range(5):
        running.pass_time(DAY)
        shown = running.get(run, fields=_STATE)
        assert (shown["async_status"], shown["is_running"]) == ("Job Running", True)
        assert shown["async_percent_completion"] == 87


def test_a_completed_run_may_be_unreadable_for_a_while(running: Market) -> None:
    order = {"outcome": "unreadable", "seconds": 100}
    set_insights(running.emulator, {"report_runs": [order]})
    run = started(running)
    running.pass_time(60)
    shown = running.get(run, fields=_STATE)
    assert shown["async_status"] == "Job Completed"
    assert shown["async_percent_completion"] == 100
    assert running.error(f"{run}/insights").rule == "insights_run_unreadable"
    running.pass_time(60)
    assert len(running.rows(run)) == 5


def test_orders_choose_by_node_and_parameters_and_outlive_a_restart(running: Market) -> None:
    orders = [
        {"outcome": "failed", "count": 0, "match": {"breakdowns": "age"}},
        {"outcome": "stuck", "node": "1"},
    ]
    set_insights(running.emulator, {"report_runs": orders})
    running.restart()
    struck = [started(running, breakdowns="age,gender") for _ in range(3)]
    spared = started(running)
    running.pass_time(60)
    for run in struck:
        assert running.get(run, fields="async_status")["async_status"] == "Job Failed"
    assert running.get(spared, fields="async_status")["async_status"] == "Job Completed"
    forget(running.emulator)
    assert running.emulator.state.settings["insights_orders"]["report_runs"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"runs": []},
        {"report_runs": {}},
        {"report_runs": [{"outcome": "late"}]},
        {"report_runs": [{"outcome": "failed", "times": 2}]},
        {"report_runs": [{"outcome": "failed", "count": -1}]},
        {"report_runs": [{"outcome": "failed", "match": "age"}]},
        {"reads": [{"outcome": "stuck"}]},
        {"limits": {"pages": 1}},
        {"limits": {"page_cells": 0}},
        {"limits": {"page_cells": 9}, "reads": [{"outcome": "late"}]},
    ],
)
def test_a_wrong_order_changes_nothing(running: Market, wrong: dict[str, Any]) -> None:
    before = dict(running.emulator.state.settings)
    with pytest.raises(ValueError, match=r"\w"):
        set_insights(running.emulator, wrong)
    assert running.emulator.state.settings == before
