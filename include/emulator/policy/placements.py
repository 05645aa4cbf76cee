"""Placements an ad set may choose, and those Meta has taken away."""

from typing import Any

from emulator.policy.rules import broken

#: Platform: its positions, as Meta's "Placement Targeting" lists them.
POSITIONS = {
    "facebook": "biz_disco_feed facebook_reels facebook_reels_overlay feed instream_video"
    " marketplace notification profile_feed right_hand_column search story",
    "instagram": "explore_home ig_search profile_feed profile_reels reels story stream",
    "messenger": "messenger_home sponsored_messages story",
    "audience_network": "classic instream_video rewarded_video",
    "threads": "threads_stream",
    "whatsapp": "status",
}
# Position that is gone: since which version.
_GONE = {("facebook", "video_feeds"): "v24.0", ("instagram", "explore"): "v26.0"}
# Meta drops these without a word since v26.
_DROPPED = {"messenger_positions": frozenset(["story"])}


def check_placements(targeting: dict[str, Any], blame: str = "targeting") -> None:
    """Raise for a platform or position that does not exist, or no longer does.

    `blame` is the parameter that holds them.
    """
    for platform in targeting.get("publisher_platforms") or []:
        if platform not in POSITIONS:
            raise broken(
                "not_in_enum",
                blame=blame,
                param=f"{blame}[publisher_platforms]",
                allowed=", ".join(sorted(POSITIONS)),
            )
    for platform, known in POSITIONS.items():
        for position in targeting.get(f"{platform}_positions") or []:
            _check_position(platform, position, known.split(), blame)
    chosen = targeting.get("publisher_platforms")
    for platform in POSITIONS:
        if chosen and targeting.get(f"{platform}_positions") and platform not in chosen:
            raise broken("position_without_platform", blame=blame, platform=platform)


def without_dropped(targeting: dict[str, Any]) -> dict[str, Any]:
    """Return targeting as Meta stores it: without the positions it silently drops."""
    kept = dict(targeting)
    for name, gone in _DROPPED.items():
        if kept.get(name):
            kept[name] = [position for position in kept[name] if position not in gone]
            if not kept[name]:
                del kept[name]
    return kept


def _check_position(platform: str, position: str, known: list[str], blame: str) -> None:
    if version := _GONE.get((platform, position)):
        raise broken(
            "position_gone",
            blame=blame,
            platform=platform,
            position=position,
            version=version,
        )
    if position not in known:
        raise broken(
            "unknown_position",
            blame=blame,
            platform=platform,
            position=position,
            allowed=", ".join(known),
        )
