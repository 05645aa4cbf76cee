"""What to do next with a step: one pure decision, from what the ledger and Meta show.

The protocol is drawn in plugins/meta_ads/README.md. It never needs to know why an earlier worker
stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from meta_ads.launching.ports import FoundObject, StepRecord, StepState
from meta_ads.launching.timing import Timing


@dataclass(frozen=True, slots=True)
class Use:
    """The object exists and is recorded."""

    object_id: str


@dataclass(frozen=True, slots=True)
class Search:
    """Look for the marker at Meta before anything else."""


@dataclass(frozen=True, slots=True)
class Adopt:
    """An object with our marker exists: record it. `extras` are further ones."""

    object_id: str
    extras: tuple[FoundObject, ...] = ()


@dataclass(frozen=True, slots=True)
class Create:
    """It is certain that no attempt created the object: send one."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Too soon to know; decide again at `until`. `count` whether this look-up was a settled one."""

    until: datetime
    reason: str
    count: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Only a person can know."""

    reason: str


Decision = Use | Search | Adopt | Create | Wait | Hold


def decide(
    record: StepRecord, now: datetime, timing: Timing, found: Sequence[FoundObject] | None
) -> Decision:
    """Return what to do next. `found` is None until the marker has been looked up.

    `now` is the database's clock, as `record.attempt_at` is.
    """
    if record.state is StepState.DONE:
        assert record.object_id is not None, "a constraint of the ledger"
        return Use(record.object_id)
    if record.state is StepState.HELD:
        return Hold(record.last_error or "held")
    if record.not_before is not None and now < record.not_before:
        return Wait(record.not_before, f"{record.last_error or 'Meta asked to wait'}.")
    if found is None:
        return Search()
    ours = _ours(found)
    if ours:
        return Adopt(ours[0].object_id, ours[1:])
    if record.state is StepState.NEW:
        return Create()
    return _not_found(record, now, timing)


@dataclass(frozen=True, slots=True)
class Twins:
    """Further objects of a step that has one: `paused` may go, `live` a person must see."""

    paused: tuple[FoundObject, ...]
    live: tuple[FoundObject, ...]


def twins(found: Sequence[FoundObject], object_id: str) -> Twins:
    """Return the objects besides `object_id` that our own attempts made.

    Only a recorded id is ever switched on, so a twin that is live was switched on by a person.
    """
    others = [item for item in _ours(found) if item.object_id != object_id]
    return Twins(
        tuple(item for item in others if item.effective_status != "ACTIVE"),
        tuple(item for item in others if item.effective_status == "ACTIVE"),
    )


def _ours(found: Sequence[FoundObject]) -> tuple[FoundObject, ...]:
    """Return what our attempts made, oldest first: a copy carries our marker and is a person's."""
    ours = (item for item in found if item.copied_from is None)
    return tuple(sorted(ours, key=lambda item: (len(item.object_id), item.object_id)))


def _not_found(record: StepRecord, now: datetime, timing: Timing) -> Decision:
    """Decide for an attempt with an unknown outcome whose object is not (yet) in Meta's lists."""
    assert record.attempt_at is not None, "a constraint of the ledger"
    settled = record.attempt_at + timing.quiescence
    what = f"Step {record.key}: attempt {record.epoch} has no known outcome"
    if now < settled:
        until = min(settled, now + timing.between_searches)
        return Wait(until, f"{what}; Meta may still create it until {settled:%H:%M:%S} UTC.")
    if record.searches < 1:
        return Wait(
            now + timing.between_searches, f"{what}; it is looked up once more.", count=True
        )
    if record.epoch >= timing.attempts:
        # On lines of their own: Airflow does not wrap a log, and the way out must not be cut off.
        return Hold(
            f"{what}, and {record.epoch} attempts left no trace at Meta.\n"
            f"Search Ads Manager for “{record.marker}”, among deleted and archived objects too. If "
            f"the {_noun(record)} is there:\n"
            f"    `adlaunch release {record.key} --object-id ID`, with its id. If it is not:\n"
            f"    `adlaunch release {record.key}`\n"
            "Then trigger the launch again."
        )
    return Create()


def _noun(record: StepRecord) -> str:
    return str(record.kind).replace("_", " ")
