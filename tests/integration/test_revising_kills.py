"""A worker that applies changes may die at any instant; the next one ends in the same place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from meta_ads.launching.ports import LaunchState
from meta_ads.store.database import Database
from tests.integration.revisions import EDITED, FILE, Killed, Mortal, Revised

# The edited file's new ad set exists from the start, paused, so that both can be gone to and fro.
FIRST = FILE + "  - {id: all, name: Everybody, daily_budget: 500, headline: New, status: paused}\n"
MOST = max(5000 + 3000, 4000 + 4500 + 500)
# Calls to Meta and the ledger that one change of this file takes, at least.
CALLS = 50


@pytest.fixture
def launch(database: Database, tmp_path: Path) -> Revised:
    launch = Revised(database, tmp_path)
    launch.go_live(FIRST)
    return launch


def die_at(launch: Revised, nth: int, *, after: bool) -> bool:
    """Drive with a worker that dies before or after its nth call; return whether it lived."""
    made = 0

    def call(act: Callable[[], Any]) -> Any:
        nonlocal made
        made += 1
        if made == nth and not after:
            raise Killed
        result = act()
        assert launch.spending() <= MOST, "never more than the old or the new plan"
        if made == nth:
            raise Killed
        return result

    ports = (launch.platform, launch.launches, launch.steps)
    try:
        launch.drive(*(Mortal(port, call) for port in ports))
    except Killed:
        launch.later()
        return False
    return True


def apply(launch: Revised, text: str) -> None:
    launch.edit(text)
    assert launch.drive().problems == []
    assert launch.record.state is LaunchState.VERIFIED
    assert launch.record.revision is None


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_wherever_a_worker_dies_the_next_one_finishes(launch: Revised, after: bool) -> None:
    first = launch.state()
    apply(launch, EDITED)
    edited, objects = launch.state(), len(launch.platform.objects)
    apply(launch, FIRST)
    assert launch.state() == first | {
        key: value for key, value in launch.state().items() if key.startswith("creative")
    }
    first = launch.state()
    nth, lived = 0, False
    while not lived:
        nth += 1
        launch.edit(EDITED)
        lived = die_at(launch, nth, after=after)
        if nth % 2:
            apply(launch, EDITED)
            assert launch.state() == edited, f"call {nth}"
        # Or the file is put back while nobody knows how far the dead worker got.
        apply(launch, FIRST)
        assert launch.state() == first, f"call {nth}"
    assert nth > CALLS
    assert len(launch.platform.objects) == objects, "nothing is made twice"
