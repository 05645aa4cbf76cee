"""A server without a network, and a moment at which everything in these tests begins."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.insights.market import Market


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    """A fresh world at noon of 2 March 2026 in Singapore, where nothing has been made yet."""
    made = Market(tmp_path / "state")
    yield made
    made.close()
