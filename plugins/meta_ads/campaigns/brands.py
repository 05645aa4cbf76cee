"""Read `configs/brands.yaml`: what the campaigns of a brand share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from meta_ads.campaigns.defaults import BrandKeys, Defaults, misplaced
from meta_ads.campaigns.source import Source
from meta_ads.campaigns.validation import did_you_mean, validated
from meta_ads.campaigns.yaml_source import read_yaml
from meta_ads.errors import InvalidCampaign, Problem

FILE = "configs/brands.yaml"


@dataclass(frozen=True, slots=True)
class Brands:
    """Every brand that could be read, and what is wrong with the others.

    `broken` holds the names of brands with problems: a campaign that names one is told so.
    """

    by_name: Mapping[str, Defaults] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def load_brands(home: Path) -> Brands:
    """Return the brands of `<home>/configs/brands.yaml`; none without that file. Never raises."""
    path = home / FILE
    if not path.exists():
        return Brands()
    try:
        source = read_yaml(path, FILE)
    except InvalidCampaign as invalid:
        return Brands(problems=invalid.problems)
    root = source.value
    entries = root.get("brands") if isinstance(root, dict) else None
    if not isinstance(entries, dict):
        missing = source.problem(
            "brands",
            "is missing, or is not a list of named brands",
            "Write “brands:” and each brand's name below it.",
        )
        return Brands(problems=(*source.problems, missing))
    problems = [*source.problems]
    if isinstance(root, dict):
        problems += [
            source.key_problem(key, "is not a known key", "Only “brands” stands here.")
            for key in root
            if key != "brands"
        ]
    for name, value in entries.items():
        rest, wrong = misplaced(source, f"brands.{name}", value)
        _, more = validated(BrandKeys, source, rest, f"brands.{name}")
        problems += [*wrong, *more]
    broken = frozenset(
        name
        for name in entries
        if any(f"{problem.path}.".startswith(f"brands.{name}.") for problem in problems)
    )
    known = {name: Defaults(source, f"brands.{name}", f"brand {name}") for name in entries}
    return Brands(known, broken, tuple(problems))


def brand_problem(source: Source, brands: Brands) -> Problem | None:
    """Return what is wrong with the brand that a campaign file names, if anything."""
    name = source.text("brand")
    if not name or (name in brands.by_name and name not in brands.broken):
        return None
    if name in brands.broken or (brands.problems and not brands.by_name):
        return source.problem(
            "brand",
            f"names a brand that {FILE} describes with errors",
            f"Correct {FILE} first.",
            name,
        )
    remedy = did_you_mean(name, sorted(brands.by_name)) if brands.by_name else f"Add it to {FILE}."
    return source.problem("brand", f"is no brand of {FILE}", remedy, name)
