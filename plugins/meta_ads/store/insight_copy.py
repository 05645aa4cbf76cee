"""Meta's rows of insights as the lines that COPY takes: the fast way into Postgres.

Source of the format: PostgreSQL, COPY, "Text Format".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from meta_ads.syncing.insight_rows import ActionCount, InsightRow, Page

NULL = "\\N"
#: What a number that is not there looks like in the lines of actions.
NO_NUMBER = "None"


@dataclass(frozen=True, slots=True)
class CopyLines:
    """One page of a report as lines for the four staging tables."""

    insights: str
    ads: str
    actions: str
    action_values: str


@lru_cache(maxsize=4096)
def escaped(text: str) -> str:
    """Return text so that COPY reads it back as it is."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def copy_lines(page: Page, types: Mapping[str, int]) -> CopyLines:
    """Return the lines of one page; `types` has the number of each action type in it.

    The ad behind neighbouring rows is told once, as long as nothing about it changes.
    """
    insights: list[str] = []
    ads: list[str] = []
    actions: list[str] = []
    values: list[str] = []
    told: tuple[str | None, ...] = ()
    for row in page:
        day, ad = row.date_start, row.ad_id
        start = f"{day}\t{ad}\t"
        insights.append(
            f"{start}{row.impressions}\t{row.clicks}\t{row.inline_link_clicks}\t{row.reach}"
            f"\t{row.spend}\t{row.frequency}\n"
        )
        about = (
            ad, row.adset_id, row.campaign_id, row.ad_name, row.adset_name, row.campaign_name,
            row.objective,
        )  # fmt: skip
        if about != told:
            ads.append(_ad(start, row))
            told = about
        actions += _lines(start, row.actions, types)
        if row.action_values:
            values += _lines(start, row.action_values, types)
    return CopyLines("".join(insights), "".join(ads), "".join(actions), "".join(values))


def action_types(page: Page) -> set[str]:
    """Return the action types of a page."""
    found = {entry.action_type for row in page for entry in row.actions}
    return found | {entry.action_type for row in page for entry in row.action_values}


def _ad(start: str, row: InsightRow) -> str:
    return (
        f"{start}{row.adset_id}\t{row.campaign_id}\t{escaped(row.ad_name or '')}"
        f"\t{escaped(row.adset_name or '')}\t{escaped(row.campaign_name or '')}"
        f"\t{escaped(row.objective) if row.objective else NULL}\n"
    )


def _lines(start: str, listed: Sequence[ActionCount], types: Mapping[str, int]) -> list[str]:
    """Return a line for each action type of one row; a type stands once, as the last one said."""
    return list(
        {
            entry.action_type: (
                f"{start}{types[entry.action_type]}\t{entry.value}\t{entry.click_1d}"
                f"\t{entry.click_7d}\t{entry.click_28d}\t{entry.view_1d}\n"
            )
            for entry in listed
        }.values()
    )
