"""The memory that a set of processes takes at its highest."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from local_stack.process_table import memory_bytes

_INTERVAL_SECONDS = 2.0


class MemoryMeter:
    """Looks every two seconds, in a thread of its own. A context manager."""

    def __init__(self, pids: Callable[[], set[int]]) -> None:
        self._pids = pids
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def peak_bytes(self) -> int:
        """The highest sum seen so far, in bytes, now included."""
        self._look()
        return self._peak

    def _watch(self) -> None:
        while not self._ended.wait(_INTERVAL_SECONDS):
            self._look()

    def _look(self) -> None:
        self._peak = max(self._peak, memory_bytes(self._pids()))
