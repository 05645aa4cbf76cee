"""Generate the names of a campaign file with `naming`: `{brand: SUN, market: SG, campaign: …}`.

It reads the file's own text and does not ask whether the rest of it is in order, so that one report
holds every problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from meta_ads.campaigns.account import DEFAULT_TIMEZONE, Account
from meta_ads.campaigns.assembly import numbered
from meta_ads.campaigns.campaign_file import LONGEST_NAME
from meta_ads.campaigns.schedule import parse_moment
from meta_ads.campaigns.scopes import Scope, ad_set_scopes
from meta_ads.campaigns.source import Source
from meta_ads.errors import Problem
from meta_ads.governance.findings import Level
from meta_ads.governance.name_pattern import NamePattern
from meta_ads.governance.taxonomy import FILE, Taxonomy

NAMING = "naming"
_YEAR = re.compile(r"20\d\d", re.ASCII)


@dataclass(slots=True)
class Names:
    """The names of one file, as far as they can be told.

    `parts` holds those of ad sets and ads by level and YAML path; a flat file has one of each, at
    the empty path. `tokens` are the parts of the campaign's name; empty when a person wrote it.
    """

    campaign: str | None = None
    parts: dict[tuple[Level, str], str] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def names_of(source: Source, account: Account | None, taxonomy: Taxonomy) -> Names:
    """Return every name of a file, generated or written."""
    names = Names(campaign=source.text("name"))
    if source.at(NAMING) is None:
        if account is not None and account.naming_required and "name" in source.positions:
            names.problems.append(
                source.problem(
                    "name",
                    f"is written by hand, and campaigns of {account.key} get theirs from {FILE}",
                    "Write “naming: {brand: …, market: …, campaign: …}” in its place.",
                    names.campaign,
                )
            )
    elif isinstance(source.at(NAMING), dict):
        _generate(source, account, taxonomy, names)
    if names.campaign is not None:
        names.parts = dict(_parts(source, names.campaign, names.tokens, taxonomy))
        if names.tokens:
            names.problems.extend(_too_long(source, names))
    return names


def _generate(source: Source, account: Account | None, taxonomy: Taxonomy, names: Names) -> None:
    """Make the campaign's name, or say why there is none."""
    names.campaign = None
    pattern = taxonomy.names.get(Level.CAMPAIGN)
    if taxonomy.problems:
        message, remedy = f"is read by {FILE}, which has errors", f"Correct {FILE} first."
        names.problems.append(source.problem(NAMING, message, remedy))
        return
    if pattern is None:
        message = f"needs a pattern, and {FILE} has none for campaigns"
        remedy = f"Add “names: {{campaign: …}}” to {FILE}, or write “name: …” in its place."
        names.problems.append(source.problem(NAMING, message, remedy))
        return
    maker = _Tokens(source, account, taxonomy, pattern)
    tokens = {token: maker.value(token) for token in pattern.tokens}
    names.problems.extend(maker.problems)
    names.tokens = {token: value for token, value in tokens.items() if value}
    if len(names.tokens) < len(tokens):
        names.tokens = {}
        return
    names.campaign = pattern.make(names.tokens)


