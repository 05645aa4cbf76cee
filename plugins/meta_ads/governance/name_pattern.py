"""Name patterns such as `[Brand]_[Market]_[Year]_[Campaign]`: making names, and reading them back.

A value loses every character that separates tokens before it goes into a name, so that a name can
be read in one way only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from meta_ads.campaigns.validation import did_you_mean
from meta_ads.governance.findings import Level

SHARED = ("brand", "market", "channel", "year", "campaign")
# The tokens each level knows; the last one tells its objects apart and must be there.
TOKENS: Mapping[Level, Sequence[str]] = {
    Level.CAMPAIGN: SHARED,
    Level.AD_SET: (*SHARED, "ad set"),
    Level.AD: (*SHARED, "ad set", "ad"),
}
_TOKEN = re.compile(r"\[([^\[\]]*)\]")
# The first of these that separates nothing stands for what a value must not hold.
_STAND_INS = "-_.~"
# The marker of a launched object is written in brackets with a hash sign.
_NEVER = "[]#"


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A checked pattern: its tokens in small letters, and the texts around and between them."""

    text: str
    tokens: tuple[str, ...]
    literals: tuple[str, ...]

    @property
    def separators(self) -> frozenset[str]:
        """Every character that no value may hold."""
        return frozenset(c for literal in self.literals for c in literal if not c.isalnum())

    def sanitised(self, value: str) -> str:
        """Return a value as it goes into a name; empty when nothing of it can.

        Unicode NFC; separators, spaces, brackets and invisible characters become one stand-in.
        """
        stand_in = next(mark for mark in _STAND_INS if mark not in self.separators)
        kept = "".join(
            stand_in if self._refused(character) else character
            for character in unicodedata.normalize("NFC", value)
        )
        return re.sub(f"{re.escape(stand_in)}+", stand_in, kept).strip(stand_in)

    def make(self, values: Mapping[str, str]) -> str:
        """Return the name of sanitised values. KeyError for a token without one."""
        parts = [self.literals[0]]
        for token, literal in zip(self.tokens, self.literals[1:], strict=True):
            parts += [values[token], literal]
        return "".join(parts)

    def read(self, name: str) -> dict[str, str] | None:
        """Return the values in a name, or None when it does not follow the pattern."""
        value = f"([^{re.escape(''.join(sorted(self.separators | set(_NEVER))))}]+)"
        found = re.fullmatch(value.join(map(re.escape, self.literals)), name)
        return dict(zip(self.tokens, found.groups(), strict=True)) if found else None

    def _refused(self, character: str) -> bool:
        return (
            character in self.separators
            or character in _NEVER
            or character.isspace()
            or not character.isprintable()
        )


def name_pattern(text: str, allowed: Sequence[str], needed: str | None = None) -> NamePattern:
    """Return the pattern of these tokens; ValueError with message and remedy when it is none.

    `needed` is the token by which names differ.
    """
    shown = ", ".join(f"[{token.capitalize()}]" for token in allowed)
    literals = _TOKEN.split(text)[::2]
    tokens = [" ".join(token.lower().split()) for token in _TOKEN.findall(text)]
    for token in tokens:
        if token not in allowed:
            raise ValueError(f"has the unknown token [{token}]", did_you_mean(token, allowed))
    if len(set(tokens)) < len(tokens):
        raise ValueError("has a token twice", "Write each token once.")
    if needed is not None and needed not in tokens:
        missing = needed.capitalize()
        raise ValueError(f"lacks [{missing}], which tells names apart", f"The tokens are {shown}.")
    if any(character in _NEVER for literal in literals for character in literal):
        raise ValueError("has a bracket or “#” that is part of no token", "Remove it.")
    for before, after in pairwise(tokens):
        between = literals[tokens.index(before) + 1]
        if all(character.isalnum() for character in between):
            raise ValueError(
                f"has nothing that separates [{before}] from [{after}]", "Write “_” between them."
            )
    pattern = NamePattern(text, tuple(tokens), tuple(literals))
    if pattern.separators.issuperset(_STAND_INS):
        raise ValueError(f"separates by each of {' '.join(_STAND_INS)}", "Leave one of them out.")
    return pattern
