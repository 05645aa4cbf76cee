"""Small pictures of what a plan shows people: made from the committed files, never fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from meta_ads.errors import InvalidCampaign, Problem
from meta_ads.media.files import CreativeFiles
from meta_ads.media.thumbnails import thumbnail
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind

# About 20 KB each.
KEPT = 300
# What a page shows of one plan.
MOST = 12
# A file as it was last seen: device, inode, bytes, time of its last change (ns).
Seen = tuple[int, int, int, int]
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Media:
    """A file of a plan: its path below `creatives/`, and the sha256 it has in the plan."""

    kind: StepKind
    source: str
    digest: str


def media(plan: Plan) -> list[Media]:
    """Return the pictures and videos of a plan, pictures first, each content once."""
    found = {}
    for kind in (StepKind.IMAGE, StepKind.VIDEO):
        for step in plan.of_kind(kind):
            digest = step.params.get("sha256")
            # Without a file it is the frame that Meta prefers, of a video that is here too.
            if step.source is not None and digest is not None:
                found[digest] = Media(kind, step.source, digest)
    return list(found.values())[:MOST]


class Pictures:
    """Thumbnails, made once for each content, one at a time: they take a processor and memory.

    A file that changed since the plan was made is not shown: nobody shall approve another picture.
    """

    def __init__(self, root: Path) -> None:
        self._files = CreativeFiles(root)
        self._digests: dict[Seen, str] = {}
        self._made: dict[str, bytes] = {}
        # Reading a large video must not keep Airflow's own threads busy.
        self._turn = CapacityLimiter(1)

    def missing(self, item: Media) -> str:
        """Return why there is no picture, as far as that is known without reading the file."""
        try:
            self._files.path(item.source)
        except InvalidCampaign as refused:
            return " ".join(str(problem) for problem in refused.problems)
        return ""

    async def of(self, item: Media) -> bytes:
        """Return the JPEG. InvalidCampaign when the file is gone, changed, or cannot be shown."""
        return await to_thread.run_sync(self._of, item, limiter=self._turn)

    def _of(self, item: Media) -> bytes:
        path = self._files.path(item.source)
        seen = _seen(path)
        if seen not in self._digests:
            _keep(self._digests, seen, self._files.sha256(item.source))
        if self._digests[seen] != item.digest:
            raise _changed(item)
        if item.digest not in self._made:
            made = thumbnail(path, _name(item))
            if _seen(path) != seen:
                raise _changed(item)
            _keep(self._made, item.digest, made)
        return self._made[item.digest]


def _name(item: Media) -> str:
    return f"creatives/{item.source}"


def _seen(path: Path) -> Seen:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _keep(known: dict[Key, Value], key: Key, value: Value) -> None:
    """Remember a value, and forget the oldest when there are many."""
    known[key] = value
    if len(known) > KEPT:
        del known[next(iter(known))]


def _changed(item: Media) -> InvalidCampaign:
    return InvalidCampaign(
        [
            Problem(
                file=_name(item),
                message="the file has changed since this plan was made, and is not what it sends",
                remedy="A dry run shows the plan of today's file",
            )
        ]
    )
