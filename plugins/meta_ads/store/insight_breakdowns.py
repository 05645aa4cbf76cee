"""The tables of the optional reports: by hour, by breakdown, and of whole accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from meta_ads.campaigns.insight_reports import Report
from meta_ads.store.database import Database
from meta_ads.store.insight_copy import NULL, escaped
from meta_ads.store.insight_merge import Table
from meta_ads.store.slice_store import Lines, Shape, SliceStore, account_number
from meta_ads.syncing.insight_rows import ActionCount, InsightRow, Number, Page

_OWNER: tuple[LiteralString, ...] = ("account_id", "report")
_KEY: tuple[LiteralString, ...] = ("date", "object_id", "value_1", "value_2")
_WINDOWS: tuple[LiteralString, ...] = ("value", "click_1d", "click_7d", "click_28d", "view_1d")
_SHAPE = Shape(
    "breakdowns",
    (
        Table(
            "insight_breakdown",
            "staged",
            _KEY,
            ("impressions", "clicks", "inline_link_clicks", "reach", "spend", "frequency"),
            owner=_OWNER,
            told=("currency",),
        ),
        Table(
            "insight_breakdown_action",
            "staged_action",
            (*_KEY, "action_type_id"),
            _WINDOWS,
            owner=_OWNER,
        ),
        Table(
            "insight_breakdown_action_value",
            "staged_action_value",
            (*_KEY, "action_type_id"),
            _WINDOWS,
            owner=_OWNER,
            told=("currency",),
        ),
    ),
    ("create_staging", "create_staging_action", "create_staging_action_value"),
    ("merge_days", "move_cursor", "drop_runs"),
)


class BreakdownStore(SliceStore):
    """`InsightTables` of one optional report on Postgres."""

    shape = _SHAPE

    def __init__(self, database: Database, report: Report) -> None:
        super().__init__(database)
        self.report = report

    def _owner(self, account_id: str) -> dict[str, Any]:
        return {"account_id": account_number(account_id), "report": self.report.name}

    def _lines(self, account_id: str, page: Page, types: Mapping[str, int]) -> Lines:
        rows: list[str] = []
        actions: list[str] = []
        values: list[str] = []
        for row in page:
            start = self._start(account_id, row)
            rows.append(
                f"{start}{row.impressions}\t{row.clicks}\t{row.inline_link_clicks}"
                f"\t{self._people(row.reach)}\t{row.spend}\t{self._people(row.frequency)}\n"
            )
            actions += _actions(start, row.actions, types)
            values += _actions(start, row.action_values, types)
        return (
            ("COPY staged FROM STDIN", "".join(rows)),
            ("COPY staged_action FROM STDIN", "".join(actions)),
            ("COPY staged_action_value FROM STDIN", "".join(values)),
        )

    def _start(self, account_id: str, row: InsightRow) -> str:
        """Return the key of a row; a row that lacks a value of the breakdown fits no table."""
        report = self.report
        whose = row.ad_id if report.level == "ad" else account_number(account_id)
        found = [getattr(row, name) for name in report.breakdowns]
        first, second = [*found, ""][:2]
        return "\t".join((row.date_start, str(whose), _text(first), _text(second), ""))

    def _people(self, number: Number) -> Number:
        return number if self.report.unique else NULL


def _text(value: str | None) -> str:
    return NULL if value is None else escaped(value)


def _actions(start: str, listed: Sequence[ActionCount], types: Mapping[str, int]) -> list[str]:
    lines = {}
    for one in listed:
        windows = (one.click_1d, one.click_7d, one.click_28d, one.view_1d)
        shown = "\t".join(NULL if number is None else str(number) for number in windows)
        lines[one.action_type] = f"{start}{types[one.action_type]}\t{one.value}\t{shown}\n"
    return list(lines.values())
