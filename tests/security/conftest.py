"""An emulator that knows the canaries, a server in front of it, and a project to launch from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from meta_ads.cli import connections
from tests.conftest import PROJECT
from tests.contract.worlds import emulator
from tests.security.canaries import connection, world_of_canaries
from tests.security.quoting_front import QuotingFront


@pytest.fixture(scope="session")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuotingFront]:
    folder = tmp_path_factory.mktemp("canaries")
    world = world_of_canaries(folder)
    with emulator(folder / "state", "--world", str(world)) as url, QuotingFront(url) as server:
        yield server


@pytest.fixture
def home(
    tmp_path: Path,
    front: QuotingFront,
    empty_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A project with the campaign `spring_sale`, and connections that hold the canaries."""
    front.malice = None
    parts = psycopg.conninfo.conninfo_to_dict(empty_database_url)
    database = {
        "conn_type": "postgres",
        "schema": parts["dbname"],
        "login": parts["user"],
        "password": parts.get("password", ""),
        "host": parts["host"],
        "port": int(str(parts["port"])),
    }
    monkeypatch.setenv(connections.DATABASE, json.dumps(database))
    monkeypatch.setenv(connections.META, connection(front.url))
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    (tmp_path / "creatives").symlink_to(PROJECT / "creatives")
    (tmp_path / "include/campaigns").mkdir(parents=True)
    file = PROJECT / "tests/golden/launch/minimal/campaign.yaml"
    shutil.copy(file, tmp_path / "include/campaigns/spring_sale.yaml")
    return tmp_path
