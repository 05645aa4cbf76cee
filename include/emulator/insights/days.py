"""Calendar days of an account: when they begin and end, their hours, and how traffic flows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate

from emulator.clock import zone

_HOUR = 3600
# How many of a day's impressions fall into each hour: quiet nights, busy evenings (inferred).
_HOURLY = (22, 16, 12, 9, 8, 10, 16, 26, 36, 42, 46, 50, 54, 54, 52, 50, 50, 54, 62, 72, 80, 82)
_WEIGHTS = (*_HOURLY, 66, 40)
_CUMULATIVE = (0.0, *(total / sum(_WEIGHTS) for total in accumulate(_WEIGHTS)))


@dataclass(frozen=True)
class Day:
    """One calendar day in the account's zone; ``start`` and ``end`` are Unix seconds."""

    date: date
    text: str
    number: int
    start: float
    end: float

    def share(self, moment: float) -> float:
        """Return which share of the day's traffic has come by that moment, 0 to 1."""
        if moment <= self.start:
            return 0.0
        if moment >= self.end:
            return 1.0
        place = (moment - self.start) / (self.end - self.start) * 24
        hour = int(place)
        before = _CUMULATIVE[hour]
        return before + (_CUMULATIVE[hour + 1] - before) * (place - hour)

    def hours(self, zone_name: str) -> list[tuple[str, float, float]]:
        """Return the day's hours as Meta labels them, with their Unix seconds.

        A day on which clocks change has 23 or 25; the hour that comes twice stands twice.
        """
        found = []
        moment = self.start
        while moment < self.end:
            hour = datetime.fromtimestamp(moment, zone(zone_name)).hour
            label = f"{hour:02d}:00:00 - {hour:02d}:59:59"
            found.append((label, moment, min(moment + _HOUR, self.end)))
            moment += _HOUR
        return found


@lru_cache(maxsize=8192)
def day_of(day: date, zone_name: str) -> Day:
    """Return that calendar day in an IANA zone."""
    following = day + timedelta(days=1)
    return Day(
        day,
        day.isoformat(),
        day.toordinal(),
        _midnight(day, zone_name),
        _midnight(following, zone_name),
    )


def date_at(moment: float, zone_name: str) -> date:
    """Return the calendar day of a moment."""
    return datetime.fromtimestamp(moment, zone(zone_name)).date()


def _midnight(day: date, zone_name: str) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=zone(zone_name)).timestamp()
