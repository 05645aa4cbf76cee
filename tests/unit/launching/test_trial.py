"""What is tried at Meta before it is made, and how a refusal reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from meta_ads.campaigns.loader import load_file
from meta_ads.errors import (
    GraphFault,
    InvalidCampaign,
    Problem,
    RejectedByMeta,
    Severity,
    Throttled,
)
from meta_ads.launching.media_checks import media_paths
from meta_ads.launching.preflight import Checked
from meta_ads.launching.trial import refuse_refused, trials
from meta_ads.planning.explain import summary
from meta_ads.planning.plan import Plan
from meta_ads.planning.planner import build_plan
from meta_ads.planning.step import StepKind
from tests.conftest import PROJECT
from tests.fakes.platform import FakePlatform, Fault

MEDIA = (StepKind.VIDEO, StepKind.IMAGE)
WARNING = Problem("a.yaml", "is silent", "Add sound.", severity=Severity.WARNING)


@pytest.fixture
def checked() -> Checked:
    loaded = load_file(PROJECT, PROJECT / "include/campaigns/examples/spring_formats.yaml")
    digests = {path: "0" * 64 for path in media_paths(loaded.declaration)}
    plan = build_plan(loaded.declaration, digests, summary(loaded.declaration))
    return Checked(plan, loaded, (WARNING,))


class Refusing:
    """Refuses objects of one kind, blaming a field."""

    def __init__(self, kind: StepKind, blame: str | None) -> None:
        self.kind, self.blame = kind, blame

    def validate(self, kind: StepKind, account_id: str, params: Mapping[str, Any]) -> None:
        if kind is self.kind:
            fault = GraphFault(
                "Invalid parameter", 100, 1885272, "Too low", "Raise it.", "AbC", 400, self.blame
            )
            raise RejectedByMeta("ask", fault)


def ids_of(plan: Plan, *kinds: StepKind) -> dict[str, str]:
    return {step.key: f"9{number}" for number, step in enumerate(plan.of_kind(*kinds))}


@pytest.mark.parametrize(
    ("done", "tried"),
    [
        ((), {StepKind.CAMPAIGN}),
        (MEDIA, {StepKind.CAMPAIGN, StepKind.CREATIVE}),
        ((StepKind.CAMPAIGN,), {StepKind.AD_SET}),
        ((*MEDIA, StepKind.CAMPAIGN, StepKind.AD_SET), {StepKind.CREATIVE}),
        ((*MEDIA, StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.CREATIVE), {StepKind.AD}),
        (tuple(StepKind), set()),
    ],
)
def test_what_is_tried_is_new_and_has_all_its_parents(
    checked: Checked, done: tuple[StepKind, ...], tried: set[StepKind]
) -> None:
    steps = trials(checked.plan, ids_of(checked.plan, *done))
    assert {step.kind for step in steps} == tried
    assert len(steps) == len(checked.plan.of_kind(*tried))


def test_nothing_is_asked_when_nothing_is_new(checked: Checked) -> None:
    meta = FakePlatform()
    refuse_refused(checked, ids_of(checked.plan, *StepKind), meta)
    assert meta.calls == []


def test_what_meta_would_take_passes_and_makes_nothing(checked: Checked) -> None:
    meta = FakePlatform()
    refuse_refused(checked, {}, meta)
    assert meta.calls == ["validate"]
    assert meta.created == []


def test_a_refusal_holds_meta_s_words_and_numbers_and_the_warnings(checked: Checked) -> None:
    with pytest.raises(InvalidCampaign) as caught:
        refuse_refused(checked, {}, Refusing(StepKind.CAMPAIGN, "daily_budget"))
    refused, warning = caught.value.problems
    assert warning is WARNING
    for words in ("Too low", "Raise it.", "code 100", "subcode 1885272", "fbtrace_id AbC"):
        assert words in refused.message


@pytest.mark.parametrize(
    ("kind", "done", "blame", "paths"),
    [
        (StepKind.CAMPAIGN, (), "daily_budget", ["daily_budget"]),
        (StepKind.CAMPAIGN, (), "objective", [""]),
        (StepKind.CAMPAIGN, (), None, [""]),
        (StepKind.AD_SET, (StepKind.CAMPAIGN,), "campaign_id", ["ad_sets[0]", "ad_sets[1]"]),
        (
            StepKind.AD_SET,
            (StepKind.CAMPAIGN,),
            "targeting.age_range, name",
            ["ad_sets[0]", "ad_sets[1].targeting"],
        ),
        (
            StepKind.CREATIVE,
            MEDIA,
            "object_story_spec",
            ["ad_sets[0].ads[0]", "ad_sets[0].ads[1]", "ad_sets[1]"],
        ),
        (StepKind.CREATIVE, MEDIA, "url_tags", ["url_parameters"] * 3),
    ],
)
def test_a_refusal_stands_where_the_file_says_what_meta_blames(
    checked: Checked,
    kind: StepKind,
    done: tuple[StepKind, ...],
    blame: str | None,
    paths: list[str],
) -> None:
    with pytest.raises(InvalidCampaign) as caught:
        refuse_refused(checked, ids_of(checked.plan, *done), Refusing(kind, blame))
    refused = [problem for problem in caught.value.problems if problem.is_error]
    assert [problem.path for problem in refused] == paths
    assert all(problem.line for problem in refused)
    assert all(Path(problem.file).name == "spring_formats.yaml" for problem in refused)


def test_a_throttle_is_a_wait_and_no_problem_of_the_file(checked: Checked) -> None:
    meta = FakePlatform()
    meta.fail_next("validate", Fault.THROTTLE)
    with pytest.raises(Throttled):
        refuse_refused(checked, {}, meta)
