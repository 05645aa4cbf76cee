"""What Meta makes of a plan by itself."""

from __future__ import annotations

from typing import Any

import pytest

from meta_ads.planning.computed import advantage_state, what_meta_decides
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step, StepKind

BUDGET = {"daily_budget": 5000}
AUTOMATIC = {"targeting_automation": {"advantage_audience": 1}}
MANUAL = {"targeting_automation": {"advantage_audience": 0}}
PLACED = {**AUTOMATIC, "publisher_platforms": ["facebook"]}


def plan(objective: str, campaign: dict[str, Any], *targetings: dict[str, Any]) -> Plan:
    steps = [Step("c", StepKind.CAMPAIGN, {"objective": objective, **campaign})]
    steps += [
        Step(f"s{number}", StepKind.AD_SET, {"targeting": targeting})
        for number, targeting in enumerate(targetings)
    ]
    return Plan("spring", "act_1", tuple(steps), None, False, {}, "0")


@pytest.mark.parametrize(
    ("objective", "campaign", "targetings", "state", "words"),
    [
        ("OUTCOME_SALES", BUDGET, [AUTOMATIC], "ADVANTAGE_PLUS_SALES", "sales campaign: on"),
        ("OUTCOME_LEADS", BUDGET, [AUTOMATIC], "ADVANTAGE_PLUS_LEADS", "leads campaign: on"),
        ("OUTCOME_APP_PROMOTION", BUDGET, [AUTOMATIC], "ADVANTAGE_PLUS_APP", "app promotion"),
        ("OUTCOME_TRAFFIC", BUDGET, [AUTOMATIC], None, "no Advantage+ campaign for traffic"),
        ("OUTCOME_SALES", {}, [AUTOMATIC], None, "off, since the ad sets have budgets"),
        ("OUTCOME_SALES", BUDGET, [PLACED], None, "off, since placements are chosen"),
        ("OUTCOME_SALES", BUDGET, [AUTOMATIC, PLACED], None, "off, since placements are chosen"),
        ("OUTCOME_SALES", BUDGET, [MANUAL], None, "off, since Advantage+ audience is off"),
        ("OUTCOME_SALES", BUDGET, [AUTOMATIC, MANUAL], "ADVANTAGE_PLUS_SALES", "campaign: on"),
    ],
)
def test_the_state_of_advantage_plus_follows_from_three_settings(
    objective: str,
    campaign: dict[str, Any],
    targetings: list[dict[str, Any]],
    state: str | None,
    words: str,
) -> None:
    made = plan(objective, campaign, *targetings)
    assert advantage_state(made) == state
    assert words in what_meta_decides(made)[0]


@pytest.mark.parametrize(
    ("targetings", "words", "said"),
    [
        ([AUTOMATIC, PLACED], "placements of the ad sets that name none", True),
        ([PLACED], "Meta chooses the placements", False),
        ([AUTOMATIC], "Meta chooses the placements.", True),
        ([AUTOMATIC, AUTOMATIC], "budget out among its 2 ad sets", True),
        ([{**AUTOMATIC, "age_range": [25, 40]}], "suggestions", True),
        ([{**MANUAL, "age_min": 25}], "suggestions", False),
    ],
)
def test_what_meta_chooses_is_said_where_it_does(
    targetings: list[dict[str, Any]], words: str, said: bool
) -> None:
    told = " ".join(what_meta_decides(plan("OUTCOME_SALES", BUDGET, *targetings)))
    assert (words in told) is said
