"""The rows of a report, made one by one in a fixed order, from any place on, in both directions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from emulator.emulator import Emulator
from emulator.history import versions
from emulator.insights.combinations import HOURLY
from emulator.insights.days import Day, day_of
from emulator.insights.delivery import Delivery, delivery_of
from emulator.insights.dimensions import Cell, Columns, cells_of
from emulator.insights.filters import AdFilter
from emulator.insights.measures import NOTHING, PLACE, Measures, added, summed
from emulator.insights.mixing import seed_of
from emulator.insights.periods import Period, pieces
from emulator.insights.request import Request, wants_conversions
from emulator.insights.scope import Scope
from emulator.insights.splitting import split
from emulator.state import Object

# Adding many up at once is much faster than one by one; this many are held for it.
_AT_ONCE = 256
_SPEND, _SHOWN = PLACE["spend"], PLACE["impressions"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its object, its period, and its value of the breakdown."""

    obj: int
    period: int
    value: int


@dataclass(frozen=True, slots=True)
class Found:
    """A row before it is written down."""

    place: Place
    obj: Object
    period: Period
    columns: Columns
    measures: Measures


class Rows:
    """All rows of one request on one node."""

    def __init__(self, emulator: Emulator, node: Object, request: Request) -> None:
        self._emulator, self._request = emulator, request
        self.delivery: Delivery = delivery_of(emulator)
        self.zone = emulator.zone_of(node)
        self.today = self.delivery.today(self.zone).toordinal()
        self.scope = Scope(emulator, node, request.level, AdFilter(emulator, request.conditions))
        self.periods = [
            piece for whole in request.ranges for piece in pieces(whole, request.increment)
        ]
        self._converted = wants_conversions(request)
        self._dimensions = frozenset(request.breakdowns) - HOURLY
        self._hour_column = next((one for one in request.breakdowns if one in HOURLY), None)
        self._cells: dict[str, list[Cell]] = {}

    def walk(self, start: Place, backwards: bool = False) -> Iterator[Found]:
        """Yield the rows from a place on, that row included; ``backwards`` towards the first."""
        step = -1 if backwards else 1
        objects, first = self.scope.objects, True
        for number in range(start.obj, -1 if backwards else len(objects), step):
            obj = objects[number]
            days = self._days(obj)
            if days is not None:
                since = start.period if first else (len(self.periods) - 1 if backwards else 0)
                for spot in range(since, -1 if backwards else len(self.periods), step):
                    period = self.periods[spot]
                    if period.until < days[1] or period.since > days[2]:
                        continue
                    rows = self._of_period(days[0], period)
                    values = list(enumerate(rows))
                    if first and spot == start.period:
                        values = values[: start.value + 1] if backwards else values[start.value :]
                    for value, (columns, measures) in values[::step]:
                        yield Found(Place(number, spot, value), obj, period, columns, measures)
            first = False

    def last_place(self) -> Place:
        """Return a place at or behind the last row."""
        return Place(len(self.scope.objects) - 1, len(self.periods) - 1, 1 << 30)

    def total(self) -> Measures:
        """Return the sum over all rows, archived and deleted objects' own ones included."""
        total = NOTHING
        for obj in self.scope.objects:
            days = self._days(obj)
            for period in self.periods if days else ():
                if days and not (period.until < days[1] or period.since > days[2]):
                    total = added(total, self._sum(days[0], period))
        return total

    def _days(self, obj: Object) -> tuple[list[tuple[Object, date, date]], date, date] | None:
        """Return an object's ads with their first and last days, and those of all together."""
        found = []
        for ad in self.scope.ads(obj):
            if (days := self.delivery.days_on(ad, self.zone)) is not None:
                found.append((ad, *days))
        if not found:
            return None
        return found, min(one[1] for one in found), max(one[2] for one in found)

    def _of_period(
        self, ads: list[tuple[Object, date, date]], period: Period
    ) -> list[tuple[Columns, Measures]]:
        if not self._request.breakdowns:
            found: list[tuple[Columns, Measures]] = [((), self._sum(ads, period))]
        elif self._hour_column:
            found = self._by_hour(ads, period)
        else:
            found = self._by_value(ads, period)
        return [one for one in found if one[1][_SHOWN] or one[1][_SPEND]]

    def _sum(self, ads: list[tuple[Object, date, date]], period: Period) -> Measures:
        waiting = []
        for ad, day in self._ad_days(ads, period):
            measures = self.delivery.day(ad, day, self.today, self._converted)
            if measures is not NOTHING:
                waiting.append(measures)
                if len(waiting) == _AT_ONCE:
                    waiting = [summed(waiting)]
        return summed(waiting)

    def _ad_days(
        self, ads: list[tuple[Object, date, date]], period: Period
    ) -> Iterator[tuple[Object, Day]]:
        for ad, first, last in ads:
            since, until = max(first, period.since), min(last, period.until)
            for number in range(since.toordinal(), until.toordinal() + 1):
                yield ad, day_of(date.fromordinal(number), self.zone)

    def _by_hour(
        self, ads: list[tuple[Object, date, date]], period: Period
    ) -> list[tuple[Columns, Measures]]:
        found: dict[str, Measures] = {}
        for ad, day in self._ad_days(ads, period):
            for label, start, end in day.hours(self.zone):
                part = self.delivery.part(ad, day, start, end, self.today)
                found[label] = added(found.get(label, NOTHING), part)
        name = str(self._hour_column)
        return [(((name, label),), found[label]) for label in sorted(found)]

    def _by_value(
        self, ads: list[tuple[Object, date, date]], period: Period
    ) -> list[tuple[Columns, Measures]]:
        found: dict[Columns, Measures] = {}
        for ad, day in self._ad_days(ads, period):
            measures = self.delivery.day(ad, day, self.today, self._converted)
            cells = self.cells(ad, day)
            if measures is NOTHING or not cells:
                continue
            parts = split(measures, cells, self.delivery.of_ad(ad).nature)
            for cell, part in zip(cells, parts, strict=True):
                known = found.get(cell.columns)
                found[cell.columns] = part if known is None else added(known, part)
        return sorted(found.items())

    def cells(self, ad: Object, day: Day) -> list[Cell]:
        """Return the values an ad delivers to on a day, by its ad set's targeting then."""
        ad_set = self._emulator.state.objects[ad.parents[2]]
        known = versions("adset", ad_set.fields, ad_set.created)
        eras = [number for number, (since, _) in enumerate(known) if since < day.end]
        era = eras[-1] if eras else 0
        targeting: Any = known[era][1]["targeting"] or {}
        key = f"{ad.id} {era}"
        cells = self._cells.get(key)
        if cells is None:
            if len(self._cells) > 64:
                self._cells.clear()
            cells = self._cells[key] = cells_of(self._dimensions, targeting, seed_of(ad.id))
        return cells
