"""A status sync keeps what Meta says, and a row for each change. Real Postgres."""

from __future__ import annotations

import pytest

from meta_ads.errors import TryAgain
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from meta_ads.store.statuses import StatusStore
from meta_ads.syncing.statuses import SyncCounts, sync_account, sync_objects
from tests.fakes.status_reads import FakeReads

ACCOUNT = "act_1"


@pytest.fixture
def meta() -> FakeReads:
    return FakeReads()


@pytest.fixture
def store(database: Database) -> StatusStore:
    return StatusStore(database)


def history(database: Database, object_id: str) -> list[tuple[str, int | None]]:
    rows = database.rows(
        "SELECT effective_status, daily_budget FROM meta_ads.object_status_history"
        " WHERE object_id = %(id)s ORDER BY changed_at",
        {"id": object_id},
    )
    return [(row["effective_status"], row["daily_budget"]) for row in rows]


def test_a_second_sync_of_the_same_state_adds_no_history(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    meta.add("1", daily_budget="5000")
    meta.add("2", "ad_set", campaign_id="1")
    assert sync_account(ACCOUNT, meta, store) == SyncCounts(seen=2, changed=2)
    assert sync_account(ACCOUNT, meta, store) == SyncCounts(seen=2, changed=0)
    assert history(database, "1") == [("PAUSED", 5000)]


def test_every_change_becomes_a_row(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    meta.add("1", daily_budget="5000")
    sync_account(ACCOUNT, meta, store)
    meta.add("1", daily_budget="5000", status="ACTIVE", effective_status="ACTIVE")
    assert sync_account(ACCOUNT, meta, store).changed == 1
    meta.add("1", daily_budget="9000", status="ACTIVE", effective_status="ACTIVE")
    sync_account(ACCOUNT, meta, store)
    assert history(database, "1") == [("PAUSED", 5000), ("ACTIVE", 5000), ("ACTIVE", 9000)]
    row = database.rows("SELECT * FROM meta_ads.object_status WHERE object_id = '1'")[0]
    assert (row["daily_budget"], row["currency"], row["account_id"]) == (9000, "SGD", ACCOUNT)


def test_a_sync_that_breaks_off_changes_nothing(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    meta.add("1")
    meta.add("2")
    meta.breaks_after = 1
    with pytest.raises(TryAgain):
        sync_account(ACCOUNT, meta, store)
    assert database.rows("SELECT * FROM meta_ads.object_status") == []


def test_an_object_deleted_at_meta_is_recorded_once_and_not_asked_for_again(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    meta.add("1")
    sync_account(ACCOUNT, meta, store)
    meta.gone["1"] = {**meta.listed.pop("1"), "status": "DELETED", "effective_status": "DELETED"}
    sync_account(ACCOUNT, meta, store)
    sync_account(ACCOUNT, meta, store)
    assert history(database, "1") == [("PAUSED", None), ("DELETED", None)]
    assert meta.asked == ["1"]


def test_only_the_objects_asked_for_are_synced(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    meta.add("1")
    meta.add("2")
    sync_objects(ACCOUNT, {"2": StepKind.CAMPAIGN}, meta, store)
    rows = database.rows("SELECT object_id FROM meta_ads.object_status")
    assert [row["object_id"] for row in rows] == ["2"]


def test_text_from_meta_is_kept_as_it_is(
    meta: FakeReads, store: StatusStore, database: Database
) -> None:
    name = "Tab\there, “quote”, back\\slash, null \\N, 春のセール"
    meta.add("1", name=name, issues_info=[{"error_message": "no \\ funds"}])
    sync_account(ACCOUNT, meta, store)
    row = database.rows("SELECT name, issues FROM meta_ads.object_status")[0]
    assert row["name"] == name
    assert row["issues"] == [{"error_message": "no \\ funds"}]
