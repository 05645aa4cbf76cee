"""Budgets over time: how much one unit of weight may spend, second by second.

A pool is one budget, of a campaign or an ad set, and the ads that share it. A daily budget is
spent along the day's traffic; a lifetime budget evenly over the time that is left, so that what a
pause saved is spent later and the budget is never exceeded.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

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
        ends = (one.end for one in budgets if one.lifetime)
        moments = {*changes, *(one.since for one in budgets), *ends}
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


def budgets_of(owner: Object, end_field: str, zone_name: str) -> list[Budget]:
    """Return the budgets a campaign or ad set has had, with the end it had itself (0: none)."""
    found = []
    for since, fields in versions(owner.kind, owner.fields, owner.created):
        daily, lifetime = (int(fields[name] or 0) for name in ("daily_budget", "lifetime_budget"))
        end = _moment(fields[end_field], zone_name)
        found.append(Budget(since, daily, lifetime, end))
    return found


def shared_budgets(campaign: Object, ad_sets: Iterable[Object], zone_name: str) -> list[Budget]:
    """Return a campaign's budgets; a lifetime one lasts until its own end, or its last ad set's.

    When an ad set's end moves, or another one joins, what is left is spread anew from then on.
    """
    own = budgets_of(campaign, "stop_time", zone_name)
    if not any(budget.lifetime for budget in own):
        return own
    changes = sorted(
        (since, ad_set.id, _moment(fields["end_time"], zone_name))
        for ad_set in ad_sets
        for since, fields in versions("adset", ad_set.fields, ad_set.created)
    )
    ends: dict[str, float] = {}
    found, place = [], 0
    for moment in sorted({budget.since for budget in own} | {since for since, _, _ in changes}):
        while place < len(changes) and changes[place][0] <= moment:
            ends[changes[place][1]] = changes[place][2]
            place += 1
        current = [budget for budget in own if budget.since <= moment]
        if current:
            end = current[-1].end or max(ends.values(), default=0.0)
            found.append(replace(current[-1], since=moment, end=end))
    return found


def _moment(text: object, zone_name: str) -> float:
    return 0.0 if text in (None, "", "0", 0) else parse_moment(text, zone_name)
