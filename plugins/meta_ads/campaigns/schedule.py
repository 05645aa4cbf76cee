"""When a launch goes live: text in a campaign file, UTC everywhere else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_FORM = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))? *(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
# Far from the ends of the calendar, where a change of zone would leave it.
CENTURY = range(2000, 2100)
EXAMPLE = "2026-12-01 09:00"


def parse_moment(text: str, timezone: str) -> datetime:
    """Return the moment in UTC. Without an offset, `text` is in `timezone` (an IANA name).

    ValueError, with a sentence for people, for another form, a date that does not exist, or a
    local time that clocks skip or show twice.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"is not a time such as {EXAMPLE} or {EXAMPLE}+08:00")
    *numbers, offset = match.groups()
    try:
        local = datetime(*(int(number or 0) for number in numbers))  # type: ignore[arg-type]
    except ValueError as error:
        raise ValueError(f"does not exist ({error})") from None
    if local.year not in CENTURY:
        raise ValueError("is not in this century")
    if offset is not None:
        try:
            return datetime.fromisoformat(f"{local.isoformat()}{offset}").astimezone(UTC)
        except ValueError:
            raise ValueError("has an offset that does not exist") from None
    return _in_zone(local, timezone)


def _in_zone(local: datetime, timezone: str) -> datetime:
    """Resolve a local time, refusing the two kinds that zoneinfo would silently guess."""
    zone = ZoneInfo(timezone)
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        options = " or ".join(
            f"{local:%Y-%m-%d %H:%M}{_offset(moment)}" for moment in (first, second)
        )
        back = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
        if back != local:
            raise ValueError(
                f"is a time that clocks in {timezone} skip on that day; give an offset: {options}"
            )
        raise ValueError(
            f"is a time that clocks in {timezone} show twice on that day; give an offset: {options}"
        )
    return first.astimezone(UTC)


def _offset(moment: datetime) -> str:
    text = moment.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
