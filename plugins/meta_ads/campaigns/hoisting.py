"""Writing what parts share once, above them: the reverse of what `scopes` reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from meta_ads.campaigns.scopes import ADS, MEDIA

Keys = dict[str, Any]


def hoisted(top: Mapping[str, Any], ad_sets: Sequence[Keys], own: Collection[str]) -> Keys:
    """Return the values of a campaign file with as little said twice as possible.

    `ad_sets` hold their ads under `ads`. What all ads of an ad set say alike stands at the ad set,
    what all ad sets say alike at the top. A key that some part leaves out stays where it is, since
    what stands above holds below. `own` are the keys that never move: a part's name and budget.
    """
    parts = [_lifted(ad_set, ADS, own) for ad_set in ad_sets]
    return _lifted({**top, "ad_sets": parts}, "ad_sets", own)


def _lifted(above: Mapping[str, Any], below: str, own: Collection[str]) -> Keys:
    parts: Sequence[Keys] = above[below]
    first = parts[0]
    shared = {
        key: value
        for key, value in first.items()
        if key not in {*own, ADS}
        and key not in above
        and all(part.get(key) == value for part in parts)
        and (key not in MEDIA or all(_media(part) == {key} for part in parts))
    }
    rest = [{key: value for key, value in part.items() if key not in shared} for part in parts]
    upper = {key: value for key, value in above.items() if key != below}
    return {**upper, **shared, below: rest}


def _media(part: Keys) -> set[str]:
    return set(MEDIA) & set(part)
