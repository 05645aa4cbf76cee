"""What Meta makes of a plan by itself: what it computes, chooses and does after the launch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step, StepKind

# Only these objectives have a whole state. Source: Marketing API v23, `advantage_state_info`.
ADVANTAGE_PLUS = {
    "OUTCOME_SALES": "ADVANTAGE_PLUS_SALES",
    "OUTCOME_LEADS": "ADVANTAGE_PLUS_LEADS",
    "OUTCOME_APP_PROMOTION": "ADVANTAGE_PLUS_APP",
}
# Source: Meta Business Help Centre, "About the learning phase".
_LEARNING = (
    "Each ad set starts in Meta's learning phase, until about 50 results of its goal within a "
    "week; costs vary until then, and larger edits start it anew."
)
# Source: Marketing API v24, "Budgets": 75 % on a day, seven times the daily budget in a week.
_OVERSPEND = (
    "Meta may spend up to 75 % more than a daily budget on one day, and at most seven times the "
    "daily budget in a week."
)


def advantage_state(plan: Plan) -> str | None:
    """Return the state of Advantage+ that Meta will compute when it is wholly on; None otherwise.

    Meta computes it from three settings: a budget on the campaign, no placements, Advantage+
    audience on some ad set.
    """
    return None if list(_levers_off(plan)) else ADVANTAGE_PLUS.get(_objective(plan))


def what_meta_decides(plan: Plan) -> Sequence[str]:
    """Return what Meta will compute and choose, one sentence each, for people."""
    return list(_sentences(plan))


def _sentences(plan: Plan) -> Iterator[str]:
    yield _advantage(plan)
    ad_sets = plan.of_kind(StepKind.AD_SET)
    if _budget(_campaign(plan)) and len(ad_sets) > 1:
        yield f"Meta shares the campaign's budget out among its {len(ad_sets)} ad sets."
    if not any(map(_places, ad_sets)):
        yield "Meta chooses the placements."
    elif not all(map(_places, ad_sets)):
        yield "Meta chooses the placements of the ad sets that name none."
    if any(_suggests(_targeting(step)) for step in ad_sets):
        yield "Ages, genders and audiences are suggestions; Meta may show the ads to others."
    if any(step.source is None for step in plan.of_kind(StepKind.IMAGE)):
        yield "Meta chooses the frame shown before the video plays."
    if any("daily_budget" in step.params for step in (_campaign(plan), *ad_sets)):
        yield _OVERSPEND
    yield "Meta reviews each ad, from its creation on; it does not deliver before."
    yield _LEARNING


def _advantage(plan: Plan) -> str:
    objective = _objective(plan).removeprefix("OUTCOME_").replace("_", " ").lower()
    if _objective(plan) not in ADVANTAGE_PLUS:
        return f"Advantage+: Meta has no Advantage+ campaign for {objective}."
    off = list(_levers_off(plan))
    if off:
        return f"Advantage+ {objective} campaign: off, since {' and '.join(off)}."
    return (
        f"Advantage+ {objective} campaign: on; budget, audience and placements are in Meta's hands."
    )


def _levers_off(plan: Plan) -> Iterator[str]:
    ad_sets = plan.of_kind(StepKind.AD_SET)
    if not _budget(_campaign(plan)):
        yield "the ad sets have budgets of their own"
    if any(map(_places, ad_sets)):
        yield "placements are chosen"
    if not any(_automatic(_targeting(step)) for step in ad_sets):
        yield "Advantage+ audience is off"


def _campaign(plan: Plan) -> Step:
    [campaign] = plan.of_kind(StepKind.CAMPAIGN)
    return campaign


def _objective(plan: Plan) -> str:
    return str(_campaign(plan).params.get("objective", "OUTCOME_SALES"))


def _budget(step: Step) -> bool:
    return bool({"daily_budget", "lifetime_budget"} & set(step.params))


def _targeting(step: Step) -> Mapping[str, Any]:
    targeting: Mapping[str, Any] = step.params.get("targeting") or {}
    return targeting


def _places(step: Step) -> bool:
    return "publisher_platforms" in _targeting(step)


def _automatic(targeting: Mapping[str, Any]) -> bool:
    automation: Mapping[str, int] = targeting.get("targeting_automation") or {}
    return automation.get("advantage_audience", 1) == 1


def _suggests(targeting: Mapping[str, Any]) -> bool:
    chosen = {"age_range", "genders", "custom_audiences", "flexible_spec"}
    return _automatic(targeting) and bool(chosen & set(targeting))
