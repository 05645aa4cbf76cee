"""Small pictures of media files, for people who look at a plan."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from meta_ads.errors import InvalidCampaign, Problem

SIDE = 360
# A larger picture is not decoded: it would take more memory than a page may.
_MOST_PIXELS = 64_000_000
# The very first frame of a video is often black.
_SECONDS_IN = 1.0
_QUALITY = {"qmin": "3", "qmax": "3"}
# FFmpeg's filters by what the file says it is turned by, in degrees to the left.
_TURNS = {
    90: ("transpose", "cclock"),
    -90: ("transpose", "clock"),
    180: ("rotate", "PI"),
    -180: ("rotate", "PI"),
}
_REMEDY = "Look at the file itself, or export it again"


def thumbnail(path: Path, name: str | None = None, side: int = SIDE) -> bytes:
    """Return a JPEG of a picture, or of a video about a second in, upright, at most `side` high
    and wide (pixels).

    `name` is what errors call the file (default: its path). Raises InvalidCampaign when nothing in
    it can be shown.
    """
    import av

    called = name or str(path)
    try:
        with av.open(str(path), mode="r") as container:
            return _jpeg(_upright(_frame(container, called)), side)
    except (av.FFmpegError, IndexError):
        # Chained, FFmpeg's error would name the folder on this machine.
        problem = _refused(called, "nothing in this file can be shown")
    raise problem


def _frame(container: Any, called: str) -> Any:
    """Return the frame to show; IndexError without a picture in the file."""
    stream = container.streams.video[0]
    if stream.width * stream.height > _MOST_PIXELS:
        message = f"the picture is {stream.width}x{stream.height}, too large to be shown here"
        raise _refused(called, message)
    shown = None
    for shown in container.decode(stream):
        if shown.time is None or shown.time >= _SECONDS_IN:
            break
    if shown is None:
        raise IndexError(called)
    return shown


def _upright(frame: Any) -> Any:
    """Return the frame turned as its file says: phones store upright videos lying down."""
    import av

    if frame.rotation not in _TURNS:
        return frame
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    graph.link_nodes(source, graph.add(*_TURNS[frame.rotation]), graph.add("buffersink"))
    graph.configure()
    graph.vpush(frame)
    return graph.vpull()


def _jpeg(frame: Any, side: int) -> bytes:
    import av

    scale = min(1.0, side / max(frame.width, frame.height))
    width, height = (max(1, round(length * scale)) for length in (frame.width, frame.height))
    small = frame.reformat(width=width, height=height, format="yuvj420p", interpolation="AREA")
    codec = av.CodecContext.create("mjpeg", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuvj420p"
    codec.time_base = Fraction(1, 1)
    codec.options = _QUALITY
    # Its time in the video means nothing here, and an encoder takes none that it has seen.
    small.pts = 0
    return b"".join(bytes(packet) for packet in [*codec.encode(small), *codec.encode(None)])


def _refused(called: str, message: str) -> InvalidCampaign:
    return InvalidCampaign([Problem(file=called, message=message, remedy=_REMEDY)])
