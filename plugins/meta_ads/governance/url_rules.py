"""URL parameters (UTM): which every ad must have, what they may say, and which are added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from meta_ads.campaigns.validation import did_you_mean
from meta_ads.errors import Severity
from meta_ads.governance.name_pattern import NamePattern
from meta_ads.governance.rules import Coverage
from meta_ads.governance.safe_pattern import matches

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class UrlParameter:
    """One parameter. `default` is what is added to an ad that lacks it; it may hold name tokens."""

    name: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    pattern: str | None = None
    default: NamePattern | str | None = None


@dataclass(frozen=True, slots=True)
class UrlRules:
    """The rules of all parameters; none by default."""

    parameters: tuple[UrlParameter, ...] = ()
    lower_case: bool = False
    severity: Severity = Severity.ERROR
    coverage: Coverage = field(default_factory=Coverage)

    def added(self, given: Pairs, tokens: Mapping[str, str]) -> Pairs:
        """Return the parameters that an ad with `given` lacks and that have a default.

        One whose tokens have no value here is left out.
        """
        names = {name for name, _ in given}
        found = []
        for parameter in self.parameters:
            value = _default(parameter, tokens)
            if parameter.name not in names and value:
                found.append((parameter.name, value.lower() if self.lower_case else value))
        return found

    def complaints(
        self, given: Pairs, *, defaults_pending: bool = False
    ) -> Iterator[tuple[str, str, str]]:
        """Yield parameter, message and remedy for what an ad's parameters do not keep.

        `defaults_pending`: what has a default is added once the name can be made.
        """
        names = [name for name, _ in given]
        for parameter in self.parameters:
            pending = defaults_pending and parameter.default is not None
            if parameter.required and parameter.name not in names and not pending:
                yield (
                    parameter.name,
                    f"lacks {parameter.name}",
                    f"Add “{parameter.name}={_example(parameter)}”.",
                )
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                yield name, f"says {name} twice, here or in the address", "Remove one of them."
        known = {parameter.name: parameter for parameter in self.parameters}
        for name, value in given:
            yield from self._complaints(name, value, known)

    def _complaints(
        self, name: str, value: str, known: Mapping[str, UrlParameter]
    ) -> Iterator[tuple[str, str, str]]:
        if self.lower_case and name.lower() in known and (name, value) != _lower(name, value):
            lower = "=".join(_lower(name, value))
            yield name, f"has {name}={value}, not in small letters", f"Write {lower}."
            return
        parameter = known.get(name)
        if parameter is None:
            return
        if parameter.allowed and value not in parameter.allowed:
            yield name, f"has {name}={value}", did_you_mean(value, parameter.allowed)
        elif parameter.pattern and not matches(parameter.pattern, value):
            yield name, f"has {name}={value}", f"It must match {parameter.pattern}."


def query_pairs(url: str) -> Pairs:
    """Return the parameters in an address that can be read."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


def parameter_pairs(text: str) -> Pairs:
    """Return the parameters of `name=value&name=value`."""
    return parse_qsl(text, keep_blank_values=True)


def joined(text: str | None, added: Pairs) -> str | None:
    """Return the parameters of a file with others behind them, as it wrote them itself."""
    parts = [text or "", urlencode(added, quote_via=quote)]
    return "&".join(part for part in parts if part) or None


def _lower(name: str, value: str) -> tuple[str, str]:
    return name.lower(), value.lower()


def _default(parameter: UrlParameter, tokens: Mapping[str, str]) -> str | None:
    if not isinstance(parameter.default, NamePattern):
        return parameter.default
    if not set(parameter.default.tokens) <= tokens.keys():
        return None
    return parameter.default.make(tokens)


def _example(parameter: UrlParameter) -> str:
    return parameter.allowed[0] if parameter.allowed else "…"
