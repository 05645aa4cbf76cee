"""One medium of a creative, by what stands for its ids at Meta."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture, or a video with the picture before it plays.

    `image` stands for the hash of the picture, `video` for the video's id; None without one.
    """

    image: Any
    video: Any = None
