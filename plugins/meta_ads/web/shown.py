"""Values as people read them: money, moments in an account's own zone, rates, spans of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from meta_ads.campaigns.account import DEFAULT_TIMEZONE
from meta_ads.campaigns.money import WITHOUT_CENTS, Money

NOTHING = "\u2013"


def minor_money(amount: int | None, currency: str | None) -> str:
    """Return minor units as money."""
    if amount is None:
        return NOTHING
    return str(Money(int(amount), currency)) if currency else f"{amount:,} minor units"


def whole_money(amount: Decimal | float | None, currency: str | None) -> str:
    """Return whole units, as insights count them, as money."""
    if amount is None or not currency:
        return NOTHING
    return f"{currency} {amount:,.0f}" if currency in WITHOUT_CENTS else f"{currency} {amount:,.2f}"


def number(value: Decimal | int | None) -> str:
    """Return a count with separators."""
    return NOTHING if value is None else f"{value:,.0f}"


def rate(value: Decimal | float | None, unit: str = "", digits: int = 2) -> str:
    """Return a rate with its unit: `1.25 %`."""
    return NOTHING if value is None else f"{value:,.{digits}f}{unit}"


def ratio(above: Decimal | int | None, below: Decimal | int | None) -> Decimal | None:
    """Return one by the other; None when there is nothing to divide by."""
    if above is None or not below:
        return None
    return Decimal(above) / Decimal(below)


def moment(value: datetime | None, zone: str | None = None) -> str:
    """Return an aware moment in a zone: `Fri 20 Nov 2026, 09:30 SGT`."""
    if value is None:
        return NOTHING
    local = value.astimezone(ZoneInfo(zone or DEFAULT_TIMEZONE))
    return f"{local:%a %d %b %Y, %H:%M} {_zone_name(local)}"


def _zone_name(local: datetime) -> str:
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def iso(value: datetime | None) -> str:
    """Return an aware moment for machines, in UTC."""
    return "" if value is None else value.astimezone(UTC).isoformat(timespec="seconds")


def span(length: timedelta) -> str:
    """Return a length of time by its two largest parts: `2 d 4 h`, `3 min`."""
    seconds = int(abs(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    first = next(index for index, (value, _) in enumerate(parts) if value)
    return " ".join(f"{value} {unit}" for value, unit in parts[first : first + 2] if value)


def countdown(value: datetime | None, now: datetime) -> str:
    """Return how far a moment is: `in 2 d 4 h`, `3 min ago`."""
    if value is None:
        return ""
    return f"in {span(value - now)}" if value > now else f"{span(now - value)} ago"


def first_line(text: str | None, most: int = 160) -> str:
    """Return what an error says first, cut at a word; of a list, its first item."""
    lines = [line.strip().removeprefix("- ") for line in (text or "").splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].endswith(":"):
        lines = [" ".join(lines[1:])]
    line = lines[0] if lines else ""
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + "…"
