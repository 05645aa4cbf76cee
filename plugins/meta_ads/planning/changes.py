"""What a plan would do to what is already at Meta, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step


class Action(StrEnum):
    """What happens to one object; the value is the sign by which people are shown it."""

    CREATE = "+"
    CHANGE = "~"
    UNCHANGED = "="
    REPLACE = "!"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One Graph parameter by its dotted name, as it is at Meta and as it would be.

    None stands for a parameter that is not there.
    """

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class StepChange:
    """What happens to the object of one step.

    `object_id` is None while there is none. `refusal` says why Meta does not allow it, and what to
    do instead; empty where it does.
    """

    step: Step
    action: Action
    object_id: str | None = None
    fields: tuple[FieldChange, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happens to every step of a plan, in plan order."""

    steps: tuple[StepChange, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing would be done."""
        return all(change.action is Action.UNCHANGED for change in self.steps)

    @property
    def refusals(self) -> tuple[StepChange, ...]:
        """What Meta does not allow."""
        return tuple(change for change in self.steps if change.refusal)

    def count(self, action: Action) -> int:
        """Return how many objects meet this."""
        return sum(change.action is action for change in self.steps)


def missing(plan: Plan, ids: Mapping[str, str]) -> Changes:
    """Return the changes of a plan that matches what is at Meta: what has no id is created.

    `ids` are those of the steps that are done.
    """
    return Changes(
        tuple(
            StepChange(step, Action.UNCHANGED, ids[step.key])
            if step.key in ids
            else StepChange(step, Action.CREATE)
            for step in plan.steps
        )
    )
