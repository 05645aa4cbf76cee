"""Meta's rows of insights as the lines that COPY takes: the fast way into Postgres.

Source of the format: PostgreSQL, COPY, "Text Format".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

NULL = "\\N"
# The windows of the columns after `value`, as Meta calls them.
_D1, _D7, _D28, _V1 = "1d_click", "7d_click", "28d_click", "1d_view"


@dataclass(frozen=True, slots=True)
class CopyLines:
    """One page of a report as lines for the three staging tables."""

    insights: bytes
    actions: bytes
    action_values: bytes


@lru_cache(maxsize=4096)
def escaped(text: str) -> str:
    """Return text so that COPY reads it back as it is."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def copy_lines(page: Sequence[Mapping[str, Any]]) -> CopyLines:
    """Return the lines of one page; KeyError when a row lacks its ids or its day."""
    insights: list[str] = []
    actions: list[str] = []
    values: list[str] = []
    for row in page:
        get = row.get
        day, ad = row["date_start"], row["ad_id"]
        objective = get("objective")
        insights.append(
            f"{day}\t{ad}\t{row['adset_id']}\t{row['campaign_id']}"
            f"\t{escaped(get('ad_name') or '')}\t{escaped(get('adset_name') or '')}"
            f"\t{escaped(get('campaign_name') or '')}"
            f"\t{escaped(objective) if objective else NULL}"
            f"\t{get('spend') or 0}\t{get('impressions') or 0}\t{get('clicks') or 0}"
            f"\t{get('inline_link_clicks') or 0}\t{get('reach') or 0}\t{get('frequency') or 0}\n"
        )
        start = f"{day}\t{ad}\t"
        if listed := get("actions"):
            actions += _lines(start, listed)
        if listed := get("action_values"):
            values += _lines(start, listed)
    return CopyLines(
        "".join(insights).encode(), "".join(actions).encode(), "".join(values).encode()
    )


def _lines(start: str, listed: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a line for each action type of one row; a type stands once, as the last one said."""
    lines = {}
    for entry in listed:
        get = entry.get
        kind = entry["action_type"]
        lines[kind] = (
            f"{start}{escaped(kind)}\t{get('value') or 0}\t{get(_D1, NULL)}\t{get(_D7, NULL)}"
            f"\t{get(_D28, NULL)}\t{get(_V1, NULL)}\n"
        )
    return list(lines.values())
