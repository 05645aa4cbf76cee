"""Named copies of everything a server knows, media files included, to go back to."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from emulator.clock import meta_text
from emulator.emulator import Emulator
from emulator.state import State
from emulator.world import seed

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_DATABASE, _ABOUT = "state.sqlite", "about.json"
_MEDIA = ("videos", "images")
# A copy on its way into its place; no snapshot can have a name with a leading dot.
_FRESH, _OLD = ".fresh", ".old"
# Names what a restore that was cut short must finish; outside the database it replaces.
_RESTORING = "restoring"


class UnknownSnapshotError(LookupError):
    """There is no snapshot of that name."""


def check_name(name: str) -> None:
    """Raise ValueError for a name that is not 1 to 64 letters, digits, ``_``, ``.`` or ``-``."""
    if not _NAME.fullmatch(name):
        raise ValueError("a name has 1 to 64 letters, digits, _ . or -, and begins with no sign")


def list_snapshots(emulator: Emulator) -> list[dict[str, Any]]:
    """Return each snapshot's name, when it was taken, and how much it holds, by name."""
    files = sorted(emulator.settings.snapshots.glob(f"*/{_ABOUT}"))
    rows = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return [row for file, row in zip(files, rows, strict=True) if file.parent.name == row["name"]]


def take_snapshot(emulator: Emulator, name: str) -> dict[str, Any]:
    """Copy everything under that name, in place of an earlier copy; return what it holds.

    A kill on the way leaves the earlier copy or the new one. Raises ValueError for a bad name.
    """
    check_name(name)
    fresh = emulator.settings.snapshots / _FRESH
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    emulator.state.copy_to(fresh / _DATABASE)
    for media in _MEDIA:
        _copy_files(emulator.settings.state / media, fresh / media)
    about = {
        "name": name,
        "time": meta_text(emulator.clock.now(), "UTC"),
        "objects": len(emulator.state.objects),
        "journal": emulator.state.journal_length(),
        "bytes": sum(file.stat().st_size for file in fresh.rglob("*") if file.is_file()),
    }
    (fresh / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
    _put_in_place(emulator.settings.snapshots)
    return about


def _put_in_place(snapshots: Path) -> None:
    """Give a complete fresh copy its name, in place of an earlier copy."""
    fresh, old = snapshots / _FRESH, snapshots / _OLD
    if (fresh / _ABOUT).exists():
        place = snapshots / json.loads((fresh / _ABOUT).read_text(encoding="utf-8"))["name"]
        if place.exists():
            place.rename(old)
        fresh.rename(place)
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def restore_snapshot(emulator: Emulator, name: str) -> None:
    """Go back to a snapshot: objects, journal, settings, clock offset, faults and media files.

    Raises UnknownSnapshotError. A kill on the way is made good when the server starts again.
    """
    folder = _folder(emulator, name)
    marker = emulator.settings.state / _RESTORING
    marker.write_text(name, encoding="utf-8")
    _copy_back(emulator.state, emulator.settings.state, folder)
    marker.unlink()


def finish_cut_short(state: State, folder: Path) -> None:
    """Complete a snapshot or a restore that a kill cut short; called when a server starts."""
    _put_in_place(folder / "snapshots")
    marker = folder / _RESTORING
    if marker.exists():
        _copy_back(state, folder, folder / "snapshots" / marker.read_text(encoding="utf-8"))
        marker.unlink()


def delete_snapshot(emulator: Emulator, name: str) -> None:
    """Remove a snapshot; raise UnknownSnapshotError when there is none."""
    shutil.rmtree(_folder(emulator, name))


def start_anew(emulator: Emulator) -> None:
    """Go back to the world file: no journal, no faults, real time. Snapshots stay."""
    emulator.state.clear()
    emulator.follow_state()
    for media in _MEDIA:
        shutil.rmtree(emulator.settings.state / media, ignore_errors=True)
    seed(emulator.state, emulator.world, emulator.clock.now())


def _folder(emulator: Emulator, name: str) -> Path:
    folder = emulator.settings.snapshots / name
    if not _NAME.fullmatch(name) or not (folder / _ABOUT).exists():
        raise UnknownSnapshotError(name)
    return folder


def _copy_back(state: State, live: Path, folder: Path) -> None:
    for media in _MEDIA:
        _copy_files(folder / media, live / media)
    state.copy_from(folder / _DATABASE)


def _copy_files(source: Path, target: Path) -> None:
    """Make the target folder hold exactly the source's files; a missing source is an empty one."""
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)
    else:
        target.mkdir(parents=True)
