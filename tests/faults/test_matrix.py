"""A fixed subset of the fault matrix; scripts/faults runs all of it."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.cells import Cell, matrix
from tests.faults.injections import BY_NAME
from tests.faults.instants import Instant
from tests.faults.residuals import FILE, residuals
from tests.faults.runner import run_cells
from tests.faults.scenarios import TASKS
from tests.faults.world import World

ALL = tuple(matrix())
# A stride that shares no factor with the numbers of instants and lags meets every step and fault.
STRIDE = 31
SUBSET = ALL[::STRIDE]
BATCH = 30
BATCHES = [SUBSET[start : start + BATCH] for start in range(0, len(SUBSET), BATCH)]


def test_the_matrix_has_every_step_fault_and_instant() -> None:
    assert len(ALL) >= 3_800
    assert len(set(ALL)) == len(ALL)
    assert {cell.step for cell in ALL} == {task.name for task in TASKS}
    assert {cell.fault for cell in ALL} == set(BY_NAME)
    assert {cell.instant for cell in ALL} == set(Instant)
    assert {cell.lag for cell in ALL} == {0, 5, 20}


def test_the_subset_meets_every_step_and_every_kind_of_fault() -> None:
    assert {cell.step for cell in SUBSET} == {task.name for task in TASKS}
    assert {BY_NAME[cell.fault].family for cell in SUBSET} == {
        injection.family for injection in BY_NAME.values()
    }


def test_residual_classes_name_cells_that_exist() -> None:
    for residual in residuals():
        covered = [cell for cell in ALL if residual.covers(cell)]
        assert {cell.step for cell in covered} == residual.steps, residual.name
        for faults, instants in residual.where:
            met = Counter((cell.fault, str(cell.instant)) for cell in covered)
            assert {(fault, instant) for fault in faults for instant in instants} <= set(met)


def test_the_readme_names_every_residual_class() -> None:
    readme = FILE.with_name("README.md").read_text()
    table = readme.split("### Residual classes")[1].split("## ")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert set(rows) - {"class"} == {residual.name for residual in residuals()}


@pytest.mark.parametrize("cells", BATCHES, ids=lambda cells: str(cells[0]).replace(" | ", "-"))
def test_no_fault_leaves_a_duplicate_a_loss_or_an_unwanted_activation(
    here: World, cells: tuple[Cell, ...]
) -> None:
    found = [
        f"{verdict.cell}: {violation}"
        for verdict in run_cells(here, cells)
        for violation in verdict.violations
    ]
    assert found == []
