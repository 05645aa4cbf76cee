"""The values of a YAML file as text, and where each of them stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from meta_ads.errors import Problem

# One step of a YAML path: a key, or the place in a list.
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")

Value = str | None | list["Value"] | dict[str, "Value"]
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an inherited value stands: another file, its path there, and what people call it."""

    source: Source
    path: str
    label: str


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML file: its values, and where each stands (line and column, from 1) by YAML path.

    `positions` are those of the values, `keys` those of the keys before them. `hashtags` are
    comments behind a value that read like a part of it. `problems` are what YAML itself got wrong
    without hiding the rest of the file. `digest` is the file's sha256. `origins` says of inherited
    values, by their path here, where they stand; problems of those name that place.
    """

    file: str
    value: Value
    positions: dict[str, Position]
    keys: dict[str, Position] = field(default_factory=dict)
    hashtags: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    digest: str = ""
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def at(self, path: str) -> Value:
        """Return the value at a YAML path such as `ad_sets[0].name`; None when there is none."""
        value = self.value
        for step in _steps(path):
            if isinstance(step, str) and isinstance(value, dict):
                value = value.get(step)
            elif isinstance(step, int) and isinstance(value, list) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def text(self, path: str) -> str | None:
        """Return the text at a YAML path; None when it is missing or not a text."""
        value = self.at(path)
        return value if isinstance(value, str) else None

    def texts(self, path: str) -> list[str]:
        """Return the texts of the list at a YAML path."""
        value = self.at(path)
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def problem(self, path: str, message: str, remedy: str, value: object = "") -> Problem:
        """Return a problem at `path`, or at the nearest place above it that the file has."""
        inherited = self._inherited(path)
        if inherited is not None:
            origin, there = inherited
            return origin.source.problem(
                there, f"{message} (inherited by {self.file})", remedy, value
            )
        place = path
        while place and place not in self.positions:
            place = _above(place)
        line, column = self.positions.get(place, (1, 1))
        return Problem(self.file, message, remedy, path, shown(value), line, column)

    def key_problem(self, path: str, message: str, remedy: str) -> Problem:
        """Return a problem of the key at `path`, not of its value."""
        line, column = self.keys.get(path, (1, 1))
        return Problem(self.file, message, remedy, path, "", line, column)

    def _inherited(self, path: str) -> tuple[Origin, str] | None:
        """Return where an inherited value at or above `path` stands, and its path there."""
        place = path
        while place and self.origins:
            if place in self.origins:
                origin = self.origins[place]
                return origin, origin.path + path[len(place) :]
            place = _above(place)
        return None


@lru_cache(maxsize=8192)
def _steps(path: str) -> tuple[str | int, ...]:
    """Return a YAML path's keys and places in lists; a check asks for the same ones many times."""
    return tuple(key or int(index) for key, index in _STEP.findall(path))


def _above(path: str) -> str:
    """Return the YAML path one level up."""
    return path[: max(path.rfind("."), path.rfind("["), 0)]


def shown(value: object) -> str:
    """Return a value as short text for a problem."""
    if value in ("", None):
        return ""
    text = value if isinstance(value, str) else str(value)
    return repr(text if len(text) <= 80 else text[:77] + "…")
