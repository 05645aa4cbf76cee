"""What a plan may spend is read from its Graph parameters, whichever level holds the budgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from meta_ads.planning.spend import Spend, spend
from meta_ads.planning.step import Step, StepKind

START = datetime(2030, 3, 1, 1, tzinfo=UTC)
END = "2030-03-11T09:00:00+08:00"


def _step(kind: StepKind, end_time: str | None = None, **params: Any) -> Step:
    late = {"end_time": end_time} if end_time else {}
    return Step(
        key=f"act_1/spring/{kind}/{len(params)}", kind=kind, params=params, late_params=late
    )


CASES = {
    "the campaign's daily budget": ([_step(StepKind.CAMPAIGN, daily_budget=5000)], Spend(5000)),
    "the daily budgets of ad sets add up": (
        [
            _step(StepKind.CAMPAIGN),
            _step(StepKind.AD_SET, daily_budget=3000),
            _step(StepKind.AD_SET, daily_budget=2000),
        ],
        Spend(5000),
    ),
    "a lifetime budget is spread over the days of its flight, rounded up": (
        [_step(StepKind.CAMPAIGN, lifetime_budget=70_001), _step(StepKind.AD_SET, END)],
        Spend(7001, 70_001, START + timedelta(days=10)),
    ),
    "a daily budget with an end stops counting there": (
        [_step(StepKind.CAMPAIGN, daily_budget=5000), _step(StepKind.AD_SET, END)],
        Spend(5000, 0, START + timedelta(days=10)),
    ),
    "creatives and ads cost nothing by themselves": (
        [_step(StepKind.CREATIVE, daily_budget=5000), _step(StepKind.AD, daily_budget=5000)],
        Spend(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_spend(name: str) -> None:
    steps, expected = CASES[name]
    assert spend(steps, START) == expected


def test_a_lifetime_budget_without_a_known_flight_counts_whole() -> None:
    assert spend([_step(StepKind.CAMPAIGN, lifetime_budget=70_000)], None).daily == 70_000
