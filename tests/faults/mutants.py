"""Mutants of the protocol: patches that weaken it, and the cells or tests that must notice."""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any
from unittest import mock

import yaml

from meta_ads.store.queries import queries
from tests.conftest import PROJECT
from tests.faults.cells import Cell, run_cell
from tests.faults.instants import Instant
from tests.faults.launches import Base
from tests.faults.world import World

FILE = Path(__file__).with_name("mutants.yaml")
ALL_STATEMENTS = "*"


# Added to pytest's own exit code: Python ends with 1 too, when a mutant could not be applied.
_ENDED = 40


class StaleMutant(Exception):
    """The text a mutant changes is no longer in the product."""


@dataclass(frozen=True)
class Mutant:
    """One weakened protection. `cells` and `tests` are what must fail with it."""

    name: str
    patches: tuple[Mapping[str, str], ...]
    cells: tuple[Cell, ...]
    tests: tuple[str, ...]
    survives: str | None


def mutants() -> tuple[Mutant, ...]:
    """Return every mutant of the data file."""
    return tuple(_read(row) for row in yaml.safe_load(FILE.read_text()))


def _read(row: Mapping[str, Any]) -> Mutant:
    killers = row.get("killed_by", [])
    tests = tuple(killer for killer in killers if "::" in killer)
    cells = tuple(parse_cell(killer) for killer in killers if killer not in tests)
    return Mutant(row["name"], tuple(row["patches"]), cells, tests, row.get("survives"))


def parse_cell(text: str) -> Cell:
    """Return the cell that `step | fault | instant | lag` names."""
    step, fault, instant, lag = text.split(" | ")
    return Cell(step, fault, Instant(instant), int(lag))


@contextmanager
def applied(mutant: Mutant, run: Callable[[str], object] | None = None) -> Iterator[None]:
    """Weaken the product in this process; `run` executes SQL for patches of the schema."""
    with ExitStack() as stack:
        for patch in mutant.patches:
            kind, _, rest = patch["at"].partition(":")
            if kind == "sql":
                stack.enter_context(_statements(patch, *rest.split(":")))
            elif kind == "migration":
                stack.enter_context(_migration(patch, rest))
            elif kind == "trigger":
                assert run is not None, "a trigger needs a database"
                table, trigger = rest.split(":")
                alter = f"ALTER TABLE meta_ads.{table} {{}} TRIGGER {trigger}"
                run(alter.format("DISABLE"))
                stack.callback(run, alter.format("ENABLE"))
            else:
                stack.enter_context(_function(patch))
        yield


@contextmanager
def _statements(patch: Mapping[str, str], file: str, name: str) -> Iterator[None]:
    named: dict[str, Any] = dict(queries(file))
    live: dict[str, Any] = queries(file)  # type: ignore[assignment]  # the ledgers' own mapping
    changed = {
        key: text.replace(patch["old"], patch["new"])
        for key, text in named.items()
        if name in (ALL_STATEMENTS, key) and patch["old"] in text
    }
    if not changed:
        raise StaleMutant(f"{patch['at']} has no {patch['old']!r}")
    live.update(changed)
    try:
        yield
    finally:
        live.update(named)


@contextmanager
def _migration(patch: Mapping[str, str], name: str) -> Iterator[None]:
    """Let databases that are made from now on have another schema."""
    read = Path.read_text

    def changed(path: Path, *arguments: Any, **more: Any) -> str:
        text = read(path, *arguments, **more)
        return text.replace(patch["old"], patch["new"]) if path.name == f"{name}.sql" else text

    if patch["old"] not in read(_migration_file(name)):
        raise StaleMutant(f"{patch['at']} has no {patch['old']!r}")
    with mock.patch.object(Path, "read_text", changed):
        yield


def _migration_file(name: str) -> Path:
    return PROJECT / f"plugins/meta_ads/store/migrations/versions/{name}.sql"


@contextmanager
def _function(patch: Mapping[str, str]) -> Iterator[None]:
    """Give a function other code; whoever imported it has the same object."""
    function = _resolve(patch["at"])
    source = textwrap.dedent(inspect.getsource(function))
    if "body" in patch:
        source = _with_body(source, patch["body"])
    elif patch["old"] in source:
        source = source.replace(patch["old"], patch["new"])
    else:
        raise StaleMutant(f"{patch['at']} has no {patch['old']!r}")
    made: dict[str, Any] = {}
    program = compile(f"from __future__ import annotations\n{source}", patch["at"], "exec")
    exec(program, {**function.__globals__, "property": lambda f: f}, made)
    before, function.__code__ = function.__code__, made[function.__name__].__code__
    try:
        yield
    finally:
        function.__code__ = before


def state_of(mutant: Mutant) -> list[object]:
    """Return what the mutant's patches change in this process: code and statements."""
    state: list[object] = []
    for patch in mutant.patches:
        kind, _, rest = patch["at"].partition(":")
        if kind == "sql":
            state.append(dict(queries(rest.split(":")[0])))
        elif kind == "migration":
            state.append(_migration_file(rest).read_text())
        elif kind != "trigger":
            state.append(_resolve(patch["at"]).__code__)
    return state


def _resolve(target: str) -> FunctionType:
    module, _, path = target.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = inspect.getattr_static(found, name)
    return found.fget if isinstance(found, property) else found


def _with_body(source: str, body: str) -> str:
    """Return the function with another body. Its signature ends with a line's last colon."""
    lines = source.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("def "))
    end = next(n for n in range(start, len(lines)) if lines[n].rstrip().endswith(":"))
    return "\n".join([*lines[: end + 1], textwrap.indent(body, "    ")])


def killer_of(mutant: Mutant, world: World, base: Base) -> str | None:
    """Return the first cell or test that notices the mutant, and how; None when it survives."""
    for cell in mutant.cells:
        with applied(mutant, world.person.rows):
            verdict = run_cell(world, base, cell)
        noticed = [oracle for oracle, _ in verdict.violations if oracle != "not struck"]
        if noticed:
            return f"{cell}: {', '.join(sorted(set(noticed)))}"
    for test in mutant.tests:
        if _test_fails(mutant, test):
            return test
    return None


def _test_fails(mutant: Mutant, test: str) -> bool:
    """Run a test in a process of its own with the mutant applied; raise when it could not run."""
    program = (
        "import sys, pytest\n"
        "from tests.faults import mutants\n"
        "mutant = next(m for m in mutants.mutants() if m.name == sys.argv[1])\n"
        "with mutants.applied(mutant):\n"
        # The project's own conftest.py was imported above, and xdist with it.
        "    known = 'ignore:Module already imported:pytest.PytestAssertRewriteWarning'\n"
        "    options = ['-q', '-x', '-p', 'no:cacheprovider', '-W', known]\n"
        "    ended = pytest.main([*options, sys.argv[2]])\n"
        f"sys.exit({_ENDED} + int(ended))\n"
    )
    path = os.pathsep.join(str(PROJECT / part) for part in ("include", "plugins", "."))
    done = subprocess.run(
        [sys.executable, "-c", program, mutant.name, test],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (_ENDED, _ENDED + 1):
        raise RuntimeError(f"{test} could not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == _ENDED + 1
