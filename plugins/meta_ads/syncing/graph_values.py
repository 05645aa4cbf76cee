"""Values as Meta writes them: amounts as text, times with an offset."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any


def minor(value: Any) -> int | None:
    """Return an amount in minor units; None where Meta shows none."""
    return int(value) if value not in (None, "") else None


def moment(value: Any) -> datetime | None:
    """Return Meta's `2026-11-21T12:00:00+0800`, aware."""
    return datetime.fromisoformat(value) if value else None


def number(value: Any) -> Decimal | None:
    """Return a number that need not be whole; None for anything that is not one."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def text(value: Any) -> str | None:
    """Return text; None where Meta shows nothing or an empty text."""
    return str(value) if value not in (None, "") else None
