"""The emulator's clock, which a test may move, and Meta's ways of writing a moment."""

import math
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

# The year 9000: what is planned ahead of it still has a date.
_LAST_MOMENT = 221_845_392_000
_OFFSET_WITHOUT_COLON = re.compile(r"([+-]\d{2})(\d{2})$")


class Clock:
    """Real time plus an offset in seconds."""

    def __init__(self, offset_seconds: float = 0.0) -> None:
        self.offset_seconds = offset_seconds

    def now(self) -> float:
        """Return the emulated moment as a Unix timestamp."""
        return time.time() + self.offset_seconds

    def move(self, asked: Mapping[str, object]) -> None:
        """Set the clock by ``now`` (a moment), ``advance_seconds`` or ``offset_seconds``.

        It goes on running from there. Raises KeyError, TypeError or ValueError for anything else,
        a time that no calendar shows included.
        """
        if "now" in asked:
            offset = parse_moment(asked["now"], "UTC") - time.time()
        elif "advance_seconds" in asked:
            offset = self.offset_seconds + float(str(asked["advance_seconds"]))
        else:
            offset = float(str(asked["offset_seconds"]))
        if not 0 <= time.time() + offset < _LAST_MOMENT:
            raise ValueError("out of the calendar")
        self.offset_seconds = offset


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone of that name."""
    return ZoneInfo(name)


def meta_text(timestamp: float, zone_name: str) -> str:
    """Write a moment as Meta does: ``2026-11-21T12:00:00+0800``, in the account's zone."""
    return _second_text(math.floor(timestamp), zone_name)


@lru_cache(maxsize=16384)
def _second_text(second: int, zone_name: str) -> str:
    return datetime.fromtimestamp(second, zone(zone_name)).strftime("%Y-%m-%dT%H:%M:%S%z")


def parse_moment(value: object, zone_name: str) -> float:
    """Read a Unix timestamp or ISO 8601 text; text without an offset is in the given zone.

    Raises ValueError for anything else.
    """
    if isinstance(value, bool):
        raise ValueError("a truth value is not a time")
    if isinstance(value, int | float):
        return float(value)
    text = str(value).strip()
    if text.isdigit():
        return float(text)
    moment = datetime.fromisoformat(_OFFSET_WITHOUT_COLON.sub(r"\1:\2", text))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone(zone_name))
    return moment.astimezone(UTC).timestamp()


def utc_offset_hours(timestamp: float, zone_name: str) -> float:
    """Return how far the zone is ahead of UTC at that moment, in hours."""
    offset = datetime.fromtimestamp(timestamp, zone(zone_name)).utcoffset()
    return offset.total_seconds() / 3600 if offset else 0.0
