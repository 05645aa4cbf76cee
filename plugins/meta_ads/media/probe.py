"""What is inside a video file, read with PyAV (FFmpeg)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from meta_ads.errors import InvalidCampaign, Problem
from meta_ads.media.boxes import layout

_EXPORT_AGAIN = "Export it again as MP4 with H.264 video and AAC sound"
# FFmpeg names both by one demuxer.
_MP4_FAMILY = "mov,mp4,m4a,3gp,3g2,mj2"

# The pictures whose times are looked at: ten minutes at 30 a second.
_LOOKED_AT = 18_000
_UNEVEN = 0.25
_FEW = 0.02


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """A video file. Sizes are pixels as shown (after rotation), bytes, seconds, frames a second.

    `container` is `mp4` for MP4 and MOV alike, else FFmpeg's name of the format. `index_last`: the
    file's index stands at its end. `varying`: its pictures come at uneven times.
    """

    container: str
    codec: str
    width: int
    height: int
    duration_s: float
    fps: float
    has_audio: bool
    size_bytes: int
    index_last: bool = False
    varying: bool = False

    @property
    def shape(self) -> str:
        """The picture's shape as people say it: `9:16`, `1:1`, else width x height."""
        ratio = Fraction(self.width, self.height).limit_denominator(20) if self.height else None
        if ratio and abs(ratio - Fraction(self.width, self.height)) < Fraction(1, 200):
            return f"{ratio.numerator}:{ratio.denominator}"
        return f"{self.width}x{self.height}"


def probe(path: Path, name: str | None = None) -> VideoFacts:
    """Return the facts of a video, its first picture decoded as proof.

    `name` is what errors call the file (default: its path). Raises InvalidCampaign when it is not
    a video, or one that breaks off before its first picture.
    """
    import av

    called = name or str(path)
    size = path.stat().st_size
    if size == 0:
        raise _not_a_video(called, "the file is empty")
    boxes = layout(path, size)
    if boxes.cut_off:
        raise _not_a_video(called, "the end of this video is missing")
    problem: InvalidCampaign
    try:
        with av.open(str(path), mode="r") as container:
            return replace(_facts(container, called, size), index_last=boxes.index_last)
    except av.FFmpegError as error:
        why = (error.strerror or "").lower()
        problem = _not_a_video(called, f"this is not a video, or it is cut off ({why})")
    raise problem


def _facts(container: Any, called: str, size: int) -> VideoFacts:
    if not container.streams.video:
        raise _not_a_video(called, "there is no picture in this file")
    stream = container.streams.video[0]
    frame = next(container.decode(stream), None)
    if frame is None:
        raise _not_a_video(called, "not one picture of this video can be read")
    duration = _duration(container, stream)
    width, height = frame.width, frame.height
    if abs(getattr(frame, "rotation", 0)) % 180 == 90:
        # Phones store upright video lying down, with a note to turn it.
        width, height = height, width
    names = container.format.name
    return VideoFacts(
        container="mp4" if names == _MP4_FAMILY else names,
        codec=stream.codec_context.name,
        width=width,
        height=height,
        duration_s=duration,
        fps=float(stream.average_rate or 0),
        has_audio=bool(container.streams.audio),
        size_bytes=size,
        varying=_varies(stream),
    )


def _varies(stream: Any) -> bool:
    """Whether the pictures come at uneven times.

    Told by the file's index, so that nothing more is read. A cut leaves single odd steps, and a
    coarse clock rounds them: both are even enough.
    """
    times: list[int] = sorted(entry.timestamp for entry in stream.index_entries[:_LOOKED_AT])
    steps = [after - before for before, after in pairwise(times)]
    if not steps:
        return False
    [(usual, _)] = Counter(steps).most_common(1)
    odd = sum(abs(step - usual) > usual * _UNEVEN for step in steps)
    return odd > len(steps) * _FEW


def _duration(container: Any, stream: Any) -> float:
    if container.duration:
        return float(container.duration) / 1_000_000
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return 0.0


def _not_a_video(called: str, message: str) -> InvalidCampaign:
    return InvalidCampaign([Problem(file=called, message=message, remedy=_EXPORT_AGAIN)])
