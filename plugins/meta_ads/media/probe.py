"""What is inside a video file, read with PyAV (FFmpeg)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from meta_ads.errors import InvalidCampaign, Problem

_EXPORT_AGAIN = "Export it again as MP4 with H.264 video and AAC sound"
# FFmpeg names both by one demuxer.
_MP4_FAMILY = "mov,mp4,m4a,3gp,3g2,mj2"

_FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"}
_SHORTEST_BOX = 8
_BOX_HEAD = 16


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """A video file. Sizes are pixels as shown (after rotation), bytes, seconds, frames a second.

    `container` is `mp4` for MP4 and MOV alike, else FFmpeg's name of the format.
    """

    container: str
    codec: str
    width: int
    height: int
    duration_s: float
    fps: float
    has_audio: bool
    size_bytes: int

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
    if _is_cut_off(path, size):
        raise _not_a_video(called, "the end of this video is missing")
    problem: InvalidCampaign
    try:
        with av.open(str(path), mode="r") as container:
            return _facts(container, called, size)
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
    )


def _is_cut_off(path: Path, size: int) -> bool:
    """Whether an MP4 or MOV promises more bytes than there are; False for other formats.

    Such a file plays up to the cut, so only its boxes tell. Source: ISO 14496-12, section 4.2: a
    box is its size (32 bits), its type, and, when the size says 1, the real size (64 bits).
    """
    position = 0
    with path.open("rb") as file:
        while position < size:
            file.seek(position)
            head = file.read(_BOX_HEAD)
            if len(head) < _SHORTEST_BOX or (position == 0 and head[4:8] not in _FIRST_BOXES):
                return position > 0
            length = int.from_bytes(head[:4], "big")
            if length == 0:  # up to the end of the file
                return False
            if length == 1:
                length = int.from_bytes(head[8:], "big")
            if length < _SHORTEST_BOX:
                return True
            position += length
    return position > size


def _duration(container: Any, stream: Any) -> float:
    if container.duration:
        return float(container.duration) / 1_000_000
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return 0.0


def _not_a_video(called: str, message: str) -> InvalidCampaign:
    return InvalidCampaign([Problem(file=called, message=message, remedy=_EXPORT_AGAIN)])
