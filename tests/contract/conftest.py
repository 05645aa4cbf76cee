"""Runs each contract test in every world; Meta itself only where an account is given."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.contract.worlds import EmulatedWorld, FakeWorld, RealWorld, World, emulator


@pytest.fixture(scope="session")
def emulator_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulator(tmp_path_factory.mktemp("emulator") / "state") as url:
        yield url


@pytest.fixture(
    params=["fake", "emulator", pytest.param("meta", marks=pytest.mark.real_meta)],
)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    match request.param:
        case "fake":
            yield FakeWorld()
        case "emulator":
            emulated = EmulatedWorld(request.getfixturevalue("emulator_url"))
            emulated.control("POST", "reset")
            yield emulated
            emulated.meta.close()
        case _:
            if not (
                os.environ.get("META_SANDBOX_TOKEN") and os.environ.get("META_SANDBOX_ACCOUNT")
            ):
                pytest.skip("no Meta account: set META_SANDBOX_TOKEN and META_SANDBOX_ACCOUNT")
            yield RealWorld()
