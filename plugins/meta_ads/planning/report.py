"""What people and their tools are told about a plan: one value, shown as text, JSON or Markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.money import Money
from meta_ads.errors import Problem
from meta_ads.planning.changes import Action, Changes, FieldChange, StepChange
from meta_ads.planning.computed import what_meta_decides
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import REFERENCE, StepKind
from meta_ads.planning.zones import in_both_zones

NOUNS: Mapping[StepKind, str] = {
    StepKind.VIDEO: "video",
    StepKind.IMAGE: "picture",
    StepKind.CREATIVE: "creative",
    StepKind.CAMPAIGN: "campaign",
    StepKind.AD_SET: "ad set",
    StepKind.AD: "ad",
}
# The verb of what is done to something new.
VERBS = {StepKind.VIDEO: "upload", StepKind.IMAGE: "upload"}
_MONEY = frozenset({"daily_budget", "lifetime_budget", "spend_cap", "bid_amount"})
_TIMES = frozenset({"start_time", "end_time"})
_COUNTED = {
    Action.CREATE: "to create",
    Action.CHANGE: "to change",
    Action.REPLACE: "to replace",
    Action.UNCHANGED: "unchanged",
}


@dataclass(frozen=True, slots=True)
class Report:
    """A plan, what it would do, and what goes with it.

    `account` says in which currency and time zone values are shown; without it they are shown as
    Meta counts them. `committed` is what the account's live launches may spend a day once this one
    is live, in minor units; None when nobody asked.
    """

    plan: Plan
    changes: Changes
    account: Account | None = None
    warnings: Sequence[Problem] = ()
    committed: int | None = None

    @property
    def decided_by_meta(self) -> Sequence[str]:
        """What Meta computes and chooses, one sentence each."""
        return what_meta_decides(self.plan)

    @property
    def counts(self) -> str:
        """How many objects meet what; what there are none of is left out, except new ones."""
        shown = [
            f"{self.changes.count(action)} {words}"
            for action, words in _COUNTED.items()
            if self.changes.count(action) or action in (Action.CREATE, Action.UNCHANGED)
        ]
        refused = len(self.changes.refusals)
        return ", ".join([*shown, *([f"{refused} refused"] if refused else [])])

    @property
    def spending(self) -> str:
        """What the launch and its account may spend a day, as a sentence; empty for nothing."""
        daily = self.plan.spend.daily
        if not daily:
            return ""
        said = f"This launch may spend {self.money(daily)} a day"
        if self.committed is None:
            return f"{said}."
        total = self.money(self.committed)
        said = f"{said}; all live campaigns of the account, with it, {total} a day"
        limit = self.account.limits.daily_total if self.account else None
        if limit is None:
            return f"{said}."
        if self.committed <= limit.amount_minor:
            return f"{said}, of {limit} that it may."
        return f"{said}, and its limit is {limit}: as things stand, it will not be switched on."

    def money(self, amount: int) -> str:
        """Return minor units as money."""
        if self.account is None:
            return f"{amount} minor units"
        return str(Money(amount, self.account.currency))

    def value(self, name: str, value: Any) -> str:
        """Return one side of a changed parameter for people: money, both time zones, or JSON."""
        if value is None:
            return "nothing"
        leaf = name.rpartition(".")[2]
        if leaf in _MONEY and str(value).isdigit():
            return self.money(int(value))
        if leaf in _TIMES and self.account is not None:
            return _time(str(value), self.account.timezone)
        if _refers(value):
            return f"the {NOUNS[StepKind(value[REFERENCE].split('/')[2])]} of this plan"
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False)

    def change(self, field: FieldChange) -> str:
        """Return a changed parameter as `name: before → after`."""
        if _refers(field.before) and _refers(field.after):
            noun = NOUNS[StepKind(field.after[REFERENCE].split("/")[2])]
            return f"{field.name}: another {noun}"
        before, after = (self.value(field.name, side) for side in (field.before, field.after))
        return f"{field.name}: {before} → {after}"


def subject(change: StepChange) -> str:
    """Return what an object is called by people."""
    step = change.step
    return str(step.params.get("name") or step.source or "the frame Meta prefers")


def heading(change: StepChange) -> str:
    """Return what happens to an object, without its name: `create campaign`, `ad set 120…`."""
    noun = NOUNS[change.step.kind]
    if change.action is Action.CREATE:
        return f"{VERBS.get(change.step.kind, 'create')} {noun}"
    return f"{noun} {change.object_id}" if change.object_id else noun


def _refers(value: Any) -> bool:
    return isinstance(value, Mapping) and REFERENCE in value


def _time(text: str, timezone: str) -> str:
    try:
        return in_both_zones(datetime.fromisoformat(text), timezone)
    except ValueError:
        return text
