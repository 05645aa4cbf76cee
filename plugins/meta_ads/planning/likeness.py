"""Whether an object at Meta is what a plan's step would make, parameter by parameter."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from meta_ads.planning.changes import FieldChange
from meta_ads.planning.step import REFERENCE, Step

# Said of an object and no part of what it is: who made it, and whether it is on.
IGNORED = frozenset({"id", "name", "adlabels", "status"})
_TIMES = frozenset({"start_time", "end_time"})
_NOTHING = ("", "0", "UNDEFINED", "false")
# What Meta fills in by itself, dotted; a plan that does not say it means it.
DEFAULTS: Mapping[str, Sequence[str]] = {
    "buying_type": ("AUCTION",),
    "pacing_type": ('["standard"]',),
    "smart_promotion_type": ("GUIDED_CREATION",),
    "spend_cap": ("922337203685478",),
    "targeting.age_min": ("18",),
    "targeting.age_max": ("65",),
    "targeting.geo_locations.location_types": ('["home", "recent"]',),
}
# Beyond so many values of one parameter, only their number is told.
_MOST = 3


def unlike(step: Step, live: Mapping[str, Any]) -> Sequence[FieldChange]:
    """Return where `live` differs from what the step would make: before is Meta's, after ours.

    Only what `live` was asked for can be compared. References to other objects count as alike.
    """
    return list(_few(differing({**step.params, **step.late_params}, live)))


def differing(params: Mapping[str, Any], live: Mapping[str, Any]) -> list[FieldChange]:
    """Return every value in which `live` differs from parameters: before is Meta's, after ours."""
    planned = dict(_leaves(params))
    found = {name: value for name, value in _leaves(live) if not _default(name, value)}
    names = dict.fromkeys([*planned, *found])
    return [
        FieldChange(name, found.get(name), planned.get(name))
        for name in names
        if not _alike(name, planned.get(name), found.get(name))
    ]


def _few(changes: Sequence[FieldChange]) -> Iterator[FieldChange]:
    """Tell a parameter of whose values many differ by their number."""
    for name, group in groupby(sorted(changes, key=_parameter), _parameter):
        same = list(group)
        if len(same) <= _MOST:
            yield from same
        else:
            before = sum(change.before is not None for change in same)
            after = sum(change.after is not None for change in same)
            yield FieldChange(name, _count(before), _count(after))


def _parameter(change: FieldChange) -> str:
    return change.name.partition(".")[0]


def _count(values: int) -> str | None:
    return f"{values} values" if values else None


def _alike(name: str, planned: str | None, live: str | None) -> bool:
    if planned is not None and planned.startswith(f'{{"{REFERENCE}"'):
        return live is not None
    if name in _TIMES and planned and live:
        return datetime.fromisoformat(planned) == datetime.fromisoformat(live)
    if live is None:
        return planned is None or _default(name, planned)
    return planned == live


def _default(name: str, value: str) -> bool:
    return value in _NOTHING or value in DEFAULTS.get(name, ())


def _leaves(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value as text by its dotted name; empty ones are left out."""
    for key, item in value.items():
        name = f"{prefix}{key}"
        if not prefix and key in IGNORED:
            continue
        if isinstance(item, Mapping) and REFERENCE in item:
            yield name, json.dumps(dict(item))
        elif isinstance(item, Mapping):
            yield from _leaves(item, f"{name}.")
        elif isinstance(item, list | tuple):
            yield from _items(item, name)
        elif isinstance(item, bool):
            yield name, str(item).lower()
        elif item is not None:
            yield name, str(item)


def _items(items: Sequence[Any], name: str) -> Iterator[tuple[str, str]]:
    """Yield a list: a set of words or ids as one value, mappings one by one."""
    if all(isinstance(item, Mapping) and "id" in item for item in items):
        items = [item["id"] for item in items]
    if any(isinstance(item, Mapping) for item in items):
        for number, item in enumerate(items):
            yield from _leaves(
                item if isinstance(item, Mapping) else {"": item}, f"{name}.{number}."
            )
    elif items:
        yield name, json.dumps(sorted(map(str, items)))
