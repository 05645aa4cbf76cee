"""What every test of a rule needs: proof that a refused call wrote nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.launches import changed
from tests.emulator.refusals import Case, assert_broken
from tests.emulator.server import Graph
from tests.emulator.worlds import OtherWorld

Refuses = Callable[[Case, str, dict[str, Any]], None]
Change = Callable[[dict[str, Any]], object]
MakeWorld = Callable[[Change], OtherWorld]


@pytest.fixture
def refuses(graph: Graph) -> Refuses:
    """A call ``(case, edge, correct parameters)``: the wrong one is refused, the right one passes.

    The refused one must leave no trace in the journal.
    """

    def check(case: Case, edge: str, params: dict[str, Any]) -> None:
        path = f"{case.account}/{edge}"
        before = len(graph.server.journal())
        error = graph.error("POST", path, **changed(params, case.wrong))
        assert len(graph.server.journal()) == before, "a refused call was committed"
        assert_broken(case.rule, error)
        graph.post(path, **changed(params, case.right))

    return check


@pytest.fixture
def other_world(tmp_path: Path) -> Iterator[MakeWorld]:
    """A maker of servers whose world file is changed by the function given."""
    made: list[OtherWorld] = []

    def make(change: Change) -> OtherWorld:
        made.append(OtherWorld(tmp_path, change))
        return made[-1]

    yield make
    for one in made:
        one.close()
