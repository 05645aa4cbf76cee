"""The dimensions of breakdowns: which values an ad's delivery has in each, and how much of it.

An ad's values follow its targeting: nobody outside the countries, ages, genders and platforms it
aims at is shown it. Shares and rates differ by value and by ad; they are inferred.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from emulator.insights.mixing import mixed, seed_of

#: One value of a breakdown: its columns, its share of the delivery, and how well people react.
Columns = tuple[tuple[str, str], ...]
_AGES = (("13-17", 13, 17, 4), ("18-24", 18, 24, 22), ("25-34", 25, 34, 31), ("35-44", 35, 44, 21),
         ("45-54", 45, 54, 12), ("55-64", 55, 64, 7), ("65+", 65, 99, 5))  # fmt: skip
_OLDEST_SETTING = 65
_GENDERS = (("female", 2, 52), ("male", 1, 45), ("unknown", 0, 3))
_POSITIONS = {
    "facebook": (("feed", 48), ("facebook_reels", 22), ("facebook_stories", 12),
                 ("marketplace", 8), ("instream_video", 6), ("search", 4)),
    "instagram": (("feed", 38), ("instagram_stories", 28), ("instagram_reels", 26),
                  ("instagram_explore", 8)),
    "audience_network": (("an_classic", 70), ("rewarded_video", 30)),
    "messenger": (("messenger_stories", 100),),
    "threads": (("threads_feed", 100),),
}  # fmt: skip
_PLATFORMS = {"facebook": 52, "instagram": 40, "audience_network": 5, "messenger": 2, "threads": 1}
_REGIONS = {
    "SG": (("Singapore", 100),),
    "US": (("California", 30), ("Texas", 22), ("New York", 20), ("Florida", 18), ("Ohio", 10)),
    "DE": (("Berlin", 24), ("Bavaria", 28), ("Hamburg", 14), ("Hessen", 14), ("Saxony", 20)),
    "JP": (("Tokyo", 44), ("Osaka", 30), ("Aichi Prefecture", 26)),
    "TW": (("Taipei City", 52), ("Taichung City", 26), ("Kaohsiung City", 22)),
    "GB": (("England", 84), ("Scotland", 9), ("Wales", 5), ("Northern Ireland", 2)),
}
_MARKETS = (("New York", 34), ("Los Angeles", 28), ("Chicago", 18), ("Houston", 12), ("Miami", 8))
_DEVICES = (("android_smartphone", 46), ("iphone", 40), ("desktop", 7), ("ipad", 4),
            ("android_tablet", 2), ("other", 1))  # fmt: skip
_WHERE = (("mobile_app", 86), ("mobile_web", 6), ("desktop", 8))
_FREQUENCIES = (("1", 58), ("2", 20), ("3", 10), ("4", 6), ("5", 3), ("6-10", 3))


@dataclass(frozen=True, slots=True)
class Cell:
    """One value, or combination of values, with its share and rate as whole numbers."""

    columns: Columns
    share: int
    rate: int


def _ages(targeting: Mapping[str, Any]) -> list[tuple[str, int]]:
    low = int(targeting.get("age_min") or 18)
    high = int(targeting.get("age_max") or _OLDEST_SETTING)
    high = 99 if high >= _OLDEST_SETTING else high
    return [(name, share) for name, first, last, share in _AGES if first <= high and last >= low]


def _genders(targeting: Mapping[str, Any]) -> list[tuple[str, int]]:
    wanted = [int(one) for one in targeting.get("genders") or []]
    return [(name, share) for name, code, share in _GENDERS if not wanted or code in wanted]


def countries(targeting: Mapping[str, Any]) -> list[str]:
    """Return the countries an ad set reaches, by code."""
    places = targeting.get("geo_locations") or {}
    found = list(places.get("countries") or [])
    for name in ("regions", "cities", "zips", "places", "custom_locations"):
        found += [one["country"] for one in places.get(name) or [] if one.get("country")]
    return list(dict.fromkeys(found)) or ["US"]


def _countries(targeting: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [(code, 20 + mixed(seed_of(code)) % 80) for code in countries(targeting)]


def _regions_of(country: str) -> tuple[tuple[str, int], ...]:
    return _REGIONS.get(country, (("Unknown", 100),))


def _platforms(targeting: Mapping[str, Any]) -> list[tuple[str, int]]:
    wanted = targeting.get("publisher_platforms") or list(_PLATFORMS)
    return [(name, share) for name, share in _PLATFORMS.items() if name in wanted]


def _markets(targeting: Mapping[str, Any]) -> list[tuple[str, int]]:
    return list(_MARKETS) if "US" in countries(targeting) else []


def _where(targeting: Mapping[str, Any]) -> list[tuple[str, int]]:
    wanted = targeting.get("device_platforms") or ["mobile", "desktop"]
    return [(name, share) for name, share in _WHERE if name.split("_")[0] in wanted]


_VALUES: dict[str, Callable[[Mapping[str, Any]], list[tuple[str, int]]]] = {
    "age": _ages,
    "gender": _genders,
    "country": _countries,
    "publisher_platform": _platforms,
    "device_platform": _where,
    "impression_device": lambda targeting: list(_DEVICES),
    "frequency_value": lambda targeting: list(_FREQUENCIES),
    "dma": _markets,
}
#: Dimensions this server knows values for; of the others it has no data, as for a missing catalog.
KNOWN = frozenset((*_VALUES, "region", "platform_position"))
#: The order in which dimensions are laid over each other: outer ones first.
_ORDER = ("country", "region", "publisher_platform", "platform_position")


def cells_of(dimensions: frozenset[str], targeting: Mapping[str, Any], seed: int) -> list[Cell]:
    """Return the values an ad set's ads deliver to; empty where there is no data."""
    if not dimensions <= KNOWN:
        return []
    ordered = sorted(dimensions, key=lambda one: (_ORDER.index(one) if one in _ORDER else 9, one))
    cells: list[tuple[Columns, int]] = [((), 1)]
    for dimension in ordered:
        cells = [
            ((*columns, (dimension, value)), share * weight)
            for columns, share in cells
            for value, weight in _values(dimension, dict(columns), targeting)
        ]
    return [Cell(columns, *_numbers(columns, share, seed)) for columns, share in cells]


def _values(
    dimension: str, outer: Mapping[str, str], targeting: Mapping[str, Any]
) -> list[tuple[str, int]]:
    if dimension == "platform_position":
        return list(_POSITIONS[outer["publisher_platform"]])
    if dimension != "region":
        return _VALUES[dimension](targeting)
    if "country" in outer:
        return list(_regions_of(outer["country"]))
    return [
        (region, share * weight)
        for country, weight in _countries(targeting)
        for region, share in _regions_of(country)
    ]


def _numbers(columns: Columns, share: int, seed: int) -> tuple[int, int]:
    bits = mixed(seed + _text_seed(columns))
    return max(1, share * (70 + bits % 60)), 60 + (bits >> 20) % 80


@lru_cache(maxsize=4096)
def _text_seed(columns: Columns) -> int:
    return seed_of(repr(columns))
