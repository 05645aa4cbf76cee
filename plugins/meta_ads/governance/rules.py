"""Rules of quality as data: what a text must be like, how bad it is when not, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.validation import did_you_mean
from meta_ads.errors import Severity
from meta_ads.governance.findings import Level
from meta_ads.governance.safe_pattern import matches


class RuleKind(StrEnum):
    """How a rule judges a text. `required` judges whether there is one."""

    PATTERN = "pattern"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    CONTAINS = "contains"
    ALLOWED_VALUES = "allowed_values"
    MAX_LENGTH = "max_length"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whom rules hold for: only campaigns with `naming`, only these accounts; else everyone."""

    named_only: bool = False
    accounts: tuple[str, ...] = ()

    def hold_for(self, account: Account | None, *, named: bool) -> bool:
        """Whether a campaign of the account is judged."""
        here = not self.accounts or (account is not None and account.key in self.accounts)
        return here and (named or not self.named_only)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `wanted` is what its kind compares with; `source` says who made the rule."""

    id: str
    level: Level
    field: str
    kind: RuleKind
    wanted: tuple[str, ...]
    severity: Severity
    message: str
    source: str = ""
    coverage: Coverage = Coverage()

    def broken_by(self, text: str) -> bool:
        """Whether a text that is there breaks the rule."""
        first = self.wanted[0]
        match self.kind:
            case RuleKind.PATTERN:
                return not matches(first, text)
            case RuleKind.STARTS_WITH:
                return not text.startswith(first)
            case RuleKind.ENDS_WITH:
                return not text.endswith(first)
            case RuleKind.CONTAINS:
                return first not in text
            case RuleKind.ALLOWED_VALUES:
                return text not in self.wanted
            case RuleKind.MAX_LENGTH:
                return len(text) > int(first)
            case RuleKind.REQUIRED:
                return not text.strip()

    def remedy(self, text: str) -> str:
        """Return what to write, and who says so."""
        wanted = {
            RuleKind.PATTERN: f"It must match {self.wanted[0]}.",
            RuleKind.STARTS_WITH: f"It must start with “{self.wanted[0]}”.",
            RuleKind.ENDS_WITH: f"It must end with “{self.wanted[0]}”.",
            RuleKind.CONTAINS: f"It must contain “{self.wanted[0]}”.",
            RuleKind.MAX_LENGTH: f"Shorten it from {len(text)} to {self.wanted[0]} characters.",
            RuleKind.REQUIRED: f"Add “{self.field}”.",
        }.get(self.kind) or did_you_mean(text, self.wanted)
        return f"{wanted} Source: {self.source}." if self.source else wanted


def rules_for(
    rules: Sequence[Rule], level: Level, account: Account | None, *, named: bool
) -> tuple[Rule, ...]:
    """Return the rules that a campaign, ad set or ad of the account must keep."""
    return tuple(
        rule
        for rule in rules
        if rule.level is level and rule.coverage.hold_for(account, named=named)
    )
