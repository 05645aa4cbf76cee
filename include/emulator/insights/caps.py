"""Spend caps: from which moment on an account or a campaign has spent what it may."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise

from emulator.insights.days import Day, date_at, day_of
from emulator.insights.intervals import Intervals, both, joined

#: Returns what is spent in a part of a day, in minor units, if no cap stops it.
Spent = Callable[[Day, float, float], float]
#: From when on which total (minor units) may be spent; None is no cap.
CapSteps = list[tuple[float, float | None]]
# Delivery is stopped at a full quarter of an hour, the last one before the cap is gone past.
_STEP = 900


def within_caps(
    steps: CapSteps, on: Intervals, spent: Spent, zone_name: str, horizon: float
) -> Intervals:
    """Return the stretches of ``on`` that remain under the caps.

    Nothing is looked for behind ``horizon`` (Unix seconds): what lies there stays on.
    """
    if all(most is None for _, most in steps):
        return on
    found: list[tuple[float, float]] = []
    total = 0.0
    for (since, most), (end, _) in pairwise([*steps, (float("inf"), None)]):
        for start, stop in both(on, [(since, end)]):
            last, money = _until(start, stop, most, total, spent, zone_name, horizon)
            total += money
            found.append((start, last))
            if last < stop:
                break
    return joined(found)


def _until(
    start: float, stop: float, most: float | None, total: float, spent: Spent, zone_name: str,
    horizon: float,
) -> tuple[float, float]:  # fmt: skip
    """Return when a stretch ends under its cap, and what is spent by then."""
    money = 0.0
    for day, first, last in _parts(start, min(stop, horizon), zone_name):
        part = spent(day, first, last)
        if most is None or total + money + part <= most:
            money += part
            continue
        moment = first
        while moment < last:
            following = min((moment // _STEP + 1) * _STEP, last)
            part = spent(day, moment, following)
            if total + money + part > most:
                return moment, money
            money += part
            moment = following
    return stop, money


def _parts(start: float, stop: float, zone_name: str) -> Iterator[tuple[Day, float, float]]:
    if start >= stop:
        return
    first, last = (date_at(moment, zone_name).toordinal() for moment in (start, stop))
    for number in range(first, last + 1):
        day = day_of(date.fromordinal(number), zone_name)
        if max(start, day.start) < min(stop, day.end):
            yield day, max(start, day.start), min(stop, day.end)
