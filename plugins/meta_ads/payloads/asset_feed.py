"""`asset_feed_spec`: one ad that shows another medium in other placements.

Source: Marketing API, "Placement Asset Customization" (at least two rules, each with its labels;
one description) and "Asset Customization Rules" (an empty `customization_spec` matches what no rule
before it does; the order is `priority`). Two equal assets are refused (1815629), a label that no
asset has with 2446173 or 1487390.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from meta_ads.campaigns.declaration import Creative, PerPlacement
from meta_ads.campaigns.placements import GROUPS
from meta_ads.payloads.shown import Shown

# Labels of what is the same in all placements, and of the medium where no group says otherwise.
SAME, ELSEWHERE = "all_placements", "elsewhere"


def asset_feed(creative: Creative, media: PerPlacement, shown: Sequence[Shown]) -> dict[str, Any]:
    """Return the feed of a creative: its media, words and link, and a rule for each group."""
    labels = [*(group for group, _ in media.groups), ELSEWHERE]
    moving = shown[0].video is not None
    feed: dict[str, Any] = {
        "ad_formats": ["SINGLE_VIDEO" if moving else "SINGLE_IMAGE"],
        "optimization_type": "PLACEMENT",
        "videos" if moving else "images": _assets(labels, shown),
        "bodies": [_same("text", creative.primary_text)],
        "titles": [_same("text", creative.headline)],
        "link_urls": [_same("website_url", creative.destination_url)],
        "call_to_action_types": [creative.call_to_action],
        "asset_customization_rules": [
            _rule(label, priority, "video_label" if moving else "image_label")
            for priority, label in enumerate(labels, 1)
        ],
    }
    if creative.description:
        feed["descriptions"] = [{"text": creative.description}]
    return feed


def _assets(labels: Sequence[str], shown: Sequence[Shown]) -> list[dict[str, Any]]:
    """Return each medium once, with the labels of all the rules that show it."""
    found: list[dict[str, Any]] = []
    for label, item in zip(labels, shown, strict=True):
        asset = (
            {"hash": item.image}
            if item.video is None
            else {"video_id": item.video, "thumbnail_hash": item.image}
        )
        for other in found:
            if {key: other[key] for key in asset} == asset:
                other["adlabels"].append({"name": label})
                break
        else:
            found.append({**asset, "adlabels": [{"name": label}]})
    return found


def _same(key: str, text: str | None) -> dict[str, Any]:
    return {key: text, "adlabels": [{"name": SAME}]}


def _rule(label: str, priority: int, medium: str) -> dict[str, Any]:
    return {
        "customization_spec": _placements(label),
        medium: {"name": label},
        "body_label": {"name": SAME},
        "title_label": {"name": SAME},
        "link_url_label": {"name": SAME},
        "priority": priority,
    }


def _placements(label: str) -> dict[str, Any]:
    if label == ELSEWHERE:
        return {}
    group = GROUPS[label]
    chosen: dict[str, Any] = {"publisher_platforms": list(group)}
    return chosen | {f"{name}_positions": list(positions) for name, positions in group.items()}
