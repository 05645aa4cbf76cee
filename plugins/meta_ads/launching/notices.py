"""What needs a person: told once, and again when nobody has settled it for long."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

# Meta numbers each answer; the same refusal comes with another number every time.
_TRACE = re.compile(r"fbtrace_id [^\s,)]+")


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing a person must settle, found since `since` (aware UTC).

    `tell` when it is new, or when a reminder is due.
    """

    text: str
    since: datetime
    tell: bool


def same_every_time(text: str) -> str:
    """Return the text without what differs although the thing is the same."""
    return _TRACE.sub("", text)


def announcement(notices: Sequence[Notice]) -> str:
    """Return what to tell: the new things as they are, then what is open for longer."""
    told = [notice.text for notice in notices if notice.tell]
    known = [f"- since {item.since:%F %H:%M} UTC: {item.text}" for item in notices if not item.tell]
    return "\n".join([*told, *(["Still to be settled:", *known] if known else [])])
