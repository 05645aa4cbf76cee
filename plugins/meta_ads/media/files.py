"""The files below `creatives/`, opened so that no path leads anywhere else."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from meta_ads.errors import InvalidCampaign, Problem

_BLOCK = 1024 * 1024
_REMEDY = "Put the file below creatives/ and name it by its path from there, such as spring/a.mp4"


class CreativeFiles:
    """Implements `launching.ports.MediaFiles` for one `creatives/` folder.

    Every method raises InvalidCampaign (a FixInput) when the path is absolute, leaves the folder,
    also through a link, or names anything but a regular file.
    """

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.realpath(root))

    def __repr__(self) -> str:
        return f"CreativeFiles({str(self._root)!r})"

    def path(self, relative_path: str) -> Path:
        """Return the real path."""
        plain = PurePosixPath(relative_path)
        if not relative_path or "\0" in relative_path or plain.is_absolute():
            raise _problem(relative_path, "this is not a path below creatives/")
        if ".." in plain.parts:
            raise _problem(relative_path, "the path leaves creatives/")
        real = Path(os.path.realpath(self._root / plain))
        if not real.is_relative_to(self._root):
            raise _problem(relative_path, "a link leads out of creatives/")
        self._refuse_irregular(relative_path, real)
        return real

    def open(self, relative_path: str) -> BinaryIO:
        """Open a file for reading."""
        real = self.path(relative_path)
        try:
            # The checked path has no link left: one that appears now was put there since.
            # Without blocking, because opening a pipe waits for its writer.
            descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise _problem(
                relative_path, f"it cannot be read ({error.strerror})", "Make it readable"
            ) from None
        file = os.fdopen(descriptor, "rb")
        if not stat.S_ISREG(os.fstat(descriptor).st_mode) or not self._same(descriptor, real):
            file.close()
            raise _problem(relative_path, "it changed while it was being opened")
        return file

    def sha256(self, relative_path: str) -> str:
        """Return the digest of a file's bytes as 64 hex characters, reading it in blocks."""
        digest = hashlib.sha256()
        with self.open(relative_path) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
        return digest.hexdigest()

    def _refuse_irregular(self, relative_path: str, real: Path) -> None:
        try:
            mode = os.lstat(real).st_mode
        except FileNotFoundError:
            raise _problem(relative_path, "there is no such file") from None
        except OSError as error:
            raise _problem(relative_path, f"it cannot be read ({error.strerror})") from None
        if stat.S_ISDIR(mode):
            raise _problem(relative_path, "this is a folder, not a file")
        if not stat.S_ISREG(mode):
            raise _problem(relative_path, "this is not a regular file")

    def _same(self, descriptor: int, real: Path) -> bool:
        """Whether a folder on the way was not swapped for a link after the check."""
        try:
            now = os.stat(os.path.realpath(real))
        except OSError:
            return False
        inside = Path(os.path.realpath(real)).is_relative_to(self._root)
        return inside and os.path.samestat(os.fstat(descriptor), now)


def _problem(relative_path: str, message: str, remedy: str = _REMEDY) -> InvalidCampaign:
    return InvalidCampaign(
        [Problem(file=f"creatives/{relative_path}", message=message, remedy=remedy)]
    )
