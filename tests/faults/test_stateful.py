"""Several faults in sequence; scripts/faults --stateful N runs more examples, at random."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.mutants import applied, mutants
from tests.faults.stateful import machine_on, stateful_settings
from tests.faults.world import World

EXAMPLES = 20


@pytest.fixture
def clean(here: World) -> Iterator[World]:
    yield here
    here.clear_faults()


def test_no_sequence_of_faults_breaks_an_invariant(clean: World) -> None:
    machine = machine_on(clean)
    settings = stateful_settings(EXAMPLES, derandomize=True)
    run_state_machine_as_test(machine, settings=settings)  # type: ignore[no-untyped-call]
    assert machine.shared.injected.total() > EXAMPLES


def test_the_state_machine_notices_a_missing_search(clean: World) -> None:
    mutant = next(m for m in mutants() if m.name == "no search before a create")
    settings = stateful_settings(100, derandomize=True, shrink=False)
    with applied(mutant, clean.person.rows), pytest.raises(AssertionError, match=r"\d x create of"):
        run_state_machine_as_test(machine_on(clean), settings=settings)  # type: ignore[no-untyped-call]
