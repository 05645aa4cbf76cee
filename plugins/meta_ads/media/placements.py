"""What each placement recommends of a video or picture. Launches go on without; people see less.

Source of every value: Meta, "Ads Guide" (video, picture) and Business Help Centre 179080809286633
(Audience Network). Placements that show no video, and Threads, whose values Meta does not publish
there, are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_MINUTE = 60.0
# Meta's "aspect ratio tolerance" of feeds; Stories and Reels say 1 %, which pixels alone can break.
_TOLERANCE = 0.03


@dataclass(frozen=True, slots=True)
class Recommended:
    """Shapes as width:height, and how long a video may last to be shown there, in seconds."""

    shapes: tuple[str, ...]
    longest_s: float
    shortest_s: float = 0.0


_FEED, _FULL_SCREEN = ("4:5", "1:1"), ("9:16",)

# Told by platform and position, as campaign files name them.
RECOMMENDED: Mapping[str, Recommended] = {
    "facebook feed": Recommended(_FEED, 241 * _MINUTE, 1),
    "facebook facebook_reels": Recommended(_FULL_SCREEN, 15 * _MINUTE),
    "facebook instream_video": Recommended(("16:9", "1:1"), 10 * _MINUTE, 5),
    "facebook marketplace": Recommended(_FEED, 241 * _MINUTE, 1),
    "facebook profile_feed": Recommended(_FEED, 241 * _MINUTE, 1),
    "facebook search": Recommended(_FEED, 241 * _MINUTE, 1),
    "facebook story": Recommended(_FULL_SCREEN, 2 * _MINUTE, 1),
    "instagram stream": Recommended(_FEED, 60 * _MINUTE, 1),
    "instagram story": Recommended(_FULL_SCREEN, 60 * _MINUTE, 1),
    "instagram reels": Recommended(_FULL_SCREEN, 15 * _MINUTE),
    "instagram explore_home": Recommended(_FEED, 60 * _MINUTE, 1),
    "instagram profile_feed": Recommended(_FEED, 60 * _MINUTE, 1),
    "audience_network classic": Recommended(("9:16", "4:5", "1:1", "16:9"), 2 * _MINUTE),
    "audience_network rewarded_video": Recommended(("9:16", "4:5", "1:1", "16:9"), _MINUTE, 3),
}
# Where most people see an ad whose placements Meta chooses. A shape suits when any of them wants
# it, since Meta crops it for the others; for its length, each counts.
USUAL = (
    "facebook feed",
    "facebook facebook_reels",
    "facebook story",
    "instagram stream",
    "instagram story",
    "instagram reels",
)


def shape_misfits(width: int, height: int, chosen: Collection[str]) -> tuple[str, ...]:
    """Return the placements, with the shapes they want, that crop or frame such a picture.

    `chosen` is empty when Meta chooses. Sizes are pixels.
    """
    if not chosen:
        wanted = dict.fromkeys(shape for place in USUAL for shape in RECOMMENDED[place].shapes)
        fits = _fits(width, height, wanted)
        return () if fits else (f"feeds, stories and reels, {_or(wanted)}",)
    return tuple(
        f"{place}, {_or(RECOMMENDED[place].shapes)}"
        for place in _known(chosen)
        if not _fits(width, height, RECOMMENDED[place].shapes)
    )


def length_misfits(seconds: float, chosen: Collection[str]) -> tuple[str, ...]:
    """Return the placements, with the length they take, that cannot show a video so long."""
    found = []
    for place in _known(chosen) if chosen else USUAL:
        recommended = RECOMMENDED[place]
        if seconds > recommended.longest_s:
            found.append(f"{place}, at most {_length(recommended.longest_s)}")
        elif seconds < recommended.shortest_s:
            found.append(f"{place}, at least {_length(recommended.shortest_s)}")
    return tuple(found)


def _known(chosen: Collection[str]) -> list[str]:
    return [place for place in RECOMMENDED if place in chosen]


def _fits(width: int, height: int, shapes: Collection[str]) -> bool:
    return any(abs(width / height / ratio - 1) <= _TOLERANCE for ratio in _ratios(shapes))


def _ratios(shapes: Collection[str]) -> Iterator[float]:
    for shape in shapes:
        wide, _, high = shape.partition(":")
        yield int(wide) / int(high)


def _or(shapes: Collection[str]) -> str:
    return f"made for {' or '.join(shapes)}"


def _length(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min"
