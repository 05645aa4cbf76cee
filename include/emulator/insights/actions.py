"""Lists of actions as Meta writes them: one entry a type, with its counts by window."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emulator.insights.measures import (
    CONVERSIONS,
    FIRST_VALUE,
    PLACE,
    WINDOWS,
    Measures,
    conversion_place,
)
from emulator.reads.operators import Test

_PIXEL = "offsite_conversion.fb_pixel_"
_NO_PIXEL = ("mobile_app_install",)
#: Windows for which Meta gives no data any more.
GONE_WINDOWS = frozenset(("7d_view", "28d_view"))


ReadEntries = Callable[[Measures], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Action:
    """One action type: the measures that make it up, and whether it happens off Meta.

    ``places`` is for each window the measure that counts it; an on-Meta action has only one.
    """

    name: str
    places: tuple[int, ...]
    offsite: bool = False


def _onsite() -> list[Action]:
    engagement = ("link_clicks", "video_views", "reactions", "comments")
    single = {
        "link_click": ("link_clicks",),
        "video_view": ("video_views",),
        "post_reaction": ("reactions",),
        "comment": ("comments",),
        "landing_page_view": ("landing_page_views",),
        "post_engagement": engagement,
        "page_engagement": engagement,
    }
    return [Action(name, tuple(PLACE[one] for one in parts)) for name, parts in single.items()]


def _offsite() -> list[Action]:
    found = []
    for name in CONVERSIONS:
        places = tuple(conversion_place(name, window) for window in WINDOWS)
        names = [name, f"omni_{name}"]
        if name not in _NO_PIXEL:
            names.append(f"{_PIXEL}{name}")
        found += [Action(one, places, offsite=True) for one in names]
    return found


ACTIONS = (*_onsite(), *_offsite())
_PURCHASES = tuple(action for action in ACTIONS if action.name.endswith("purchase"))
_VALUE_PLACES = tuple(range(FIRST_VALUE, FIRST_VALUE + len(WINDOWS)))
#: Worth of purchases, in minor units.
VALUES = tuple(Action(action.name, _VALUE_PLACES, offsite=True) for action in _PURCHASES)


@dataclass(frozen=True)
class ActionList:
    """How a report shows actions: which types, which windows, which further columns.

    ``extra`` are the columns of action breakdowns beside the type, with their values and shares.
    """

    windows: tuple[str, ...]
    tests: Sequence[Test]
    offsite: bool
    by_type: bool
    extra: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]

    def shown(self, actions: Iterable[Action]) -> tuple[Action, ...]:
        """Return the actions the report shows."""
        return tuple(
            action
            for action in actions
            if (self.offsite or not action.offsite)
            and all(test(action.name) for test in self.tests)
        )

    def reader(self, actions: Iterable[Action], divisor: float = 1) -> ReadEntries:
        """Return how to read the entries of these actions from measures; fast for plain lists."""
        kept = tuple(actions)
        if self.extra or self.windows or not self.by_type or divisor != 1:
            return lambda row: self.entries(kept, row, divisor)
        # Several types count the same: they are looked at once.
        groups: dict[tuple[int, ...], list[str]] = {}
        for action in kept:
            places = action.places[:1] if action.offsite else action.places
            groups.setdefault(places, []).append(action.name)
        plain = [(places, tuple(names)) for places, names in groups.items()]

        def read(row: Measures) -> list[dict[str, Any]]:
            found = []
            for places, names in plain:
                count = row[places[0]] if len(places) == 1 else sum([row[one] for one in places])
                if count:
                    text = str(count)
                    for name in names:
                        found.append({"action_type": name, "value": text})
            return found

        return read

    def entries(
        self, actions: Iterable[Action], measures: Measures, divisor: float = 1
    ) -> list[dict[str, Any]]:
        """Return an entry for each action that happened; money is divided into whole units."""
        found = []
        for action in actions:
            counts = self._counts(action, measures)
            if not any(counts.values()):
                continue
            entry: dict[str, Any] = {"action_type": action.name} if self.by_type else {}
            if not self.extra:
                entry |= {key: _number(count, divisor) for key, count in counts.items()}
                found.append(entry)
                continue
            found += self._broken_down(action, entry, counts, divisor)
        return found if self.by_type else _merged(found)

    def _counts(self, action: Action, measures: Measures) -> dict[str, int]:
        if not action.offsite:
            count = sum(measures[place] for place in action.places)
            # What happens on Meta is counted when it happens: in each click window alike.
            return {"value": count, **{one: count for one in self.windows if "click" in one}}
        counts = {"value": measures[action.places[0]]}
        for window in self.windows:
            if window in WINDOWS:
                counts[window] = measures[action.places[WINDOWS.index(window)]]
        return counts

    def _broken_down(
        self, action: Action, entry: Mapping[str, Any], counts: Mapping[str, int], divisor: float
    ) -> list[dict[str, Any]]:
        rows: list[tuple[dict[str, Any], dict[str, int]]] = [(dict(entry), dict(counts))]
        for column, values in self.extra:
            # Meta no longer tells these of actions off its surfaces.
            if action.offsite:
                continue
            rows = [
                ({**one, column: value}, part)
                for one, whole in rows
                for value, part in _parts(whole, values)
                if any(part.values())
            ]
        return [
            {**one, **{key: _number(count, divisor) for key, count in part.items()}}
            for one, part in rows
        ]


def _parts(
    whole: Mapping[str, int], values: tuple[tuple[str, int], ...]
) -> Iterable[tuple[str, dict[str, int]]]:
    total, seen = sum(share for _, share in values), 0
    for value, share in values:
        yield (
            value,
            {
                key: count * (seen + share) // total - count * seen // total
                for key, count in whole.items()
            },
        )
        seen += share


def _merged(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries of all types as one per combination of the other columns."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for entry in entries:
        columns = {key: one for key, one in entry.items() if key.startswith("action_")}
        kept = found.setdefault(tuple(sorted(columns.items())), dict(columns))
        for key in entry.keys() - columns.keys():
            kept[key] = _number(float(kept.get(key, 0)) + float(entry[key]), 1)
    return list(found.values())


def _number(count: float, divisor: float) -> str:
    if divisor == 1 and isinstance(count, int):
        return str(count)
    return decimal(count / divisor)


def decimal(number: float) -> str:
    """Write a number as Meta does: at most six decimals, no zeros at the end."""
    text = f"{number:.6f}"
    return text.rstrip("0").rstrip(".")
