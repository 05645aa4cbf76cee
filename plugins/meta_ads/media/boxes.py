"""The boxes an MP4 or MOV file is made of. Source: ISO 14496-12, section 4.2.

A box is its size (32 bits), its type, and, when the size says 1, the real size (64 bits).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"}
_SHORTEST_BOX = 8
_BOX_HEAD = 16


@dataclass(frozen=True, slots=True)
class Layout:
    """What the boxes tell of a file.

    `cut_off`: they promise more bytes than there are; such a file plays up to the cut, so only its
    boxes tell. `index_last`: its index (`moov`) stands behind the pictures.
    """

    cut_off: bool = False
    index_last: bool = False


def layout(path: Path, size: int) -> Layout:
    """Return how the boxes of a file of `size` bytes lie; nothing is wrong in other formats."""
    position, pictures, index_last = 0, False, False
    with path.open("rb") as file:
        while position < size:
            file.seek(position)
            head = file.read(_BOX_HEAD)
            if len(head) < _SHORTEST_BOX or (position == 0 and head[4:8] not in _FIRST_BOXES):
                return Layout(cut_off=position > 0)
            kind = head[4:8]
            index_last = index_last or (kind == b"moov" and pictures)
            pictures = pictures or kind == b"mdat"
            length = int.from_bytes(head[:4], "big")
            if length == 0:  # up to the end of the file
                return Layout(index_last=index_last)
            if length == 1:
                length = int.from_bytes(head[8:], "big")
            if length < _SHORTEST_BOX:
                return Layout(cut_off=True)
            position += length
    return Layout(cut_off=position > size, index_last=index_last)
