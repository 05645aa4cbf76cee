"""Weeks of delivery at the emulator, brought into Postgres as the DAGs do it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from meta_ads.campaigns.insight_settings import InsightSettings
from meta_ads.store.database import Database
from meta_ads.store.insights import InsightStore
from meta_ads.store.report_runs import RunStore
from meta_ads.store.statuses import StatusStore
from meta_ads.syncing.insights import InsightSync
from meta_ads.syncing.statuses import sync_account
from tests.emulator.launches import US, Launch
from tests.emulator.media import make_image, make_video
from tests.emulator.server import EmulatorProcess, Graph
from tests.integration.insights.accounts import ACCOUNT, WORLD, platform

_DAYS = 30


def fill(database: Database, folder: Path) -> None:
    """Sync an account of many ads, and one with a launch that has a link and URL parameters."""
    many = EmulatorProcess(folder / "many", "--world", str(WORLD), "--tier", "unlimited")
    try:
        _sync(many, ACCOUNT, database)
    finally:
        many.stop()
    one = EmulatorProcess(folder / "one")
    try:
        launch = Launch(Graph(one), US, make_video(folder / "clip.mp4"), make_image())
        for node in (launch.ad, launch.ad_set, launch.campaign):
            launch.graph.post(node, status="ACTIVE")
        one.pass_time(timedelta(days=5).total_seconds())
        _sync(one, US, database)
    finally:
        one.stop()


def _sync(server: EmulatorProcess, account_id: str, database: Database) -> None:
    meta = platform(server.url)
    sync_account(account_id, meta, StatusStore(database))
    store = InsightStore(database)

    def now() -> datetime:
        return datetime.fromisoformat(server.control("GET", "clock")["now"]).astimezone(UTC)

    settings = InsightSettings(first_load_days=_DAYS, slice_days=10)
    sync = InsightSync(
        account_id, meta, store, RunStore(database), settings, store.now(), now, _tell
    )
    assert sync.advance().complete, "so few rows need no report run"
    meta.close()


def _tell(text: str, *values: object) -> None:
    print(text % values)
