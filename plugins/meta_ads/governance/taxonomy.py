"""The naming taxonomy: registries of brands, markets and channels, name patterns, and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from meta_ads.campaigns.validation import did_you_mean
from meta_ads.errors import Problem
from meta_ads.governance.findings import Level
from meta_ads.governance.name_pattern import NamePattern
from meta_ads.governance.rules import Rule
from meta_ads.governance.url_rules import UrlRules

FILE = "configs/taxonomy.yaml"
# Each registry, by the token whose values it holds.
REGISTRIES: Mapping[str, str] = {"brand": "brands", "market": "markets", "channel": "channels"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One brand, market or channel. `code` stands in names; label and aliases are for people."""

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    active: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        """What a person may write for it, each once."""
        return tuple(dict.fromkeys((self.code, self.label, *self.aliases)))


@dataclass(frozen=True, slots=True)
class Registry:
    """The entries of one kind, by code."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def find(self, text: str) -> Entry | None:
        """Return the entry of a code, label or alias, whatever its capitals."""
        wanted = text.casefold()
        for entry in self.entries.values():
            if wanted in (word.casefold() for word in entry.words):
                return entry
        return None

    def nearest(self, text: str) -> str:
        """Return `Did you mean “SUN”?`, or what is allowed."""
        words = {w: e.code for e in self.entries.values() if e.active for w in e.words}
        near = did_you_mean(text, list(words))
        if near.startswith("Allowed"):
            codes = ", ".join(entry.code for entry in self.entries.values() if entry.active)
            return f"Allowed: {codes or 'none yet'}; a new one goes into {FILE}."
        return near


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Everything of the file. `exists` is False without one; `problems` are what is wrong in it.

    `registries` are by token: `brand`, `market`, `channel`. A level without a pattern in `names`
    has names as its file gives them.
    """

    registries: Mapping[str, Registry] = field(default_factory=dict)
    default_channel: str | None = None
    names: Mapping[Level, NamePattern] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    url_rules: UrlRules = field(default_factory=UrlRules)
    exists: bool = False
    problems: tuple[Problem, ...] = ()

    def codes(self) -> Iterator[tuple[str, Entry]]:
        """Yield every entry with the token of its registry."""
        for token, registry in self.registries.items():
            for entry in registry.entries.values():
                yield token, entry
