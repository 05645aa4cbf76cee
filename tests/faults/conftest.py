"""One world for every cell of a test session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.runner import folder
from tests.faults.world import World, world


@pytest.fixture(scope="session")
def here() -> Iterator[World]:
    """A world whose files lie in memory where the machine can."""
    with folder() as path, world(path) as built:
        yield built
