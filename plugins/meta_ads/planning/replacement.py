"""Creatives that replace others: Meta lets no creative change, so other content is another object.

The first creative of an ad keeps its plain key. Other content has a key that names that content, so
that the same file finds the same creative again, and an ad that goes back finds its old one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from meta_ads.payloads.label import adlabels, tagged
from meta_ads.planning.canonical import canonical_json, digest
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import REFERENCE, Step, StepKind, marker

_TAG = re.compile(r" \[#[A-Z2-7]{10}\]$")
_DIGITS = 8


def untagged(name: str) -> str:
    """Return an object's name without its marker."""
    return _TAG.sub("", name)


def with_replacements(plan: Plan, sent: Mapping[str, Mapping[str, Any]]) -> Plan:
    """Return the plan with other keys for creatives whose own hold other content.

    `sent` holds, by step key, the parameters of every creative that was sent. A creative that only
    its name tells from the one that was sent keeps the old name, since another creative would send
    the ad to review again.
    """
    settled = {step.key: _settled(step, sent) for step in plan.of_kind(StepKind.CREATIVE)}
    if all(key == step.key and plan.step(key) == step for key, step in settled.items()):
        return plan
    steps = (settled.get(step.key) or _referring(step, settled) for step in plan.steps)
    return replace(plan, steps=tuple(steps))


def _settled(step: Step, sent: Mapping[str, Mapping[str, Any]]) -> Step:
    content = _content(step.params)
    there = sent.get(step.key)
    if there is not None and _content(there) != content:
        step = _renamed(step, f"{step.key}~{digest(content)[:_DIGITS]}")
        there = sent.get(step.key)
    if there is None:
        return step
    return replace(step, params={**step.params, "name": there.get("name", step.params["name"])})


def _content(params: Mapping[str, Any]) -> Any:
    kept = {name: value for name, value in params.items() if name not in ("name", "adlabels")}
    return json.loads(canonical_json(kept))


def _renamed(step: Step, key: str) -> Step:
    tag = marker(key)
    name = tagged(untagged(str(step.params["name"])), tag)
    return replace(step, key=key, params={**step.params, "name": name, "adlabels": adlabels(tag)})


def _referring(step: Step, renamed: Mapping[str, Step]) -> Step:
    if all(renamed[key].key == key for key in step.parents if key in renamed):
        return step
    return replace(step, params=_pointed(step.params, renamed))


def _pointed(value: Any, renamed: Mapping[str, Step]) -> Any:
    if isinstance(value, Mapping):
        if value.get(REFERENCE) in renamed:
            return {REFERENCE: renamed[value[REFERENCE]].key}
        return {name: _pointed(item, renamed) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_pointed(item, renamed) for item in value]
    return value
