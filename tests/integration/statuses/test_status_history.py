"""Accounts, creatives and videos: what is kept of them, and that history never runs backwards."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from meta_ads.errors import TryAgain
from meta_ads.store.database import Database
from meta_ads.store.statuses import StatusStore
from meta_ads.syncing.statuses import SyncCounts, sync_account
from tests.fakes.status_reads import FakeReads

ACCOUNT = "act_1"
HISTORIES = {
    "object_status_history": "object_id",
    "ad_account_history": "account_id",
    "creative_history": "creative_id",
    "video_history": "video_id",
}
STORY = {
    "page_id": "9",
    "link_data": {
        "link": "https://shop.example/sale?ref=a",
        "message": "Tea for two",
        "call_to_action": {"type": "SHOP_NOW", "value": {"link": "https://shop.example/other"}},
    },
}


@pytest.fixture
def meta() -> FakeReads:
    return FakeReads()


@pytest.fixture
def store(database: Database) -> StatusStore:
    return StatusStore(database)


def row(database: Database, table: str) -> dict[str, Any]:
    [only] = database.rows(f"SELECT * FROM meta_ads.{table}")
    return only


def test_a_creative_is_kept_with_where_it_leads_and_what_meta_may_change(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    features = {"image_touchups": {"enroll_status": "OPT_IN"}, "audio": {}}
    meta.add_creative(
        "5",
        name="Spring",
        object_story_spec=STORY,
        url_tags="utm_source=fb&utm_campaign=spring",
        degrees_of_freedom_spec={"creative_features_spec": features},
    )
    sync_account(ACCOUNT, meta, store)
    seen = row(database, "creative")
    assert seen["link"] == "https://shop.example/sale?ref=a"
    assert seen["url_tags"] == "utm_source=fb&utm_campaign=spring"
    assert (seen["body"], seen["call_to_action"]) == ("Tea for two", "SHOP_NOW")
    assert seen["enhancements"] == {"image_touchups": "OPT_IN"}
    assert seen["details"]["object_story_spec"] == STORY
    assert seen["listed"]


def test_a_changed_creative_or_video_gets_a_row_of_history_and_the_same_one_none(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    meta.add_creative("5", url_tags="utm_source=fb")
    meta.add_video("6", status={"video_status": "processing"})
    assert sync_account(ACCOUNT, meta, store) == SyncCounts(seen=2, changed=2)
    assert sync_account(ACCOUNT, meta, store) == SyncCounts(seen=2, changed=0)
    meta.add_creative("5", url_tags="utm_source=ig")
    meta.add_video("6")
    assert sync_account(ACCOUNT, meta, store) == SyncCounts(seen=2, changed=2)
    tags = database.rows("SELECT url_tags FROM meta_ads.creative_history ORDER BY changed_at")
    assert [item["url_tags"] for item in tags] == ["utm_source=fb", "utm_source=ig"]
    video = row(database, "video")
    assert (video["status"], video["length_seconds"]) == ("ready", Decimal("12.345"))


def test_what_a_complete_list_no_longer_has_stays_as_it_was_and_is_not_listed(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    meta.add_creative("5", name="Spring")
    meta.add_video("6", title="clip")
    sync_account(ACCOUNT, meta, store)
    meta.creatives.clear()
    meta.videos.clear()
    assert sync_account(ACCOUNT, meta, store).changed == 2
    assert sync_account(ACCOUNT, meta, store).changed == 0
    creative, video = row(database, "creative"), row(database, "video")
    assert (creative["name"], creative["listed"]) == ("Spring", False)
    assert (video["title"], video["listed"]) == ("clip", False)
    meta.add_creative("5", name="Spring")
    sync_account(ACCOUNT, meta, store)
    assert row(database, "creative")["listed"]


def test_the_account_is_kept_and_its_balance_has_a_history(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    meta.account = replace(meta.account, balance=1000, timezone_offset_hours=Decimal(8))
    sync_account(ACCOUNT, meta, store)
    sync_account(ACCOUNT, meta, store)
    meta.account = replace(meta.account, balance=2500, status="unsettled")
    sync_account(ACCOUNT, meta, store)
    history = database.rows(
        "SELECT status, balance FROM meta_ads.ad_account_history ORDER BY changed_at"
    )
    assert [tuple(item.values()) for item in history] == [("active", 1000), ("unsettled", 2500)]
    assert row(database, "ad_account")["timezone_offset_hours"] == Decimal(8)


def test_a_sync_that_breaks_off_at_the_last_list_changes_nothing_at_all(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    meta.add("1")
    meta.add_creative("5")
    meta.breaks_at_videos = True
    with pytest.raises(TryAgain):
        sync_account(ACCOUNT, meta, store)
    for table in ("object_status", "creative", "video", "ad_account", *HISTORIES):
        assert database.rows(f"SELECT * FROM meta_ads.{table}") == [], table


def test_versions_rise_strictly_even_when_the_clock_of_the_database_went_back(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    def change(number: int) -> None:
        meta.account = replace(meta.account, balance=number)
        meta.add("1", daily_budget=str(number))
        meta.add_creative("5", url_tags=f"n={number}")
        meta.add_video("6", title=f"clip {number}")
        sync_account(ACCOUNT, meta, store)

    change(1)
    with database.transaction() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in HISTORIES:
            cursor.execute(f"UPDATE meta_ads.{table} SET changed_at = now() + interval '1 day'")
            current = table.removesuffix("_history")
            cursor.execute(f"UPDATE meta_ads.{current} SET changed_at = now() + interval '1 day'")
    change(2)
    change(3)
    for table, identity in HISTORIES.items():
        rows = database.rows(f"SELECT {identity} AS id, changed_at FROM meta_ads.{table}")
        # In the order they were written.
        moments = [item["changed_at"] for item in rows]
        assert len(moments) == 3, table
        assert moments == sorted(set(moments)), table
        current = row(database, table.removesuffix("_history"))
        assert current["changed_at"] == moments[-1], table


def test_an_object_that_two_pages_show_counts_once_as_it_was_shown_last(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    meta.add("1", name="Before")
    first = meta.listed["1"]
    meta.account_objects = lambda _: iter([first, {**first, "name": "After"}])  # type: ignore[method-assign]
    assert sync_account(ACCOUNT, meta, store).seen == 1
    assert row(database, "object_status")["name"] == "After"


def test_settings_that_have_no_column_are_kept_as_meta_shows_them(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    targeting = {"geo_locations": {"countries": ["SG"]}}
    meta.add("1", "ad_set", campaign_id="0", targeting=targeting, bid_strategy="COST_CAP")
    meta.add("2", "ad", campaign_id="0", adset_id="1", creative={"id": "5"}, budget_remaining="7")
    sync_account(ACCOUNT, meta, store)
    [ad_set, ad] = database.rows("SELECT * FROM meta_ads.object_status ORDER BY object_id")
    assert ad_set["details"] == {"targeting": targeting, "bid_strategy": "COST_CAP"}
    assert (ad["creative_id"], ad["campaign_id"], ad["parent_id"]) == ("5", "0", "1")
    assert ad["details"] == {}
    meta.add("2", "ad", campaign_id="0", adset_id="1", creative={"id": "6"}, budget_remaining="3")
    assert sync_account(ACCOUNT, meta, store).changed == 1
