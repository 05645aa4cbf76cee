"""Where ads may appear: Meta's platforms and their positions.

Source: Marketing API v26, "Placement Targeting". Instagram's `explore` was removed in v26.
"""

from __future__ import annotations

from collections.abc import Mapping

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
