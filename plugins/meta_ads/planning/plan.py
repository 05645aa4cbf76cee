"""The plan: everything one launch will do at Meta, as a value with a hash.

It is built once from the declaration, pinned in the ledger, and read by every later task. A
campaign file edited while a launch runs therefore changes nothing in that launch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from meta_ads.campaigns.account import ApprovalTerms
from meta_ads.campaigns.bidding import Budget
from meta_ads.campaigns.money import Money
from meta_ads.planning.canonical import digest
from meta_ads.planning.spend import Spend, spend
from meta_ads.planning.step import Step, StepKind

FORMAT = 1


@dataclass(frozen=True)
class Plan:
    """The steps in the order in which they can be taken, and when the launch goes live.

    `activate_at` is aware UTC, or None when the launch stays paused. `summary` is what a person
    is shown: names, money and times as text; it is part of the hash, so that an approval covers
    what its giver read. `declared` is the digest of what the person declared: a newer version of
    this package may send other parameters for the same declaration, and that is no change.
    `naming` holds the parts of a generated name, and the `name` itself; empty for a written one.
    `approval` are the account's terms, where it has any; they are part of the hash too.
    """

    campaign_id: str
    account_id: str
    steps: tuple[Step, ...]
    activate_at: datetime | None
    approval_required: bool
    summary: Mapping[str, str]
    declared: str
    naming: Mapping[str, str] = field(default_factory=dict)
    approval: ApprovalTerms | None = None

    @cached_property
    def hash(self) -> str:
        """The sha256 of the plan, 64 hex characters: what an approval names."""
        return digest(self.as_json())

    @cached_property
    def spend(self) -> Spend:
        """What the launch may spend once it is live."""
        return spend(self.steps, self.activate_at)

    @property
    def paused(self) -> bool:
        """Whether the campaign itself is to stay off, or to go off."""
        return any(step.paused for step in self.of_kind(StepKind.CAMPAIGN))

    def of_kind(self, *kinds: StepKind) -> tuple[Step, ...]:
        """Return the steps of these kinds, in plan order."""
        return tuple(step for step in self.steps if step.kind in kinds)

    def step(self, key: str) -> Step:
        """Return one step. Raises KeyError."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    def as_json(self) -> dict[str, Any]:
        """Return the plan as JSON values, to be stored and hashed."""
        named = {"naming": dict(self.naming)} if self.naming else {}
        # Keys that a plan does not need are left out, so that they change no older hash.
        terms = {"approval": _terms_json(self.approval)} if self.approval else {}
        return {
            **named,
            "format": FORMAT,
            "campaign_id": self.campaign_id,
            "account_id": self.account_id,
            "activate_at": self.activate_at.isoformat() if self.activate_at else None,
            "approval_required": self.approval_required,
            **terms,
            "declared": self.declared,
            # Pairs, since Postgres keeps the order of a list and not of an object.
            "summary": [list(pair) for pair in self.summary.items()],
            "steps": [
                {
                    "key": step.key,
                    "kind": str(step.kind),
                    "params": step.params,
                    "source": step.source,
                    "late_params": step.late_params,
                    # Only where it is so: the hashes of older plans hold.
                    **({"paused": True} if step.paused else {}),
                }
                for step in self.steps
            ],
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Plan:
        """Return the plan that `as_json` wrote. ValueError for another format."""
        if body.get("format") != FORMAT:
            raise ValueError(f"plan format {body.get('format')!r} is not {FORMAT}")
        moment = body["activate_at"]
        return cls(
            campaign_id=body["campaign_id"],
            account_id=body["account_id"],
            activate_at=datetime.fromisoformat(moment) if moment else None,
            approval_required=body["approval_required"],
            declared=body["declared"],
            naming=body.get("naming", {}),
            summary=dict(body["summary"]),
            approval=_terms(body["approval"]) if "approval" in body else None,
            steps=tuple(
                Step(
                    key=step["key"],
                    kind=StepKind(step["kind"]),
                    params=step["params"],
                    source=step["source"],
                    late_params=step["late_params"],
                    paused=step.get("paused", False),
                )
                for step in body["steps"]
            ),
        )


def _terms_json(terms: ApprovalTerms) -> dict[str, Any]:
    """Return the terms as JSON values; `meta_ads.approval_refusal` and `decision` read them."""
    values: dict[str, Any] = {
        "above": [
            [budget.amount.amount_minor, budget.amount.currency, budget.lifetime]
            for budget in terms.above
        ],
        "approvers": list(terms.approvers),
        "other_than_author": terms.other_than_author,
        "expires_after": terms.expires_after,
    }
    return {name: value for name, value in values.items() if value}


def _terms(values: Mapping[str, Any]) -> ApprovalTerms:
    return ApprovalTerms(
        above=tuple(
            Budget(Money(amount, currency), lifetime)
            for amount, currency, lifetime in values.get("above", ())
        ),
        approvers=tuple(values.get("approvers", ())),
        other_than_author=values.get("other_than_author", False),
        expires_after=values.get("expires_after", 0),
    )
