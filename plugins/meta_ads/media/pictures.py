"""Checking a picture or thumbnail before it is uploaded."""

from __future__ import annotations

from pathlib import Path

from meta_ads.errors import Problem

# Source: Meta, "Ad image": JPG or PNG, at most 30 MB.
_LARGEST_BYTES = 30 * 1024 * 1024
_SMALLEST_SIDE = 120
_MAGIC = {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}
_REMEDY = "Use a JPG or PNG picture in the shape of the video"


def check_picture(path: Path, name: str | None = None) -> list[Problem]:
    """Return everything wrong with a picture file; empty when it is fine."""
    import av

    called = name or str(path)
    size = path.stat().st_size
    if size > _LARGEST_BYTES:
        message = f"the picture has {size / 2**20:.1f} MB; at most 30 MB"
        return [Problem(file=called, message=message, remedy="Export it smaller")]
    with path.open("rb") as file:
        head = file.read(8)
    if not any(head.startswith(magic) for magic in _MAGIC):
        return [Problem(file=called, message="this is neither JPG nor PNG", remedy=_REMEDY)]
    try:
        with av.open(str(path), mode="r") as container:
            frame = next(container.decode(video=0), None)
    except (av.FFmpegError, IndexError):
        frame = None
    if frame is None:
        return [Problem(file=called, message="this picture cannot be read", remedy=_REMEDY)]
    if min(frame.width, frame.height) < _SMALLEST_SIDE:
        message = (
            f"the picture is {frame.width}x{frame.height}; "
            f"each side at least {_SMALLEST_SIDE} pixels"
        )
        return [Problem(file=called, message=message, remedy=_REMEDY)]
    return []
