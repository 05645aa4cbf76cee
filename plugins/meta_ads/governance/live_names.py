"""Judge the names of what stands at Meta, whoever gave them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from meta_ads.campaigns.account import Account
from meta_ads.errors import Severity
from meta_ads.governance.findings import Finding, Level
from meta_ads.governance.rules import rules_for
from meta_ads.governance.taxonomy import FILE, Taxonomy

# What a launch adds to every name, so that a lost object is found again.
_MARKER = re.compile(r" ?\[#[A-Z2-7]{10}\]")
TAXONOMY, RENAMED = "taxonomy", "renamed"


@dataclass(frozen=True, slots=True)
class LiveObject:
    """One campaign, ad set or ad at Meta. `launched_as` is the generated name it was given."""

    object_id: str
    level: Level
    name: str
    launched_as: str | None = None


def live_findings(
    objects: Iterable[LiveObject], account: Account | None, taxonomy: Taxonomy
) -> Iterator[tuple[LiveObject, Finding]]:
    """Yield what is wrong with each name.

    What was launched with a generated name must still have it. In an account with
    `naming: required` every name must read as its pattern says. Rules about names hold as they do
    for files.
    """
    required = account is not None and account.naming_required
    for item in objects:
        name = _MARKER.sub("", item.name)
        named = item.launched_as is not None
        if item.launched_as is not None and name != _MARKER.sub("", item.launched_as):
            yield item, _finding(item, RENAMED, f"was launched as “{item.launched_as}”")
        elif required and not named:
            message = _misread(name, item.level, taxonomy)
            if message is not None:
                yield item, _finding(item, TAXONOMY, message)
        for rule in rules_for(taxonomy.rules, item.level, account, named=named or required):
            if rule.field == "name" and rule.broken_by(name):
                message = f"breaks the rule “{rule.id}”: {rule.message}"
                yield item, _finding(item, rule.id, message, rule.severity, rule.remedy(name))


def _misread(name: str, level: Level, taxonomy: Taxonomy) -> str | None:
    """Return why a name does not follow its level's pattern, or None."""
    pattern = taxonomy.names.get(level)
    if pattern is None:
        return None
    values = pattern.read(name)
    if values is None:
        return f"does not read as {pattern.text}"
    for token, value in values.items():
        registry = taxonomy.registries.get(token)
        # A code that is no longer active may well be live.
        if registry is not None and value not in registry.entries:
            return f"has no {token} of {FILE}: {value}"
    return None


def _finding(
    item: LiveObject,
    rule: str,
    message: str,
    severity: Severity = Severity.ERROR,
    remedy: str = "Rename it in Ads Manager.",
) -> Finding:
    return Finding(rule, severity, item.level, item.level.words, "name", item.name, message, remedy)
