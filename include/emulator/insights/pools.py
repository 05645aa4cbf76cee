"""Budgets over time: how much one unit of weight may spend, second by second.

A pool is one budget, of a campaign or an ad set, and the ads that share it. A daily budget is
spent along the day's traffic; a lifetime budget evenly over the time that is left, so that what a
pause saved is spent later and the budget is never exceeded.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from emulator.clock import parse_moment
from emulator.history import versions
from emulator.insights.days import Day
from emulator.insights.intervals import Intervals
from emulator.insights.mixing import fraction, mixed
from emulator.state import Object

_FOREVER = float("inf")
# Meta may spend up to 75 % more than a daily budget on a day; how far days differ is inferred.
_LEAST_OF_BUDGET, _DAILY_SPREAD = 0.88, 0.2


@dataclass(frozen=True)
class Budget:
    """What a pool may spend from ``since`` on, in minor units; ``end`` is of a lifetime budget."""

    since: float
    daily: int
    lifetime: int
    end: float


class Pool:
    """One budget over time, per unit of the weights of the ads that deliver."""

    def __init__(
        self, seed: int, budgets: Iterable[Budget], members: Iterable[tuple[int, Intervals]]
    ) -> None:
        self._seed = seed
        self._starts: list[float] = []
        self._daily: list[float] = []
        self._steady: list[float] = []
        self._spent_steady: list[float] = []
        self._whole: dict[int, float] = {}
        self._fill(sorted(budgets, key=lambda budget: budget.since), members)
        #: Whether money was ever there to spend.
        self.funded = any(self._daily) or any(self._steady)
        #: Whether a lifetime budget was, whose spend must add up over days.
        self.steady = any(self._steady)

    def _fill(self, budgets: list[Budget], members: Iterable[tuple[int, Intervals]]) -> None:
        changes: dict[float, int] = defaultdict(int)
        for weight, intervals in members:
            for start, end in intervals:
                changes[start] += weight
                changes[end] -= weight
        moments = {*changes, *(one.since for one in budgets), *(one.end for one in budgets)}
        moments.discard(_FOREVER)
        ordered = [*sorted(moments), _FOREVER]
        weight, place, spent, per_weight = 0, -1, 0.0, 0.0
        for start, end in pairwise(ordered):
            weight += changes.get(start, 0)
            while place + 1 < len(budgets) and budgets[place + 1].since <= start:
                place += 1
            daily = rate = 0.0
            if weight and place >= 0:
                budget = budgets[place]
                daily = budget.daily / weight
                if budget.lifetime > spent and budget.end > start:
                    rate = (budget.lifetime - spent) / (budget.end - start) / weight
            self._starts.append(start)
            self._daily.append(daily)
            self._steady.append(rate)
            self._spent_steady.append(per_weight)
            if rate:
                spent += rate * weight * (end - start)
                per_weight += rate * (end - start)

    def whole(self, day: Day) -> float:
        """Return what a unit of weight spends on a whole day; kept, for many ads ask it."""
        known = self._whole.get(day.number)
        if known is None:
            known = self._whole[day.number] = self.spent(day, day.start, day.end)
        return known

    def spent(self, day: Day, start: float, end: float) -> float:
        """Return what a unit of weight spends in that part of the day, in minor units."""
        factor = _LEAST_OF_BUDGET + _DAILY_SPREAD * fraction(mixed(self._seed + day.number))
        place = max(0, bisect_right(self._starts, start) - 1)
        starts, count, total = self._starts, len(self._starts), 0.0
        while start < end and place < count:
            stop = starts[place + 1] if place + 1 < count else _FOREVER
            stop = min(stop, end)
            if self._daily[place]:
                total += self._daily[place] * factor * (day.share(stop) - day.share(start))
            if self._steady[place]:
                total += self._steady[place] * (stop - start)
            start, place = stop, place + 1
        return total

    def spent_steadily(self, start: float, end: float) -> float:
        """Return what a unit of weight spends of lifetime budgets between two moments."""
        return self._steady_until(end) - self._steady_until(start)

    def _steady_until(self, moment: float) -> float:
        place = bisect_right(self._starts, moment) - 1
        if place < 0:
            return 0.0
        rate = self._steady[place]
        return self._spent_steady[place] + (rate * (moment - self._starts[place]) if rate else 0.0)


def budgets_of(owner: Object, ends: Mapping[str, Any], zone_name: str) -> list[Budget]:
    """Return the budgets a campaign or ad set has had; ``ends`` maps its versions' end field.

    ``ends["field"]`` names the object's own end; ``ends["latest"]`` is the moment used without.
    """
    found = []
    for since, fields in versions(owner.kind, owner.fields, owner.created):
        text = fields.get(ends["field"])
        end = parse_moment(text, zone_name) if text not in (None, "", "0", 0) else ends["latest"]
        daily, lifetime = (int(fields[name] or 0) for name in ("daily_budget", "lifetime_budget"))
        found.append(Budget(since, daily, lifetime, end if lifetime else _FOREVER))
    return found
