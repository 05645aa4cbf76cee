"""Splits one delivery over the values of a breakdown, so that they add up to it again."""

from collections.abc import Sequence

from emulator.insights.dimensions import Cell
from emulator.insights.measures import (
    CONVERSIONS,
    COUNT,
    FIRST_CONVERSION,
    FIRST_VALUE,
    PLACE,
    WINDOWS,
    Measures,
    Nature,
    attributed,
)

# Which measure each one follows: a value without impressions has no clicks, one without clicks
# no purchases. Impressions come first, by each value's share; money follows them.
_PARENTS = {
    "spend": "impressions", "clicks": "impressions", "link_clicks": "clicks",
    "outbound_clicks": "link_clicks", "landing_page_views": "link_clicks", "reactions": "clicks",
    "comments": "clicks", "plays": "impressions", "video_views": "plays", "p25": "plays",
    "p50": "p25", "p75": "p50", "p95": "p75", "p100": "p95", "thruplays": "p50",
}  # fmt: skip
#: Measures whose rate differs by value; the others follow their parent evenly.
_UNEVEN = frozenset(("spend", "clicks", "plays"))


def _plan() -> list[tuple[int, int, bool]]:
    steps = [(PLACE[name], PLACE[parent], name in _UNEVEN) for name, parent in _PARENTS.items()]
    windows = len(WINDOWS)
    for first in range(FIRST_CONVERSION, FIRST_VALUE, windows):
        _, day, week, month, viewed = range(first, first + windows)
        steps += [(month, PLACE["landing_page_views"], False), (week, month, False)]
        steps += [(day, week, False), (viewed, month, False)]
    purchases = FIRST_CONVERSION + CONVERSIONS.index("purchase") * windows
    for window in range(windows):
        steps.append((FIRST_VALUE + window, purchases + window, False))
    return steps


_STEPS = _plan()


def split(whole: Measures, cells: Sequence[Cell], nature: Nature) -> list[Measures]:
    """Return one ad's delivery for each cell; measure by measure they add up to the whole."""
    count = len(cells)
    columns: list[list[int]] = [[0] * count for _ in range(COUNT)]
    columns[1] = _shared(whole[1], [cell.share for cell in cells])
    rates = [cell.rate for cell in cells]
    for place, parent, uneven in _STEPS:
        if place == FIRST_VALUE:
            _attribute(columns, nature)
        if not whole[place]:
            continue
        weights = columns[parent]
        if uneven:
            weights = [weight * rate for weight, rate in zip(weights, rates, strict=True)]
        columns[place] = _shared(whole[place], weights)
    return list(zip(*columns, strict=True))


def _attribute(columns: list[list[int]], nature: Nature) -> None:
    """Count each conversion as the ad set's own attribution setting does."""
    for first in range(FIRST_CONVERSION, FIRST_VALUE, len(WINDOWS)):
        counts = zip(*columns[first + 1 : first + len(WINDOWS)], strict=True)
        columns[first] = [attributed(nature, *count) for count in counts]


def _shared(amount: int, weights: Sequence[int]) -> list[int]:
    """Return whole numbers in proportion to the weights whose sum is the amount."""
    total = sum(weights)
    if not total:
        return [amount, *[0] * (len(weights) - 1)]
    parts, before, seen = [], 0, 0
    for weight in weights:
        seen += weight
        until = amount * seen // total
        parts.append(until - before)
        before = until
    return parts
