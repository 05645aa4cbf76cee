"""What a plan would change at Meta, from what the ledger says is there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from meta_ads.planning.canonical import canonical_json
from meta_ads.planning.changeable import NOT_COMPARED, STATUS, refusal
from meta_ads.planning.changes import Action, Changes, FieldChange, StepChange
from meta_ads.planning.plan import Plan
from meta_ads.planning.replacement import untagged
from meta_ads.planning.step import REFERENCE, Step, StepKind

LEVELS = (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD)
ON, OFF = "ACTIVE", "PAUSED"
TIMES = ("start_time", "end_time")


@dataclass(frozen=True, slots=True)
class KnownObject:
    """What the ledger says of one step that was sent.

    `object_id` is None while nobody knows whether it was made. `params` are the Graph parameters it
    was made with or last took, references and times included; `status` is what it was last meant to
    be, ACTIVE or PAUSED, whether or not its campaign is on. `changing` is an update without a known
    outcome: the object may have these values instead; None is taken away.
    """

    key: str
    kind: StepKind
    object_id: str | None
    spec_hash: str
    params: Mapping[str, Any]
    status: str = ON
    changing: Mapping[str, Any] = field(default_factory=dict)

    @property
    def step(self) -> Step:
        """The step as it was sent, for people."""
        return Step(key=self.key, kind=self.kind, params=self.params)


def compare(plan: Plan, known: Mapping[str, KnownObject], *, live: bool) -> Changes:
    """Return what happens to every step of `plan`, and to parts it no longer has.

    `known` holds, by step key, what was sent of the plan's steps and of the campaign's others.
    `live`: the launch has been switched on. Steps stand in plan order, gone parts at the end.
    """
    steps = [_change(step, known, live=live) for step in plan.steps]
    planned = {step.key for step in plan.steps}
    gone = [item for item in known.values() if item.key not in planned]
    return Changes((*steps, *_gone(gone, known, planned)))


def wanted_status(step: Step) -> str:
    """Return what a campaign, ad set or ad should be once its launch is live."""
    return OFF if step.paused else ON


def _change(step: Step, known: Mapping[str, KnownObject], *, live: bool) -> StepChange:
    there = known.get(step.key)
    if there is None:
        return _new(step, known)
    if there.object_id is None:
        if there.spec_hash == step.spec_hash:
            return StepChange(step, Action.CREATE)
        return StepChange(step, Action.REPLACE, refusal=_unsettled(there))
    if step.kind not in LEVELS:
        return StepChange(step, Action.UNCHANGED, there.object_id)
    fields = tuple(_fields(step, there))
    if not fields:
        return StepChange(step, Action.UNCHANGED, there.object_id)
    refused = _refused(step, there, fields, live=live)
    action = Action.REPLACE if refused else Action.CHANGE
    return StepChange(step, action, there.object_id, fields, refused)


def _new(step: Step, known: Mapping[str, KnownObject]) -> StepChange:
    """Return a create; of a creative that takes another's place, with what differs."""
    base = known.get(step.key.partition("~")[0])
    if step.kind is not StepKind.CREATIVE or base is None or base.object_id is None:
        return StepChange(step, Action.CREATE)
    fields = tuple(_differing(_content(base.params), _content(step.params)))
    return StepChange(step, Action.REPLACE, base.object_id, fields)


def _fields(step: Step, there: KnownObject) -> Iterator[FieldChange]:
    before, after = _content(_before(step, there)), _content({**step.params, **step.late_params})
    differing = list(_differing(before, after))
    yield from differing
    known = {_parameter(change) for change in differing}
    for name, value in _content(there.changing).items():
        if name not in known:
            yield from _differing(value, after.get(name), name)
    for status in (there.status, there.changing.get(STATUS, there.status)):
        if status != wanted_status(step):
            yield FieldChange(STATUS, status, wanted_status(step))
            return


def _parameter(change: FieldChange) -> str:
    return change.name.partition(".")[0]


def _before(step: Step, there: KnownObject) -> Mapping[str, Any]:
    """Return what the object has. Equal digests say it where the ledger kept no parameters."""
    if there.spec_hash != step.spec_hash:
        return there.params
    if not there.params:
        return {**step.params, **step.late_params}
    times = {name: there.params[name] for name in TIMES if name in there.params}
    return {**step.params, **times}


def _refused(step: Step, there: KnownObject, fields: tuple[FieldChange, ...], *, live: bool) -> str:
    """Return every reason why Meta does not let the object change so, with the remedies."""
    before, after = _before(step, there), {**step.params, **step.late_params}
    reasons: dict[str, None] = {}
    remedies: dict[str, None] = {}
    for name in dict.fromkeys(map(_parameter, fields)):
        if name == STATUS:
            continue
        refused = refusal(step.kind, name, before.get(name), after.get(name), live=live)
        if refused is not None:
            reason, remedy = refused
            reasons[reason] = remedies[remedy] = None
    return f"{'; '.join(reasons)}. {' '.join(remedies)}" if reasons else ""


def _gone(
    gone: list[KnownObject], known: Mapping[str, KnownObject], planned: set[str]
) -> Iterator[StepChange]:
    """Refuse parts that are no longer in the file, unless they are paused already."""
    for item in gone:
        if item.kind not in LEVELS:
            continue
        if item.object_id is None:
            yield StepChange(item.step, Action.REPLACE, refusal=_unsettled(item))
        elif not _off(item, known, planned):
            part = item.key.rpartition("/")[2].rpartition(".")[2]
            yield StepChange(
                item.step,
                Action.REPLACE,
                item.object_id,
                refusal=(
                    "it is not in the file any more, and nothing is deleted at Meta. Put it back "
                    f"(with `id: {part}`, if it got another name), and write `status: paused` "
                    "there to stop it."
                ),
            )


def _off(item: KnownObject, known: Mapping[str, KnownObject], planned: set[str]) -> bool:
    """Whether a part, or the part it stands in and that is gone with it, is paused."""
    if item.status == OFF:
        return True
    above = item.params.get("adset_id")
    parent = known.get(above.get(REFERENCE, "")) if isinstance(above, Mapping) else None
    return parent is not None and parent.key not in planned and parent.status == OFF


def _unsettled(item: KnownObject) -> str:
    return (
        f"step {item.key} was sent to Meta with other content, and nobody knows yet whether it was "
        "made. Trigger the launch again in some minutes; if it is held, release it first."
    )


def _content(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is compared of parameters, as JSON values; names without their markers."""
    values: dict[str, Any] = json.loads(canonical_json(params))
    kept = {name: value for name, value in values.items() if name not in NOT_COMPARED}
    if isinstance(kept.get("name"), str):
        kept["name"] = untagged(kept["name"])
    return kept


def _differing(before: Any, after: Any, name: str = "") -> Iterator[FieldChange]:
    """Yield every leaf that differs, by its dotted name, in the order of the new value."""
    if _nested(before) and _nested(after):
        for key in dict.fromkeys([*after, *before]):
            inner = f"{name}.{key}" if name else key
            yield from _differing(before.get(key), after.get(key), inner)
    elif not _same(before, after):
        yield FieldChange(name, before, after)


def _nested(value: Any) -> bool:
    return isinstance(value, Mapping) and REFERENCE not in value


def _same(one: Any, other: Any) -> bool:
    if one == other:
        return True
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return False
