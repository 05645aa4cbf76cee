"""One emulator for all tests of insights, at noon of its account's day; each test resets it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from meta_ads.store.database import Database
from tests.emulator.server import EmulatorProcess
from tests.integration.insights.accounts import WORLD, ZONE, Account


@pytest.fixture(scope="session")
def insights_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    state = tmp_path_factory.mktemp("insights") / "state"
    server = EmulatorProcess(state, "--world", str(WORLD), "--tier", "unlimited")
    yield server
    server.stop()


@pytest.fixture
def account(insights_server: EmulatorProcess, database: Database) -> Iterator[Account]:
    server = insights_server
    server.control("POST", "reset")
    server.control("DELETE", "insights")
    # Tomorrow: the account was made when the server started, and time must not run backwards.
    noon = datetime.now(ZoneInfo(ZONE)).replace(hour=12, minute=1) + timedelta(days=1)
    server.control("POST", "clock", {"now": noon.isoformat()})
    made = Account(server, database)
    yield made
    made.meta.close()
