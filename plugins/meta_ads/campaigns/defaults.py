"""Shared defaults: what a campaign file may leave out because its account or brand says it.

From the weakest: account, brand, campaign file. Defaults say how a client advertises. What a
campaign costs, when it runs, what it is for, and what its ads show and say stand in its own file,
where whoever reviews it sees them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, create_model

from meta_ads.campaigns.campaign_file import CampaignKeys
from meta_ads.campaigns.source import Origin, Source, Value
from meta_ads.errors import Problem

# What is inherited, and whether as a whole or key by key.
WHOLE, BY_KEY = "whole", "by key"
INHERITED: Mapping[str, str] = {
    "app_id": WHOLE,
    "app_store_url": WHOLE,
    "call_to_action": WHOLE,
    "catalog_id": WHOLE,
    "description": WHOLE,
    "enhancements": WHOLE,
    "instagram_user_id": WHOLE,
    "page_id": WHOLE,
    "pixel_id": WHOLE,
    # A choice of placements is one choice: two levels would add up to what nobody chose.
    "placements": WHOLE,
    "regional": BY_KEY,
    "special_ad_categories": WHOLE,
    "targeting": BY_KEY,
    "url_parameters": WHOLE,
}
# What is not, and why. Together they are all keys, so that a new one is decided on.
NOT_INHERITED: Mapping[str, Sequence[str]] = {
    "names this campaign": (
        "campaign_id client_account_id brand name naming ad_sets launch status".split()
    ),
    "is what this campaign may cost": (
        "daily_budget lifetime_budget spend_cap bid_strategy bid_amount roas_floor".split()
    ),
    "is when this campaign runs": ["schedule"],
    "is what this campaign is for": "objective goal event".split(),
    "is what these ads show and say": (
        "video image cards primary_text headline destination_url".split()
    ),
}
# An account has these as keys of its own.
OF_ACCOUNTS = frozenset({"catalog_id", "instagram_user_id", "page_id", "pixel_id", "regional"})


def _model(name: str, keys: Sequence[str]) -> type[BaseModel]:
    fields = {key: CampaignKeys.model_fields[key] for key in keys}
    chosen = {key: (field.annotation, field) for key, field in fields.items()}
    config = ConfigDict(extra="forbid", frozen=True)
    made: type[BaseModel] = create_model(name, __config__=config, **chosen)  # type: ignore[call-overload]
    return made


BrandKeys = _model("BrandKeys", list(INHERITED))
AccountDefaultKeys = _model(
    "AccountDefaultKeys", [key for key in INHERITED if key not in OF_ACCOUNTS]
)


@dataclass(frozen=True, slots=True)
class Defaults:
    """A mapping of defaults in some file: its YAML path there, and how people call it."""

    source: Source
    path: str
    label: str


def misplaced(source: Source, path: str, value: object) -> tuple[object, Sequence[Problem]]:
    """Return defaults without the keys that are never inherited, and a problem for each."""
    if not isinstance(value, dict):
        return value, ()
    why = {key: reason for reason, keys in NOT_INHERITED.items() for key in keys}
    problems = [
        source.key_problem(
            f"{path}.{key}", f"is not inherited: it {why[key]}", "Write it in each campaign file."
        )
        for key in value
        if key in why
    ]
    return {key: inner for key, inner in value.items() if key not in why}, problems


def with_defaults(source: Source, layers: Sequence[Defaults]) -> Source:
    """Return a campaign file completed by its defaults, the strongest first.

    Each value keeps the place where it stands: problems of it name that file and line.
    """
    if not isinstance(source.value, dict) or not layers:
        return source
    merged = _Merged(dict(source.value))
    for layer in layers:
        given = layer.source.at(layer.path)
        for key, how in INHERITED.items():
            value = given.get(key) if isinstance(given, dict) else None
            if value is not None:
                merged.add(layer, key, value, how)
    positions = dict(source.positions)
    for path, origin in merged.origins.items():
        positions |= {
            path + place.removeprefix(origin.path): position
            for place, position in origin.source.positions.items()
            if place == origin.path or place.startswith((f"{origin.path}.", f"{origin.path}["))
        }
    return replace(source, value=merged.value, positions=positions, origins=merged.origins)


class _Merged:
    """A campaign file's value while defaults are laid below it."""

    def __init__(self, value: dict[str, Value]) -> None:
        self.value = value
        self.origins: dict[str, Origin] = {}

    def add(self, layer: Defaults, key: str, value: Value, how: str) -> None:
        own = self.value.get(key)
        if own is None:
            self.value[key] = dict(value) if isinstance(value, dict) else value
            parts = list(value) if how == BY_KEY and isinstance(value, dict) else []
            for part in parts:
                self._remember(layer, f"{key}.{part}")
            if not parts:
                self._remember(layer, key)
        elif how == BY_KEY and isinstance(own, dict) and isinstance(value, dict):
            more = {part: inner for part, inner in value.items() if own.get(part) is None}
            self.value[key] = own | more
            for part in more:
                self._remember(layer, f"{key}.{part}")

    def _remember(self, layer: Defaults, path: str) -> None:
        self.origins[path] = Origin(layer.source, f"{layer.path}.{path}", layer.label)
