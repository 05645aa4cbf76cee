"""The bytes of uploaded videos on disk: written where the upload stands, and durable."""

import os
import shutil
from pathlib import Path
from typing import IO, BinaryIO

from emulator.emulator import Emulator
from emulator.state import Object


def file_of(emulator: Emulator, video: Object) -> Path:
    """Return where the uploaded bytes of a video lie."""
    return emulator.settings.videos / f"{video.id}.bin"


def thumbnail_file(emulator: Emulator, video: Object, identity: str) -> Path:
    """Return where a thumbnail lies that a client has uploaded."""
    return emulator.settings.videos / f"{video.id}-{identity}.jpg"


def write_at(path: Path, offset: int, source: IO[bytes]) -> int:
    """Write all of ``source`` durably from an offset on; return how many bytes that were.

    Bytes after ``offset`` that no answer ever confirmed are cut off. Memory stays small, whatever
    the file's size.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_at(path, offset) as file:
        source.seek(0)
        shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())
        return file.tell() - offset


def open_at(path: Path, offset: int) -> BinaryIO:
    """Open a file for writing from an offset on, made if missing; what lay behind it is gone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT), "r+b")
    file.truncate(offset)
    file.seek(offset)
    return file
