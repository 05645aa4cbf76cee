"""The levels of a campaign file: what is given above holds below, unless given there too.

A flat file is one ad set with one ad, both at the top of the file.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from meta_ads.campaigns.source import Source, Value
from meta_ads.errors import Problem

AD_SETS, ADS = "ad_sets", "ads"
# An ad shows one of these; the nearest level that names any decides.
MEDIA = ("video", "image", "cards")


@dataclass(frozen=True, slots=True)
class Scope:
    """One campaign, ad set or ad of a file: its YAML path, and the level above it."""

    source: Source
    path: str = ""
    above: Scope | None = None

    def here(self, key: str) -> str:
        """Return the YAML path of a key at this level, whether or not it is given."""
        return f"{self.path}.{key}" if self.path else key

    def given(self, key: str) -> bool:
        """Whether the key stands at this level with a value."""
        return self.source.at(self.here(key)) is not None

    def place(self, key: str) -> str:
        """Return where the key is given: here or at the nearest level above; else here."""
        scope: Scope | None = self
        first = key.partition(".")[0]
        while scope is not None:
            # A medium is one thing: its parts do not come from two levels.
            if scope.given(first if first in MEDIA else key):
                return scope.here(key)
            scope = scope.above
        return self.here(key)

    def value(self, key: str) -> Value:
        """Return the value that holds here; None when it is given nowhere."""
        return self.source.at(self.place(key))

    def text(self, key: str) -> str | None:
        """Return the text that holds here."""
        return self.source.text(self.place(key))

    def texts(self, key: str) -> list[str]:
        """Return the list of texts that holds here."""
        return self.source.texts(self.place(key))

    def media(self) -> tuple[str, ...]:
        """Return the media of the nearest level that names any; more than one is a mistake."""
        scope: Scope | None = self
        while scope is not None:
            named = tuple(key for key in MEDIA if scope.given(key))
            if named:
                return named
            scope = scope.above
        return ()

    def cards(self) -> tuple[Scope, ...]:
        """Return the cards of an ad that shows a carousel, each as a level of its own."""
        if self.media() != ("cards",):
            return ()
        place = self.place("cards")
        items = self.source.at(place)
        return tuple(
            Scope(self.source, f"{place}[{number}]", self)
            for number, item in enumerate(items if isinstance(items, list) else ())
            if isinstance(item, dict)
        )

    def problem(self, key: str, message: str, remedy: str, value: object = "") -> Problem:
        """Return a problem of the value that holds here, where it stands."""
        return self.source.problem(self.place(key), message, remedy, value)


@dataclass(frozen=True, slots=True)
class AdSetScope:
    """An ad set, and the ads in it."""

    scope: Scope
    ads: tuple[Scope, ...]


def ad_set_scopes(source: Source) -> tuple[AdSetScope, ...]:
    """Return the ad sets of a file with their ads; what is no mapping is left out."""
    return tuple(
        AdSetScope(scope, _children(scope, ADS)) for scope in _children(Scope(source), AD_SETS)
    )


def _children(above: Scope, key: str) -> tuple[Scope, ...]:
    path = above.here(key)
    items = above.source.at(path)
    if not isinstance(items, list):
        return (above,)
    return tuple(
        Scope(above.source, f"{path}[{number}]", above)
        for number, item in enumerate(items)
        if isinstance(item, dict)
    )


def part_id(given: str | None, name: str | None, number: int) -> str:
    """Return what tells an ad set or ad from its siblings for ever, whatever its place in the list.

    Its `id`, else its name in small letters and hyphens, else its place.
    """
    if given:
        return given
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain.lower()))
    return slug[:50].strip("-") or str(number)
