"""Where ads may appear: Meta's platforms and their positions.

Source: Marketing API v26, "Placement Targeting". Instagram's `explore` was removed in v26.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

ALL = "all"
POSITIONS: Mapping[str, tuple[str, ...]] = {
    "facebook": (
        "feed",
        "facebook_reels",
        "instream_video",
        "marketplace",
        "profile_feed",
        "right_hand_column",
        "search",
        "story",
    ),
    "instagram": (
        "stream",
        "story",
        "reels",
        "explore_home",
        "profile_feed",
        "ig_search",
    ),
    "audience_network": ("classic", "rewarded_video"),
    "threads": ("threads_stream",),
}
# Placements that want a medium of another shape, as Ads Manager groups them. Source: Marketing API,
# "Placement Asset Customization", whose list lacks the reels; clients send them and are taken.
GROUPS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "feeds": {
        "facebook": ("feed", "marketplace"),
        "instagram": ("stream", "explore_home", "profile_feed"),
    },
    "stories_and_reels": {
        "facebook": ("story", "facebook_reels"),
        "instagram": ("story", "reels"),
    },
    "right_column_and_search": {"facebook": ("right_hand_column", "search")},
}


def places_of(platforms: Mapping[str, Iterable[str]]) -> set[str]:
    """Return placements as `platform position` each."""
    return {f"{name} {position}" for name, positions in platforms.items() for position in positions}


def group_words(group: str) -> str:
    """Return a group of placements for people: `stories and reels`."""
    return group.replace("_", " ")
