"""A moment as people are shown it: in the account's time zone, and in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def in_both_zones(moment: datetime, timezone: str) -> str:
    """Return an aware moment in an IANA time zone and in UTC, to the minute."""
    local, universal = moment.astimezone(ZoneInfo(timezone)), moment.astimezone(UTC)
    return f"{local:%Y-%m-%d %H:%M} {timezone} ({universal:%Y-%m-%d %H:%M} UTC)"
