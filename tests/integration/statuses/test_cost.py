"""What a status sync costs: Graph calls for a thousand campaigns, on the emulator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from meta_ads.store.database import Database
from meta_ads.store.statuses import StatusStore
from meta_ads.syncing.statuses import SyncCounts, sync_account
from tests.emulator.server import EmulatorProcess

WORLD = Path(__file__).parent / "world.yaml"
ACCOUNT = "act_100000000000779"
# The account, two pages of each of four lists, and one of videos; 12 are the most that may be.
CALLS, MOST_CALLS = 10, 12
EVERYTHING = 4200


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    state = tmp_path_factory.mktemp("thousand") / "state"
    started = EmulatorProcess(state, "--world", str(WORLD), "--tier", "unlimited")
    yield started
    started.stop()


class CountedCalls:
    """The platform, with every call that leaves it."""

    def __init__(self, url: str) -> None:
        settings = GraphSettings("emulator-token", app_secret="emulator-app-secret", base_url=url)
        self.meta = MetaPlatform(settings)
        self.sent: list[tuple[str, ...]] = []
        transport = self.meta._client.transport
        send = transport.send

        def counted(method: str, url: str, **content: object) -> object:
            self.sent.append((method, url.rsplit("/", 1)[1]))
            return send(method, url, **content)  # type: ignore[arg-type]

        transport.send = counted  # type: ignore[method-assign,assignment]


def test_a_sync_of_a_thousand_campaigns_takes_at_most_twelve_calls(
    server: EmulatorProcess, database: Database
) -> None:
    calls, store = CountedCalls(server.url), StatusStore(database)
    assert sync_account(ACCOUNT, calls.meta, store) == SyncCounts(EVERYTHING, EVERYTHING)
    assert len(calls.sent) == CALLS <= MOST_CALLS, calls.sent
    calls.sent.clear()
    assert sync_account(ACCOUNT, calls.meta, store) == SyncCounts(EVERYTHING, 0)
    assert len(calls.sent) == CALLS <= MOST_CALLS, calls.sent


def test_pages_that_meta_finds_too_large_are_halved_and_nothing_is_lost(
    server: EmulatorProcess, database: Database
) -> None:
    server.control(
        "POST",
        "faults",
        {
            "action": "error",
            "method": "GET",
            "path": f"/{ACCOUNT}/adcreatives$",
            "code": 1,
            "http_status": 500,
            "message": "Please reduce the amount of data you're asking for, then retry",
        },
    )
    calls, store = CountedCalls(server.url), StatusStore(database)
    assert sync_account(ACCOUNT, calls.meta, store).seen == EVERYTHING
    creatives = [call for call in calls.sent if call[1] == "adcreatives"]
    # One that was too large, then four pages of half the size.
    assert len(creatives) == 5
    assert database.rows("SELECT count(*) FROM meta_ads.creative")[0]["count"] == 1000


def test_a_creative_at_meta_is_kept_whole(server: EmulatorProcess, database: Database) -> None:
    sync_account(ACCOUNT, CountedCalls(server.url).meta, StatusStore(database))
    [creative] = database.rows(
        "SELECT creative.*, video.title AS clip, video.status AS clip_status"
        " FROM meta_ads.creative JOIN meta_ads.video USING (video_id)"
        " WHERE creative.name = 'Creative 7'"
    )
    assert creative["link"] == "https://shop.example/6?ref=ad"
    assert creative["url_tags"] == "utm_source=facebook&utm_campaign=7"
    assert (creative["clip"], creative["clip_status"]) == ("Clip 7", "ready")
    [account] = database.rows("SELECT * FROM meta_ads.ad_account")
    assert (account["account_id"], account["status"], account["currency"]) == (
        ACCOUNT,
        "active",
        "SGD",
    )
