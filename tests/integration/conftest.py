"""A launcher on an emulator of its own process, for the tests that need Meta's rules."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from meta_ads.store.database import Database
from tests.conftest import PROJECT
from tests.contract.worlds import EmulatedWorld, emulator
from tests.integration.launcher import Launcher


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedWorld]:
    with emulator(tmp_path_factory.mktemp("emulator") / "state") as url:
        yield EmulatedWorld(url)


@pytest.fixture
def launcher(world: EmulatedWorld, database: Database, tmp_path: Path) -> Launcher:
    world.control("POST", "reset")
    world.control("POST", "clock", {"offset_seconds": 0})
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    (tmp_path / "creatives").symlink_to(PROJECT / "creatives")
    (tmp_path / "include/campaigns").mkdir(parents=True)
    return Launcher(world, database, tmp_path)