@dataclass(slots=True)
class _Tokens:
    """Finds the value of each token in a file, and keeps what is wrong with it."""

    source: Source
    account: Account | None
    taxonomy: Taxonomy
    pattern: NamePattern
    problems: list[Problem] = field(default_factory=list)

    def value(self, token: str) -> str | None:
        if token == "year":
            return self._year()
        if token == "campaign":
            return self._campaign()
        return self._code(token)

    def _tell(self, token: str, message: str, remedy: str, value: object = "") -> None:
        path = f"{NAMING}.{token}"
        self.problems.append(self.source.problem(path, message, remedy, value))

    def _code(self, token: str) -> str | None:
        """Return the code of a brand, market or channel, however the file calls it."""
        registry = self.taxonomy.registries[token]
        text = self.source.text(f"{NAMING}.{token}")
        if text is None and token == "brand":
            # The brand whose defaults a file inherits is its brand in names, too.
            shared = self.source.text("brand")
            text = shared if shared and registry.find(shared) else None
        if text is None:
            if token == "channel" and self.taxonomy.default_channel is not None:
                return self.taxonomy.default_channel
            self._tell(token, "is missing", f"Add “{token}: …”. {registry.nearest('')}")
            return None
        entry = registry.find(text)
        if entry is None:
            self._tell(token, f"is no {token} of {FILE}", registry.nearest(text), text)
            return None
        if not entry.active:
            remedy = f"Choose another, or make it active in {FILE}."
            self._tell(token, f"is a {token} that is no longer active", remedy, text)
            return None
        return entry.code

    def _year(self) -> str | None:
        """Return the year given, else that of the activation time in the account's zone."""
        text = self.source.text(f"{NAMING}.year")
        if text is not None:
            if _YEAR.fullmatch(text):
                return text
            self._tell("year", "is no year", "Write it with four digits, as in 2027.", text)
            return None
        zone = self.account.timezone if self.account else DEFAULT_TIMEZONE
        starts = self.source.text("schedule.activate_at")
        if starts is None:
            self._tell(
                "year",
                "is missing, and there is no schedule.activate_at to take it from",
                "Add “year: 2027”.",
            )
            return None
        try:
            return str(parse_moment(starts, zone).astimezone(ZoneInfo(zone)).year)
        except ValueError:
            # A time that cannot be read is told where it stands.
            return None

    def _campaign(self) -> str | None:
        text = self.source.text(f"{NAMING}.campaign")
        if text is None:
            # The file's own check says that it is missing.
            return None
        made = self.pattern.sanitised(text)
        if not made:
            self._tell("campaign", "has nothing that can stand in a name", "Use words.", text)
        return made or None


def _parts(
    source: Source, campaign: str, tokens: Mapping[str, str], taxonomy: Taxonomy
) -> Iterator[tuple[tuple[Level, str], str]]:
    """Yield the name of every ad set and ad.

    Without a pattern, or in a file without `naming`, they are as the file gives them.
    """
    scopes = ad_set_scopes(source)
    for number, part in enumerate(scopes):
        values = {**tokens, "ad set": _own(part.scope, number)}
        pattern = taxonomy.names.get(Level.AD_SET) if tokens else None
        inherited = numbered(campaign, number, len(scopes))
        ad_set = _part(part.scope, pattern, values, inherited)
        yield (Level.AD_SET, part.scope.path), ad_set
        pattern = taxonomy.names.get(Level.AD) if tokens else None
        for place, ad in enumerate(part.ads):
            inherited = numbered(ad_set, place, len(part.ads))
            name = _part(ad, pattern, {**values, "ad": _own(ad, place)}, inherited)
            yield (Level.AD, ad.path), name


def _part(
    scope: Scope, pattern: NamePattern | None, values: Mapping[str, str], inherited: str
) -> str:
    if pattern is None:
        written = scope.source.text(scope.here("name")) if scope.path else None
        return written or inherited
    # What separates the parts of a name differs from level to level.
    return pattern.make({token: pattern.sanitised(value) for token, value in values.items()})


def _own(scope: Scope, number: int) -> str:
    """Return what tells a part from its siblings in a name: its name, its id, or its number."""
    for key in ("name", "id") if scope.path else ():
        text = scope.source.text(scope.here(key))
        if text and any(character.isalnum() for character in text):
            return text
    return str(number + 1)


def _too_long(source: Source, names: Names) -> Iterator[Problem]:
    """Yield the problem of each generated name that Meta would not take with its marker."""
    made = [("naming.campaign", names.campaign or "")]
    made += [(f"{path}.name" if path else NAMING, name) for (_, path), name in names.parts.items()]
    for path, name in made:
        if len(name) > LONGEST_NAME:
            yield source.problem(
                path,
                f"makes a name of {len(name)} characters, at most {LONGEST_NAME} are allowed",
                "Shorten it.",
                name,
            )
