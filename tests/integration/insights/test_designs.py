"""The tables hold what the earlier design stored, row for row; memory holds a few pages."""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from meta_ads.graph.insights import ahead
from meta_ads.store.database import Database
from meta_ads.store.insights import InsightStore
from meta_ads.syncing.insight_ports import Reading
from meta_ads.syncing.insight_rows import ActionCount, InsightRow
from meta_ads.syncing.insight_slices import Slice
from tests.emulator.server import Graph
from tests.integration.insights.accounts import ACCOUNT, Account
from tests.speed.insights import earlier
from tests.speed.insights.account import cut, question
from tests.speed.insights.sameness import PAIRS

DAYS = 20
TABLES = Path(earlier.__file__).with_name("earlier.sql")


def rows_of(account: Account, days: Slice) -> list[dict[str, Any]]:
    asked = {**question(str(days.since), str(days.until)), "limit": "5000"}
    page = Graph(account.server).get(f"{ACCOUNT}/insights", **asked)
    assert "next" not in page["paging"]
    return [cut(row) for row in page["data"]]


def store_as_before(database: Database, rows: list[dict[str, Any]], days: Slice) -> None:
    """Do what pandas would: delete the days, insert the records."""
    with database.transaction() as cursor:
        for table, records in earlier.records(rows, "SGD").items():
            cursor.execute(
                f"DELETE FROM earlier.{table} WHERE date BETWEEN %s AND %s",  # type: ignore[arg-type]
                [days.since, days.until],
            )
            if not records:
                continue
            names = list(records[0])
            values = ", ".join(f"%({name})s" for name in names)
            cursor.executemany(
                f"INSERT INTO earlier.{table} ({', '.join(names)}) VALUES ({values})",  # type: ignore[arg-type]
                records,
            )


def test_a_load_and_a_reload_store_what_the_earlier_design_did(account: Account) -> None:
    database = account.database
    with database.transaction() as cursor:
        cursor.execute(TABLES.read_text())  # type: ignore[arg-type]
    days = Slice(account.today - timedelta(days=DAYS), account.today - timedelta(days=1))
    for _ in range(2):
        rows = rows_of(account, days)
        # A quiet ad or a young day may have fewer.
        assert max(len(row["actions"]) for row in rows) == 8
        assert any(row["action_values"] for row in rows)
        reading = Reading(account.store.now(), account.today)
        page = msgspec.json.decode(json.dumps(rows), type=list[InsightRow])
        account.store.stage(ACCOUNT, days, reading, "SGD", [page])()
        store_as_before(database, rows, days)
        for name, (ours, theirs) in PAIRS.items():
            mine, before = (everything(database, query) for query in (ours, theirs))
            assert mine == before, name
            assert len(mine) >= len(rows) > 24 * (DAYS - 1) or name == "action values"
        account.server.pass_time(86400)


def everything(database: Database, query: str) -> list[tuple[str, ...]]:
    return sorted(
        tuple(map(str, row.values()))
        for row in database.rows(query)  # type: ignore[arg-type]
    )


class Page(list[InsightRow]):
    """A page that can be watched."""

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)


def pages(count: int, alive: weakref.WeakSet[Page], most: list[int]) -> Iterator[Page]:
    first = date(2026, 3, 1)
    for number in range(count):
        page = Page(
            InsightRow(
                date_start=str(first + timedelta(days=number % 7)),
                ad_id=str(number * 100 + row),
                adset_id="2",
                campaign_id="3",
                actions=[ActionCount(action_type="link_click", value="1")],
            )
            for row in range(100)
        )
        alive.add(page)
        most.append(len(alive))
        yield page
        del page


def test_two_pages_are_in_memory_however_many_there_are(database: Database) -> None:
    alive: weakref.WeakSet[Page] = weakref.WeakSet()
    most: list[int] = []
    store = InsightStore(database)
    days = Slice(date(2026, 3, 1), date(2026, 3, 7))
    merge = store.stage(
        "act_7", days, Reading(store.now(), date(2026, 3, 8)), "SGD", ahead(pages(60, alive, most))
    )
    assert merge().rows == 6000
    # One is copied, one waits, one is being made.
    assert max(most) <= 3
    assert len(most) == 60
