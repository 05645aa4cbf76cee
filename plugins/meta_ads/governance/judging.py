"""Judge one campaign file by the rules: what does not keep them, at every level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.destination import url_parameters_problem, url_problem
from meta_ads.campaigns.scopes import Scope, ad_set_scopes
from meta_ads.campaigns.source import Source
from meta_ads.governance.findings import Finding, Level
from meta_ads.governance.naming import NAMING, Names
from meta_ads.governance.rules import Rule, RuleKind, rules_for
from meta_ads.governance.taxonomy import Taxonomy
from meta_ads.governance.url_rules import Pairs, parameter_pairs, query_pairs


@dataclass(frozen=True, slots=True)
class _Subject:
    """One campaign, ad set or ad of a file. `name` is its final name, where there is one."""

    level: Level
    scope: Scope
    name: str | None

    @property
    def words(self) -> str:
        return " ".join(filter(None, (self.level.words, self.name)))


def findings_in(
    source: Source, account: Account | None, taxonomy: Taxonomy, names: Names
) -> Iterator[Finding]:
    """Yield every rule the file does not keep, each place once."""
    named = source.at(NAMING) is not None
    found: dict[tuple[str, str, str], Finding] = {}
    for subject in _subjects(source, names):
        for rule in rules_for(taxonomy.rules, subject.level, account, named=named):
            for finding in _judged(subject, rule):
                found.setdefault((finding.rule, finding.path, finding.value), finding)
    if taxonomy.url_rules.coverage.hold_for(account, named=named):
        for finding in _url_findings(source, taxonomy, names):
            found.setdefault((finding.rule, finding.path, finding.value), finding)
    yield from found.values()


def _subjects(source: Source, names: Names) -> Iterator[_Subject]:
    yield _Subject(Level.CAMPAIGN, Scope(source), names.campaign)
    for ad_set in ad_set_scopes(source):
        path = ad_set.scope.path
        yield _Subject(Level.AD_SET, ad_set.scope, names.parts.get((Level.AD_SET, path)))
        for ad in ad_set.ads:
            yield _Subject(Level.AD, ad, names.parts.get((Level.AD, ad.path)))


def _judged(subject: _Subject, rule: Rule) -> Iterator[Finding]:
    path, texts = _values(subject, rule.field)
    if not texts and rule.kind is RuleKind.REQUIRED:
        texts = [""]
    for text in texts:
        if rule.broken_by(text):
            yield Finding(
                rule=rule.id,
                severity=rule.severity,
                level=subject.level,
                object=subject.words,
                path=path,
                value=text,
                message=f"breaks the rule “{rule.id}”: {rule.message}",
                remedy=rule.remedy(text),
            )


def _values(subject: _Subject, field: str) -> tuple[str, list[str]]:
    """Return where a field's value stands, and its texts: several of a list."""
    scope = subject.scope
    if field == "name":
        written = scope.here("name")
        path = written if written in scope.source.positions else NAMING
        return path, [subject.name] if subject.name else []
    value = scope.value(field)
    if isinstance(value, list):
        return scope.place(field), [item for item in value if isinstance(item, str)]
    if isinstance(value, dict) and field == "url_parameters":
        return scope.place(field), [_encoded(value)]
    return scope.place(field), [value] if isinstance(value, str) else []


def _url_findings(source: Source, taxonomy: Taxonomy, names: Names) -> Iterator[Finding]:
    """Judge the parameters with which each ad leads to its website; an app's store takes none."""
    if source.text("objective") == "app_promotion":
        return
    pending = source.at(NAMING) is not None and not names.tokens
    for ad_set in ad_set_scopes(source):
        for ad in ad_set.ads:
            name = names.parts.get((Level.AD, ad.path))
            added = added_pairs(ad, taxonomy, names)
            for level in ad.cards() or (ad,):
                given = _given_pairs(level)
                if given is not None:
                    pairs = [*given, *added]
                    complaints = taxonomy.url_rules.complaints(pairs, defaults_pending=pending)
                    yield from _complained(level, complaints, taxonomy, name)


def _complained(
    scope: Scope, complaints: Iterator[tuple[str, str, str]], taxonomy: Taxonomy, name: str | None
) -> Iterator[Finding]:
    for parameter, message, remedy in complaints:
        yield Finding(
            rule=f"url_parameters.{parameter}",
            severity=taxonomy.url_rules.severity,
            level=Level.AD,
            object=" ".join(filter(None, (Level.AD.words, name))),
            path=scope.place("url_parameters"),
            value=scope.text("url_parameters") or "",
            message=message,
            remedy=remedy,
        )


def added_pairs(ad: Scope, taxonomy: Taxonomy, names: Names) -> Pairs:
    """Return the parameters that an ad of a campaign with `naming` is given besides its own."""
    given = _given_pairs(ad) if names.tokens else None
    return () if given is None else taxonomy.url_rules.added(given, names.tokens)


def _given_pairs(ad: Scope) -> Pairs | None:
    """Return the parameters of an ad's address and of `url_parameters`.

    None when either cannot be read, which is told where it stands.
    """
    url, value = ad.text("destination_url"), ad.value("url_parameters")
    text = _encoded(value) if isinstance(value, dict) else value or ""
    if not url or url_problem(url, None) or not isinstance(text, str):
        return None
    if text and url_parameters_problem(text):
        return None
    return [*query_pairs(url), *parameter_pairs(text)]


def _encoded(parameters: Mapping[str, object]) -> str:
    texts = {name: text for name, text in parameters.items() if isinstance(text, str)}
    return urlencode(texts, quote_via=quote)
