"""What Meta takes as an ad video, checked before a byte is uploaded."""

from __future__ import annotations

from dataclasses import dataclass

from meta_ads.errors import Problem
from meta_ads.media.probe import VideoFacts

_GIB = 1024**3
# FFmpeg's names of what it reads a single picture with.
PICTURES = frozenset({"image2", "jpeg_pipe", "png_pipe", "gif", "webp_pipe"})
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """Bytes, seconds and pixels. Source: Meta, "Ad specs" for video in Feed, Stories and Reels.

    Meta recommends up to 10 GB. MP4 and MOV are our policy: Meta converts more, less reliably.
    """

    largest_bytes: int = 10 * _GIB
    shortest_s: float = 1.0
    longest_s: float = 241 * _MINUTE
    smallest_side: int = 120
    containers: tuple[str, ...] = ("mp4",)
    codecs: tuple[str, ...] = ("h264", "hevc", "vp9", "av1")


def check_video(facts: VideoFacts, name: str, limits: VideoLimits | None = None) -> list[Problem]:
    """Return everything Meta would refuse about a video; empty when it is fine."""
    allowed = limits or VideoLimits()
    problems: list[Problem] = []

    if facts.container in PICTURES:
        remedy = "Name a video here; a picture may be the thumbnail"
        return [Problem(file=name, message="this is a picture, not a video", remedy=remedy)]

    def found(message: str, remedy: str) -> None:
        problems.append(Problem(file=name, message=message, remedy=remedy))

    if facts.size_bytes > allowed.largest_bytes:
        size, largest = facts.size_bytes / _GIB, allowed.largest_bytes / _GIB
        found(f"the video has {size:.1f} GB; at most {largest:.0f} GB", "Export it smaller")
    if facts.duration_s < allowed.shortest_s:
        found(
            f"the video lasts {facts.duration_s:.2f} s; at least {allowed.shortest_s:.0f} s",
            "Use a longer video",
        )
    if facts.duration_s > allowed.longest_s:
        minutes, longest = facts.duration_s / _MINUTE, allowed.longest_s / _MINUTE
        found(f"the video lasts {minutes:.0f} min; at most {longest:.0f} min", "Cut it")
    if min(facts.width, facts.height) < allowed.smallest_side:
        found(
            f"the picture is {facts.width}x{facts.height}; "
            f"each side at least {allowed.smallest_side} pixels",
            "Export it larger; 1080x1920 suits Reels and Stories",
        )
    if facts.container not in allowed.containers:
        found(f"the container is {facts.container}; allowed are MP4 and MOV", "Export it as MP4")
    if facts.codec not in allowed.codecs:
        found(
            f"the codec is {facts.codec}; allowed are {', '.join(allowed.codecs)}",
            "Export it with H.264",
        )
    return problems
