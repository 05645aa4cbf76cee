"""Looks inside uploaded files: is it a video, is it an image, and how large."""

import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av


@dataclass(frozen=True)
class Probe:
    """What a readable video or image is: pixels, and seconds (0 for an image)."""

    width: int
    height: int
    seconds: float


def probe_video(path: Path) -> Probe | None:
    """Return a video's measures, or None when its first frame cannot be decoded."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            frame = next(container.decode(stream))
            seconds = float(container.duration or 0) / 1_000_000
            return Probe(frame.width, frame.height, seconds)
    except (OSError, ValueError, IndexError, StopIteration, av.FFmpegError):
        return None


def probe_image(content: bytes) -> Probe | None:
    """Return an image's measures, or None when the bytes are no image."""
    try:
        with av.open(io.BytesIO(content), "r") as container:
            frame = next(container.decode(container.streams.video[0]))
            return Probe(frame.width, frame.height, 0.0)
    except (OSError, ValueError, IndexError, StopIteration, av.FFmpegError):
        return None


def jpeg_frame(path: Path, share: float) -> bytes:
    """Return the frame at that share (0 to 1) of a video as JPEG bytes."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        container.seek(int((container.duration or 0) * share), backward=True)
        frame = next(container.decode(stream))
        encoder: Any = av.CodecContext.create("mjpeg", "w")
        encoder.width, encoder.height = frame.width, frame.height
        encoder.pix_fmt = "yuvj420p"
        encoder.time_base = Fraction(1, 25)
        picture = frame.reformat(format="yuvj420p")
        picture.pts = None
        packets = [*encoder.encode(picture), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)
