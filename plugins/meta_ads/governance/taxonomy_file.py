"""Read `configs/taxonomy.yaml`. Without the file there is no taxonomy, and no rule."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from meta_ads.campaigns.campaign_file import AdKeys, AdSetKeys, CampaignKeys
from meta_ads.campaigns.source import Source
from meta_ads.campaigns.validation import did_you_mean, validated
from meta_ads.campaigns.yaml_source import read_yaml
from meta_ads.errors import InvalidCampaign, Severity
from meta_ads.governance.findings import Level
from meta_ads.governance.name_pattern import SHARED, TOKENS, NamePattern, name_pattern
from meta_ads.governance.rules import Coverage, Rule, RuleKind
from meta_ads.governance.taxonomy import FILE, REGISTRIES, Entry, Registry, Taxonomy
from meta_ads.governance.taxonomy_keys import (
    EntryKeys,
    NameKeys,
    ParameterKeys,
    RuleKeys,
    TaxonomyKeys,
    UrlKeys,
    labelled,
)
from meta_ads.governance.url_rules import UrlParameter, UrlRules

_CODE = re.compile(r"[A-Za-z0-9]{1,20}")
_MODELS: Mapping[str, type[BaseModel]] = {
    Level.CAMPAIGN: CampaignKeys,
    Level.AD_SET: AdSetKeys,
    Level.AD: AdKeys,
}
Model = TypeVar("Model", bound=BaseModel)


def load_taxonomy(home: Path, accounts: Collection[str] = ()) -> Taxonomy:
    """Return the taxonomy of `<home>/configs/taxonomy.yaml`. Never raises for a bad file.

    `accounts` are the short names that rules may name; empty when they are not known.
    """
    path = home / FILE
    if not path.exists():
        return Taxonomy()
    try:
        source = read_yaml(path, FILE)
    except InvalidCampaign as invalid:
        return Taxonomy(exists=True, problems=invalid.problems)
    if source.value is None:
        return Taxonomy(exists=True, problems=source.problems)
    return _Reader(source, accounts).taxonomy()


class _Reader:
    """Turns one source into a taxonomy, and keeps what is wrong with it."""

    def __init__(self, source: Source, accounts: Collection[str]) -> None:
        self._source = source
        self._accounts = sorted(accounts)
        self._problems = list(source.problems)

    def taxonomy(self) -> Taxonomy:
        keys = self._validated(TaxonomyKeys, self._source.value, "")
        if keys is None:
            return Taxonomy(exists=True, problems=tuple(self._problems))
        registries = {
            token: Registry({entry.code: entry for entry in self._entries(name, keys)})
            for token, name in REGISTRIES.items()
        }
        names = dict(self._names(keys.names)) if keys.names else {}
        return Taxonomy(
            registries=registries,
            default_channel=self._default_channel(keys.default_channel, registries["channel"]),
            names=names,
            rules=tuple(self._rules(keys.rules)),
            url_rules=self._url_rules(keys.url_parameters) if keys.url_parameters else UrlRules(),
            exists=True,
            problems=tuple(sorted(self._problems, key=lambda item: (item.line, item.column))),
        )

    def _validated(self, model: type[Model], value: object, path: str) -> Model | None:
        keys, problems = validated(model, self._source, value, path)
        self._problems.extend(problems)
        return keys

    def _tell(self, path: str, message: str, remedy: str, value: object = "") -> None:
        self._problems.append(self._source.problem(path, message, remedy, value))

    def _entries(self, name: str, keys: TaxonomyKeys) -> Iterator[Entry]:
        taken: dict[str, str] = {}
        for code, value in getattr(keys, name).items():
            path = f"{name}.{code}"
            if not _CODE.fullmatch(code):
                self._problems.append(
                    self._source.key_problem(
                        path, "is not a code", "Use letters and digits only, at most 20."
                    )
                )
                continue
            entry = self._validated(EntryKeys, labelled(value), path)
            if entry is None:
                continue
            found = Entry(code, entry.label, tuple(entry.aliases), entry.active == "true")
            for word in found.words:
                other = taken.setdefault(word.casefold(), code)
                if other != code:
                    self._tell(path, f"is called {word}, as {other} is", "Rename one.", word)
            yield found

    def _default_channel(self, text: str | None, channels: Registry) -> str | None:
        if text is None:
            return None
        entry = channels.find(text)
        if entry is None or not entry.active:
            self._tell("default_channel", "is no active channel", channels.nearest(text), text)
            return None
        return entry.code

    def _names(self, keys: NameKeys) -> Iterator[tuple[Level, NamePattern]]:
        for level in Level:
            text = getattr(keys, level)
            if text is None:
                continue
            allowed = TOKENS[level]
            pattern = self._pattern(f"names.{level}", text, allowed, allowed[-1])
            if pattern is not None:
                yield level, pattern

    def _pattern(
        self, path: str, text: str, allowed: Sequence[str], needed: str | None = None
    ) -> NamePattern | None:
        try:
            return name_pattern(text, allowed, needed)
        except ValueError as error:
            message, remedy = error.args
            self._tell(path, message, remedy, text)
            return None

    def _rules(self, values: list[Any]) -> Iterator[Rule]:
        ids: set[str] = set()
        for number, value in enumerate(values):
            path = f"rules[{number}]"
            keys = self._validated(RuleKeys, value, path)
            if keys is None:
                continue
            if keys.id in ids:
                self._tell(f"{path}.id", "is the id of another rule too", "Rename it.", keys.id)
            ids.add(keys.id)
            known = _fields(_MODELS[keys.level])
            if keys.field not in known:
                message = f"is no key of a campaign file's {Level(keys.level).words}"
                self._tell(f"{path}.field", message, did_you_mean(keys.field, known), keys.field)
            given = [kind for kind in RuleKind if getattr(keys, kind) is not None]
            if len(given) != 1:
                kinds = ", ".join(RuleKind)
                said = f"says how to judge in {len(given)} ways"
                self._tell(path, said, f"Give each rule one of {kinds}.")
                continue
            yield _rule(keys, given[0], self._coverage(keys, path))

    def _url_rules(self, keys: UrlKeys) -> UrlRules:
        return UrlRules(
            parameters=tuple(self._parameters(keys.parameters)),
            lower_case=keys.lower_case == "true",
            severity=Severity(keys.severity),
            coverage=self._coverage(keys, "url_parameters"),
        )

    def _parameters(self, values: Mapping[str, Any]) -> Iterator[UrlParameter]:
        for name, value in values.items():
            path = f"url_parameters.parameters.{name}"
            keys = self._validated(ParameterKeys, {} if value is None else value, path)
            if keys is None:
                continue
            default: NamePattern | str | None = keys.default
            if keys.default is not None and "[" in keys.default:
                default = self._pattern(f"{path}.default", keys.default, SHARED)
            yield UrlParameter(
                name=name,
                required=keys.required == "true",
                allowed=tuple(keys.allowed_values or ()),
                pattern=keys.pattern,
                default=default,
            )

    def _coverage(self, keys: RuleKeys | UrlKeys, path: str) -> Coverage:
        for name in keys.accounts or ():
            if self._accounts and name not in self._accounts:
                remedy = did_you_mean(name, self._accounts)
                self._tell(f"{path}.accounts", f"names no account {name}", remedy, name)
        return Coverage(keys.holds_for == "named", tuple(keys.accounts or ()))


def _rule(keys: RuleKeys, kind: RuleKind, coverage: Coverage) -> Rule:
    wanted = getattr(keys, kind)
    return Rule(
        id=keys.id,
        level=Level(keys.level),
        field=keys.field,
        kind=kind,
        wanted=tuple(wanted) if isinstance(wanted, list) else (wanted,),
        severity=Severity(keys.severity),
        message=keys.message.rstrip("."),
        source=(keys.source or "").rstrip("."),
        coverage=coverage,
    )


def _fields(model: type[BaseModel], prefix: str = "") -> list[str]:
    """Return the paths of every key that holds a text or a list of texts."""
    found = []
    for name, field in model.model_fields.items():
        kinds: tuple[Any, ...] = getattr(field.annotation, "__args__", (field.annotation,))
        inner = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if inner:
            found.extend(_fields(inner[0], f"{prefix}{name}."))
        elif name not in ("ad_sets", "ads", "cards"):
            found.append(f"{prefix}{name}")
    return found
