"""Targeting search: interests, categories, places and languages that an ad set can name.

``GET /search?type=adinterest&q=soccer`` and an account's ``targetingsearch``, ``targetingbrowse``,
``targetingsuggestions`` and ``targetingvalidation``. Answers have Meta's shapes and come from
``targeting_options.yaml``; how many people each reaches is invented.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from emulator.calls.kinds import Json, Row
from emulator.calls.param_types import decode_json
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.policy.rules import broken
from emulator.reads.paging import cut_page, page_links
from emulator.state import Object

Options = dict[str, list[Json]]
_PLACE_TYPES = ("country", "country_group", "region", "city", "zip", "geo_market")
_UPPER_BOUND = 1.176  # Meta's upper bounds lie about this far above its lower ones


@lru_cache(maxsize=1)
def options() -> Options:
    """Return everything that can be found, by kind."""
    file = Path(__file__).with_name("targeting_options.yaml")
    read: Options = yaml.safe_load(file.read_text(encoding="utf-8"))
    return read


def search(emulator: Emulator, call: Call) -> Json:
    """Answer ``GET /search?type=…``: one page of what was found."""
    kind = call.params.get("type")
    find = _SEARCHES.get(str(kind))
    if find is None:
        raise broken(
            "not_in_enum", blame="type", param="type", allowed=", ".join(sorted(_SEARCHES))
        )
    found = find(call)
    if isinstance(found, dict):
        return {"data": found}
    page = cut_page(found, call)
    answer: Json = {"data": page.rows}
    if page.rows:
        path = f"/v{call.version[0]}.{call.version[1]}/search"
        answer["paging"] = page_links(page, call, path)
    return answer


def account_search(emulator: Emulator, call: Call, account: Object) -> list[Row]:
    """List what has the words of ``q`` in its name, interests and all categories together."""
    words = _query(call)
    kinds = _allowed_kinds(call)
    return [row for row in _everything() if _named(row, words) and _of_kind(row, kinds)]


def account_browse(emulator: Emulator, call: Call, account: Object) -> list[Row]:
    """List all that can be browsed, with the path to it."""
    kinds = _allowed_kinds(call)
    return [row for row in _everything() if _of_kind(row, kinds)]


def account_suggestions(emulator: Emulator, call: Call, account: Object) -> list[Row]:
    """List what stands beside the options of ``targeting_list``."""
    known = {str(item.get("id")) for item in _listed(call, "targeting_list", dict)}
    near = {tuple(row["path"][:2]) for row in _everything() if row["id"] in known}
    return [
        row for row in _everything() if tuple(row["path"][:2]) in near and row["id"] not in known
    ]


def account_validation(emulator: Emulator, call: Call, account: Object) -> list[Row]:
    """List the options asked about by id or name, each with whether it can be targeted."""
    ids = [str(item.get("id")) for item in _listed(call, "targeting_list", dict)]
    ids += [str(item) for item in _listed(call, "id_list", str)]
    names = [str(item) for item in _listed(call, "name_list", str)]
    return _validated(emulator.world.dead_interests, ids, names, _everything())


def _interests(call: Call) -> Sequence[Row]:
    words = _query(call)
    return [_with_sizes(row) for row in options()["interests"] if _named(row, words)]


def _suggested_interests(call: Call) -> Sequence[Row]:
    names = {str(name).lower() for name in _listed(call, "interest_list", str)}
    rows = options()["interests"]
    topics = {row["topic"] for row in rows if row["name"].lower() in names}
    return [
        _with_sizes(row)
        for row in rows
        if row["topic"] in topics and row["name"].lower() not in names
    ]


def _valid_interests(call: Call) -> Sequence[Row]:
    ids = [str(item) for item in _listed(call, "interest_fbid_list", str)]
    names = [str(name) for name in _listed(call, "interest_list", str)]
    return _validated(frozenset(), ids, names, [_with_sizes(row) for row in options()["interests"]])


def _validated(
    dead: frozenset[str], ids: list[str], names: list[str], rows: Sequence[Json]
) -> list[Row]:
    by_id = {row["id"]: row for row in rows}
    by_name = {row["name"].lower(): row for row in rows}
    answers: list[Row] = []
    for asked, found in (
        *(({"id": one}, by_id.get(one)) for one in ids),
        *(({"name": one}, by_name.get(one.lower())) for one in names),
    ):
        valid = found is not None and found["id"] not in dead
        answers.append({**asked, **(found or {}), "valid": valid})
    return answers


def _categories(call: Call) -> Sequence[Row]:
    wanted = str(call.params.get("class") or "")
    return [
        {**_with_sizes(row), "type": row["class"]}
        for row in options()["categories"]
        if wanted in ("", row["class"])
    ]


def _places(call: Call) -> Sequence[Row]:
    kinds = [str(item) for item in _listed(call, "location_types", str)]
    text, country = str(call.params.get("q") or "").lower(), call.params.get("country_code")
    region = str(call.params.get("region_id") or "")
    return [
        place
        for place in _all_places()
        if (not kinds or place["type"] in kinds)
        and place["name"].lower().startswith(text)
        and country in (None, "", place["country_code"])
        and region in ("", str(place.get("region_id")))
    ]


def _countries(call: Call) -> Sequence[Row]:
    text = str(call.params.get("q") or "").lower()
    rows = [place for place in _all_places() if place["type"] == "country"]
    return [place for place in rows if place["name"].lower().startswith(text)]


def _place_details(call: Call) -> Json:
    """Return the places asked for by key, as a map of each type's keys to places."""
    plural = {"city": "cities", "country": "countries"}
    found: Json = {}
    for kind in _PLACE_TYPES:
        name = plural.get(kind, f"{kind}s")
        keys = {str(key) for key in _listed(call, name, str)}
        places = {row["key"]: row for row in _all_places() if row["type"] == kind}
        if keys:
            found[name] = {key: places[key] for key in sorted(keys) if key in places}
    return found


