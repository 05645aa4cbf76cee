"""The children of a node, newest first, found by place without walking over all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from emulator.state import Object


class Children(Sequence["Object"]):
    """A view of one node's children of one kind, as they stood when it was made.

    ``ids`` is oldest first and only ever grows; ``order`` numbers all ids by age. A child keeps
    its place for good: one that is deleted is marked, not removed.
    """

    def __init__(
        self, ids: Sequence[str], objects: Mapping[str, Object], order: Mapping[str, int]
    ) -> None:
        self._ids, self._objects, self._order = ids, objects, order
        self._count = len(ids)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Object: ...
    @overload
    def __getitem__(self, index: slice) -> list[Object]: ...
    def __getitem__(self, index: int | slice) -> Object | list[Object]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._objects[self._ids[self._count - 1 - index % self._count]]

    def __iter__(self) -> Iterator[Object]:
        for place in range(self._count - 1, -1, -1):
            yield self._objects[self._ids[place]]

    def place(self, identity: str) -> int | None:
        """Return the index of the child of that id; None if it is none of these."""
        number = self._order.get(identity)
        if number is None:
            return None
        found = bisect_left(self._ids, number, hi=self._count, key=self._order.__getitem__)
        if found == self._count or self._ids[found] != identity:
            return None
        return self._count - 1 - found
