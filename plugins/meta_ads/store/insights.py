"""The tables of the daily report by ad, and what the account's own report says of its days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, LiteralString

from meta_ads.store.insight_copy import NO_NUMBER, copy_lines
from meta_ads.store.insight_merge import Table
from meta_ads.store.slice_store import Lines, Shape, SliceStore, account_number
from meta_ads.syncing.insight_ports import AccountDay
from meta_ads.syncing.insight_rows import Page
from meta_ads.syncing.insight_slices import Slice

_WINDOWS: tuple[LiteralString, ...] = ("value", "click_1d", "click_7d", "click_28d", "view_1d")
_BY_ACTION: tuple[LiteralString, ...] = ("date", "ad_id", "action_type_id")
_SHAPE = Shape(
    "insights",
    (
        Table(
            "ad_insight",
            "staged",
            ("date", "ad_id"),
            ("impressions", "clicks", "inline_link_clicks", "reach", "spend", "frequency"),
            told=("currency",),
        ),
        Table("ad_insight_action", "staged_action", _BY_ACTION, _WINDOWS),
        Table(
            "ad_insight_action_value",
            "staged_action_value",
            _BY_ACTION,
            _WINDOWS,
            told=("currency",),
        ),
    ),
    ("create_staging", "create_staging_ad", "create_staging_action", "create_staging_action_value"),
    ("merge_ads", "merge_days", "move_cursor", "drop_runs"),
)
_NUMBERS: LiteralString = f"(NULL '{NO_NUMBER}')"


class InsightStore(SliceStore):
    """`InsightTables` of the daily report on Postgres."""

    shape = _SHAPE

    def last_read(self, account_id: str) -> datetime | None:
        """Return when anything of the account was last read and merged."""
        rows = self._database.rows(self._sql["last_read"], self._owner(account_id))
        moment: datetime | None = rows[0]["read_at"]
        return moment

    def compare(self, account_id: str, part: Slice, days: Iterable[AccountDay]) -> list[str]:
        """Keep the account's own sums; see `AccountSums.compare`."""
        told = {day.date: day for day in days}
        with self._database.transaction() as cursor:
            for day in part.days:
                one = told.get(day)
                cursor.execute(
                    self._sql["compare_day"],
                    {
                        "account_id": account_number(account_id),
                        "date": day,
                        "spend": one.spend if one else 0,
                        "impressions": one.impressions if one else 0,
                    },
                )
            cursor.execute(self._sql["differing_days"], self._of(account_id, part))
            return [gap_in_words(row) for row in cursor.fetchall()]

    def _lines(self, account_id: str, page: Page, types: Mapping[str, int]) -> Lines:
        lines = copy_lines(page, types)
        return (
            ("COPY staged FROM STDIN", lines.insights),
            ("COPY staged_ad FROM STDIN", lines.ads),
            (f"COPY staged_action FROM STDIN {_NUMBERS}", lines.actions),
            (f"COPY staged_action_value FROM STDIN {_NUMBERS}", lines.action_values),
        )


def gap_in_words(row: Mapping[str, Any]) -> str:
    """Return a row of `differing_days` as people read it."""
    return (
        f"{row['date']}: the ads add up to {row['spend']} and {row['impressions']} "
        f"impressions, the account says {row['reported_spend']} and {row['reported_impressions']}"
    )