def _locales(call: Call) -> Sequence[Row]:
    text = str(call.params.get("q") or "").lower()
    return [row for row in options()["locales"] if text in row["name"].lower()]


def _people(kind: str) -> Callable[[Call], Sequence[Row]]:
    def find(call: Call) -> Sequence[Row]:
        words = _query(call)
        rows = (row for row in options()["people"] if row["type"] == kind)
        return [
            {name: value for name, value in row.items() if name != "type"}
            for row in rows
            if _named(row, words)
        ]

    return find


def _all_places() -> list[Json]:
    names = {row["key"]: row["name"] for row in options()["countries"]}
    countries = [
        {"key": key, "name": name, "type": "country", "country_code": key}
        for key, name in names.items()
    ]
    return [
        {
            **row,
            "country_name": names[row["country_code"]],
            "supports_region": True,
            "supports_city": row["type"] != "geo_market",
        }
        for row in (*countries, *options()["places"])
    ]


def _everything() -> list[Json]:
    interests = ({**row, "class": "interests"} for row in options()["interests"])
    rows = (*interests, *options()["categories"])
    return [{**_with_sizes(row), "type": row["class"]} for row in rows]


def _with_sizes(row: Json) -> Json:
    shown = {name: value for name, value in row.items() if name not in ("people", "class")}
    return {
        **shown,
        "audience_size_lower_bound": row["people"],
        "audience_size_upper_bound": int(row["people"] * _UPPER_BOUND),
    }


def _query(call: Call) -> list[str]:
    text = str(call.params.get("q") or "")
    if not text:
        raise broken("missing_param", blame="q", param="q")
    return text.lower().split()


def _named(row: Json, words: Iterable[str]) -> bool:
    return all(word in row["name"].lower() for word in words)


def _allowed_kinds(call: Call) -> set[str]:
    kinds = {str(kind) for kind in _listed(call, "whitelisted_types", str)}
    return kinds | ({str(call.params["limit_type"])} if call.params.get("limit_type") else set())


def _of_kind(row: Json, kinds: set[str]) -> bool:
    return not kinds or row["type"] in kinds


def _listed(call: Call, name: str, kind: type) -> list[Any]:
    """Return a list parameter's items, numbers as text."""
    value = decode_json(call.params.get(name) or [])
    items = value if isinstance(value, list) else [value]
    if kind is dict and not all(isinstance(item, dict) for item in items):
        raise broken("wrong_type", blame=name, param=name, expected="an array of objects")
    return [item if isinstance(item, dict) else str(item) for item in items]


_SEARCHES: dict[str, Callable[[Call], Sequence[Row] | Json]] = {
    "adTargetingCategory": _categories,
    "adcountry": _countries,
    "adeducationmajor": _people("adeducationmajor"),
    "adeducationschool": _people("adeducationschool"),
    "adgeolocation": _places,
    "adgeolocationmeta": _place_details,
    "adinterest": _interests,
    "adinterestsuggestion": _suggested_interests,
    "adinterestvalid": _valid_interests,
    "adlocale": _locales,
    "adworkemployer": _people("adworkemployer"),
    "adworkposition": _people("adworkposition"),
}
