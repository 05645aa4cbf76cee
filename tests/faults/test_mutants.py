"""The fault matrix can fail: every named mutant of the protocol is noticed by a cell."""

from __future__ import annotations

import pytest

from tests.faults.cells import matrix
from tests.faults.launches import make_base
from tests.faults.mutants import Mutant, StaleMutant, applied, killer_of, mutants, state_of
from tests.faults.world import World

ALL = mutants()
KILLED_BY_CELLS = [mutant for mutant in ALL if mutant.cells]


def test_every_mutant_says_what_kills_it_or_why_nothing_can() -> None:
    cells = set(matrix())
    for mutant in ALL:
        assert bool(mutant.cells or mutant.tests) != bool(mutant.survives), mutant.name
        assert set(mutant.cells) <= cells, mutant.name


@pytest.mark.parametrize("mutant", KILLED_BY_CELLS, ids=lambda mutant: mutant.name)
def test_a_weakened_protocol_is_noticed(here: World, mutant: Mutant) -> None:
    here.forget()
    assert killer_of(mutant, here, make_base(here)) is not None


def test_a_mutant_of_text_that_is_gone_is_refused() -> None:
    patch = {"at": "meta_ads.launching.timing:Timing.quiescence", "old": "nowhere", "new": ""}
    with pytest.raises(StaleMutant), applied(Mutant("stale", (patch,), (), (), None)):
        pass


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_a_mutant_changes_the_product_and_leaves_no_trace(here: World, mutant: Mutant) -> None:
    before = state_of(mutant)
    with applied(mutant, here.person.rows):
        assert state_of(mutant) != before
    assert state_of(mutant) == before
