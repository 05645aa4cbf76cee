"""Which objects a report has rows about, and which ads stand behind each."""

from collections.abc import Sequence

from emulator.emulator import Emulator
from emulator.insights.filters import AdFilter
from emulator.state import Object

_DEPTH = {"account": 0, "campaign": 1, "adset": 2, "ad": 3}


class Scope:
    """The objects at one level below (or at, or above) the node whose insights are read."""

    def __init__(self, emulator: Emulator, node: Object, level: str, ads: AdFilter) -> None:
        self._emulator, self._node, self._filter = emulator, node, ads
        self.level = level
        state = emulator.state
        self.objects: Sequence[Object]
        if _DEPTH[level] > _DEPTH[node.kind]:
            self.objects = state.children(node.id, level)
        elif level == node.kind:
            self.objects = [node]
        else:
            self.objects = [state.objects[node.parents[_DEPTH[level]]]]

    def ads(self, obj: Object) -> list[Object]:
        """Return the ads whose delivery an object's rows are made of."""
        if obj is not self._node and not self._is_above(obj) and not self._filter.lists(obj):
            return []
        source = self._node if self._is_above(obj) else obj
        found = (
            [source]
            if source.kind == "ad"
            else list(self._emulator.state.children(source.id, "ad"))
        )
        if self._filter.empty:
            return found
        return [ad for ad in found if self._filter.passes(ad)]

    def chain(self, obj: Object) -> dict[str, Object]:
        """Return an object with its parents below the account, outermost first, by kind."""
        objects = self._emulator.state.objects
        chain = [objects[one] for one in obj.parents[1:]] if obj.kind != "account" else []
        chain += [obj] if obj.kind != "account" else []
        return {one.kind: one for one in chain}

    def ad_sets(self, obj: Object) -> list[Object]:
        """Return the ad sets behind an object's rows."""
        objects = self._emulator.state.objects
        return [objects[one] for one in dict.fromkeys(ad.parents[2] for ad in self.ads(obj))]

    def ads_each(self) -> float:
        """Return how many ads stand behind an object, on average; the size of a row's work."""
        if self.level == "ad" or not len(self.objects):
            return 1.0
        everyone = [self._node] if self._node.kind == "ad" else self._below()
        return max(1.0, len(everyone) / len(self.objects))

    def _below(self) -> Sequence[Object]:
        return self._emulator.state.children(self._node.id, "ad")

    def _is_above(self, obj: Object) -> bool:
        return _DEPTH[obj.kind] < _DEPTH[self._node.kind]
