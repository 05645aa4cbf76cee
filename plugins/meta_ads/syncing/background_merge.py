"""Merging a slice while the next one is read: Meta, this process and Postgres work at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from meta_ads.syncing.insight_ports import Merge, SliceCounts
from meta_ads.syncing.insight_slices import Slice


class BackgroundMerge:
    """Merges slices one after the other in a thread, at most one behind the caller.

    `merged` is called in the caller's thread with each slice and what its merge counted. Leaving
    the context waits for the last merge.
    """

    def __init__(self, merged: Callable[[Slice, SliceCounts], None]) -> None:
        self._merged = merged
        self._thread = ThreadPoolExecutor(1, "merge-insights")
        self._current: tuple[Slice, Future[SliceCounts]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._thread:
            self.wait()

    def add(self, part: Slice, merge: Merge) -> None:
        """Begin to merge a slice as soon as the one before is merged; raises what that raised."""
        self.wait()
        self._current = part, self._thread.submit(merge)

    def wait(self) -> None:
        """Wait until nothing is being merged; raises what the merge raised."""
        current, self._current = self._current, None
        if current is not None:
            part, future = current
            self._merged(part, future.result())
