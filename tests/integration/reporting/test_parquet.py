"""The views as Parquet files: equal to the views, copied once, replaced whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest
from airflow.sdk import ObjectStoragePath

from meta_ads.errors import TryAgain
from meta_ads.mirrors.parquet import ParquetFolder
from meta_ads.store.database import Database
from meta_ads.store.mirroring import MirrorStore
from meta_ads.syncing.mirroring import KEYS, Batch, MirrorCounts, Part, mirror
from tests.integration.reporting.rows import insert

OCTOBER, NOVEMBER = date(2026, 10, 31), date(2026, 11, 1)
ROWS: dict[str, list[dict[str, Any]]] = {
    "action_type": [{"name": "omni_purchase"}],
    "insight_ad": [{"ad_id": 1, "ad_name": "春"}, {"ad_id": 2, "account_id": 8, "ad_set_id": 3}],
    "insight_day": [
        {"date": OCTOBER, "rows": 1},
        {"date": NOVEMBER, "rows": 1},
        {"date": NOVEMBER, "rows": 1, "account_id": 8},
    ],
    "ad_insight": [
        {"ad_id": 1, "date": OCTOBER, "spend": "1.25", "impressions": 7, "clicks": 3},
        {"ad_id": 1, "date": NOVEMBER, "spend": 2},
        {"ad_id": 2, "date": NOVEMBER, "account_id": 8, "spend": 900, "currency": "JPY"},
    ],
    "ad_insight_action": [{"ad_id": 1, "date": OCTOBER, "value": 2}],
}


@pytest.fixture
def source(database: Database) -> MirrorStore:
    insert(database, ROWS)
    return MirrorStore(database)


@pytest.fixture
def folder(tmp_path: Path) -> ParquetFolder:
    address = f"file://{tmp_path}/ads"
    return ParquetFolder(ObjectStoragePath(address), address)


def copy(source: MirrorStore, folder: ParquetFolder, since: date | None = None) -> MirrorCounts:
    return mirror(source, folder, since, print)


def read(tmp_path: Path, view: str, columns: list[str]) -> list[tuple[Any, ...]]:
    table = ds.dataset(tmp_path / "ads" / view, partitioning="hive").to_table(columns)
    return sorted(tuple(row.values()) for row in table.to_pylist())


def test_the_files_hold_what_the_views_say(
    source: MirrorStore, folder: ParquetFolder, database: Database, tmp_path: Path
) -> None:
    assert copy(source, folder).copied == 3 * len(KEYS)
    for view in KEYS:
        columns = [column.name for column in source.columns(view)]
        rounded = [
            f"round({column.name}, 6) AS {column.name}" if column.kind == "numeric" else column.name
            for column in source.columns(view)
        ]
        rows = database.rows(f"SELECT {', '.join(rounded)} FROM meta_ads.{view}")
        there = read(tmp_path, view, columns)
        assert there == sorted(tuple(row.values()) for row in rows), view
    files = sorted(str(path.relative_to(tmp_path / "ads")) for path in tmp_path.rglob("*.parquet"))
    assert "vw_graph_ads/account=act_7/month=2026-10/data.parquet" in files


def test_only_what_changed_is_copied_again(
    source: MirrorStore, folder: ParquetFolder, database: Database, tmp_path: Path
) -> None:
    copy(source, folder)
    assert copy(source, folder) == MirrorCounts(copied=0, rows=0, removed=0)
    database.rows("UPDATE meta_ads.insight_ad SET ad_name = 'Renamed' WHERE ad_id = 2")
    assert copy(source, folder).copied == len(KEYS), "one account, one month"
    assert read(tmp_path, "vw_graph_ads", ["ad_id", "ad_name"])[-1] == (2, "Renamed")
    database.rows("UPDATE meta_ads.ad_insight SET spend = 5 WHERE date = '2026-10-31'")
    database.rows(
        "UPDATE meta_ads.insight_day SET changed_at = clock_timestamp() WHERE date = '2026-10-31'"
    )
    assert copy(source, folder).copied == len(KEYS)


def test_what_is_no_longer_kept_goes(
    source: MirrorStore, folder: ParquetFolder, tmp_path: Path
) -> None:
    copy(source, folder)
    assert copy(source, folder, since=NOVEMBER).removed == len(KEYS)
    assert {row[0] for row in read(tmp_path, "vw_graph_ads", ["date"])} == {NOVEMBER}
    assert copy(source, folder, since=NOVEMBER) == MirrorCounts(0, 0, 0)


def test_a_file_that_breaks_off_leaves_the_one_before(
    source: MirrorStore, folder: ParquetFolder, tmp_path: Path
) -> None:
    copy(source, folder)
    part = Part("vw_graph_ads", "act_7", date(2026, 10, 1))
    columns = source.columns(part.view)

    def broken() -> Iterator[Batch]:
        yield from source.batches(part, columns)
        raise TryAgain("Postgres did not answer")

    with pytest.raises(TryAgain):
        folder.replace(part, columns, broken())
    files = [path.name for path in (tmp_path / "ads/vw_graph_ads").rglob("*.parquet")]
    assert files == ["data.parquet"] * 3, "nothing unfinished is left"
    assert len(read(tmp_path, "vw_graph_ads", ["ad_id"])) == 3
