"""A finding: one rule that one campaign, ad set or ad does not keep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from meta_ads.campaigns.source import Source
from meta_ads.errors import Problem, Severity


class Level(StrEnum):
    """What a rule or a name pattern is for."""

    CAMPAIGN = "campaign"
    AD_SET = "ad_set"
    AD = "ad"

    @property
    def words(self) -> str:
        """As people write it."""
        return self.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not keep a rule, where, and what to do.

    `rule` is the rule's id, `object` the campaign, ad set or ad in words, `path` the YAML path of
    the value. `message` ends without a full stop, `remedy` with one, as those of a problem do.
    """

    rule: str
    severity: Severity
    level: Level
    object: str
    path: str
    value: str
    message: str
    remedy: str

    def problem_in(self, source: Source) -> Problem:
        """Return it as a problem of a campaign file, with line and column."""
        found = source.problem(self.path, self.message, self.remedy, self.value)
        return replace(found, severity=self.severity)
