"""The residual classes: what no client of an API without idempotency keys can close."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from tests.faults.cells import Cell

FILE = Path(__file__).with_name("residuals.yaml")


@dataclass(frozen=True)
class Residual:
    """Cells in which Meta may commit something twice (`allows` says what), and why.

    `where` holds pairs of faults and instants.
    """

    name: str
    allows: frozenset[str]
    reason: str
    steps: frozenset[str]
    where: tuple[tuple[frozenset[str], frozenset[str]], ...]

    def covers(self, cell: Cell) -> bool:
        """Whether the cell is one of them."""
        return cell.step in self.steps and any(
            cell.fault in faults and str(cell.instant) in instants
            for faults, instants in self.where
        )


@cache
def residuals() -> tuple[Residual, ...]:
    """Return every class of the data file."""
    return tuple(
        Residual(
            row["name"],
            frozenset(row["allows"]),
            row["reason"],
            frozenset(row["steps"]),
            tuple(
                (frozenset(pair["faults"]), frozenset(pair["instants"])) for pair in row["where"]
            ),
        )
        for row in yaml.safe_load(FILE.read_text())
    )


def allowed(cell: Cell, what: str) -> Residual | None:
    """Return the class that lets this cell commit `what` twice, or None."""
    return next((row for row in residuals() if what in row.allows and row.covers(cell)), None)
