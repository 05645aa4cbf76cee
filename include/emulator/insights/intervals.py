"""Stretches of time, as sorted, disjoint pairs of Unix seconds."""

from collections.abc import Iterable

#: Stretches during which something holds, oldest first.
Intervals = list[tuple[float, float]]
ALWAYS: Intervals = [(float("-inf"), float("inf"))]


def joined(pieces: Iterable[tuple[float, float]]) -> Intervals:
    """Return the pieces without empty ones, neighbours that touch made one."""
    found: Intervals = []
    for start, end in pieces:
        if end <= start:
            continue
        if found and found[-1][1] >= start:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def both(first: Intervals, second: Intervals) -> Intervals:
    """Return the stretches that lie in both."""
    if first is ALWAYS:
        return second
    found: Intervals = []
    place = 0
    for start, end in first:
        while place < len(second) and second[place][1] <= start:
            place += 1
        spot = place
        while spot < len(second) and second[spot][0] < end:
            found.append((max(start, second[spot][0]), min(end, second[spot][1])))
            spot += 1
    return [one for one in found if one[0] < one[1]]
