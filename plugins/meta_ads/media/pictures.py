"""What is inside a picture file: an ad's picture, a carousel card's or a video's thumbnail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from meta_ads.errors import InvalidCampaign, Problem

# Source: Meta, "Ad image": JPG or PNG, at most 30 MB.
_LARGEST_BYTES = 30 * 1024 * 1024
_MAGIC = {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}
_REMEDY = "Use a JPG or PNG picture"


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """A picture file's size in pixels."""

    width: int
    height: int


def read_picture(path: Path, name: str | None = None) -> PictureFacts:
    """Return the facts of a picture, decoded as proof.

    `name` is what errors call the file (default: its path). Raises InvalidCampaign when it is not
    a JPG or PNG that can be read, or too large to be sent.
    """
    import av

    called = name or str(path)
    size = path.stat().st_size
    if size > _LARGEST_BYTES:
        message = f"the picture has {size / 2**20:.1f} MB; at most 30 MB"
        raise _refused(called, message, "Export it smaller")
    with path.open("rb") as file:
        head = file.read(8)
    if not any(head.startswith(magic) for magic in _MAGIC):
        raise _refused(called, "this is neither JPG nor PNG")
    try:
        with av.open(str(path), mode="r") as container:
            frame = next(container.decode(video=0), None)
    except (av.FFmpegError, IndexError):
        frame = None
    if frame is None:
        raise _refused(called, "this picture cannot be read")
    return PictureFacts(frame.width, frame.height)


def _refused(called: str, message: str, remedy: str = _REMEDY) -> InvalidCampaign:
    return InvalidCampaign([Problem(file=called, message=message, remedy=remedy)])
