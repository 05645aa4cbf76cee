"""Asking Meta about objects before making them: its own rules, on the very parameters to be sent.

Meta can try an object once those it stands under exist: the campaign always, an ad set once its
campaign is made, a creative once its media are uploaded, an ad once it has both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from meta_ads.campaigns.loader import LoadedCampaign
from meta_ads.campaigns.scopes import Scope, ad_set_scopes
from meta_ads.errors import InvalidCampaign, Problem, RejectedByMeta
from meta_ads.launching.preflight import Checked
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step, StepKind, resolve

# What Meta blames, and where it stands in a campaign file when it is called otherwise there.
_KEYS = {
    "optimization_goal": "goal",
    "promoted_object": "pixel_id",
    "start_time": "schedule.activate_at",
    "end_time": "schedule.end_at",
    "bid_constraints": "roas_floor",
    "url_tags": "url_parameters",
}
# Ids of other objects: no key of a file says them.
_REFERENCES = frozenset({"campaign_id", "adset_id", "creative"})
_TRIED = (StepKind.CREATIVE, StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD)


class Trials(Protocol):
    """Meta, asked whether it would take an object."""

    def validate(self, kind: StepKind, account_id: str, params: Mapping[str, Any]) -> None:
        """Return when Meta would create it, and make nothing; raises as `AdPlatform` reads do.

        RejectedByMeta when Meta would refuse it.
        """


def trials(plan: Plan, ids: Mapping[str, str]) -> Sequence[Step]:
    """Return the steps that are still to be created and whose parents all exist.

    `ids` are those of the steps that are done.
    """
    return [
        step
        for step in plan.of_kind(*_TRIED)
        if step.key not in ids and all(parent in ids for parent in step.parents)
    ]


def refuse_refused(checked: Checked, ids: Mapping[str, str], meta: Trials) -> None:
    """Raise InvalidCampaign when Meta would refuse anything of a plan that can be tried.

    Each refusal is told in Meta's own words, at the line that says so. Writes nothing, here or at
    Meta. What says nothing about the plan is raised as it is: a throttle is `Throttled`, a useless
    token `AccessLost`.
    """
    refusals = list(_refusals(checked.plan, ids, checked.loaded, meta))
    if refusals:
        raise InvalidCampaign([*refusals, *checked.warnings])


def _refusals(
    plan: Plan, ids: Mapping[str, str], loaded: LoadedCampaign, meta: Trials
) -> Iterator[Problem]:
    scopes = _scopes(plan, loaded)
    for step in trials(plan, ids):
        params = {**resolve(step.params, ids), **step.late_params}
        try:
            meta.validate(step.kind, plan.account_id, params)
        except RejectedByMeta as refusal:
            scope = scopes[step.key]
            path = _blamed(scope, refusal.fault.blame)
            yield loaded.problem(
                path,
                f"Meta would refuse the {step.kind.replace('_', ' ')} “{step.params['name']}”: "
                f"{refusal.fault}",
                "Correct what Meta names; for its support keep the fbtrace_id.",
            )


def _scopes(plan: Plan, loaded: LoadedCampaign) -> Mapping[str, Scope]:
    """Return the part of the file that each step was made of, by step key."""
    parts: dict[tuple[StepKind, str], Scope] = {}
    places = ad_set_scopes(loaded.source)
    for place, ad_set in zip(places, loaded.declaration.ad_sets, strict=True):
        parts[StepKind.AD_SET, ad_set.part_id] = place.scope
        for scope, ad in zip(place.ads, ad_set.ads, strict=True):
            parts[StepKind.AD, ad.part_id] = parts[StepKind.CREATIVE, ad.part_id] = scope
    top = Scope(loaded.source)
    return {
        step.key: parts.get((step.kind, step.key.rpartition("/")[2]), top)
        for step in plan.of_kind(*_TRIED)
    }


def _blamed(scope: Scope, blame: str | None) -> str:
    """Return the YAML path of what Meta blames first, or that of the whole part."""
    name = (blame or "").partition(",")[0].partition(".")[0]
    key = _KEYS.get(name, name)
    place = scope.place(key) if key and key not in _REFERENCES else ""
    return place if place and place in scope.source.positions else scope.path
