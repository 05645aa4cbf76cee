"""The updates that a change is made of: what is sent to each object, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from meta_ads.planning.changeable import BUDGETS, CLEARED, STATUS, TOGETHER
from meta_ads.planning.changes import Action, Changes, StepChange
from meta_ads.planning.comparison import OFF, ON
from meta_ads.planning.step import StepKind


class Turn(IntEnum):
    """When an update's turn comes: what spends less goes first, what spends more comes last.

    At no moment may more be spent than before all of them or after all of them, whichever is more.
    """

    STOP = 0
    LESS = 1
    OTHER = 2
    START_AD = 3
    START_AD_SET = 4
    MORE = 5
    START_CAMPAIGN = 6


_STARTS = {
    StepKind.AD: Turn.START_AD,
    StepKind.AD_SET: Turn.START_AD_SET,
    StepKind.CAMPAIGN: Turn.START_CAMPAIGN,
}


def in_order(changes: Changes) -> list[StepChange]:
    """Return the objects to update, in the order of their turns; within one, in plan order."""
    updates = [change for change in changes.steps if change.action is Action.CHANGE]
    return sorted(updates, key=turn)


def turn(change: StepChange) -> Turn:
    """Return when the turn of an update comes."""
    for field in change.fields:
        if field.name == STATUS:
            return Turn.STOP if field.after == OFF else _STARTS[change.step.kind]
    budgets = [field for field in change.fields if field.name in BUDGETS]
    if any(field.after > field.before for field in budgets):
        return Turn.MORE
    return Turn.LESS if budgets else Turn.OTHER


def update_params(change: StepChange) -> Mapping[str, Any]:
    """Return the Graph parameters of one update; references stand for ids of other steps.

    A nested parameter is sent whole, since Meta overwrites it whole.
    """
    wanted = {**change.step.params, **change.step.late_params}
    wanted[STATUS] = OFF if change.step.paused else ON
    names = dict.fromkeys(field.name.partition(".")[0] for field in change.fields)
    for group in TOGETHER:
        if group & set(names):
            names |= dict.fromkeys(name for name in wanted if name in group)
    return {name: wanted[name] if name in wanted else CLEARED[name] for name in names}
