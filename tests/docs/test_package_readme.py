"""Map, state machines, bounds and errors in plugins/meta_ads/README.md are those of the code."""

from __future__ import annotations

import itertools
import re
import tomllib

from meta_ads import errors
from meta_ads.launching.ports import LaunchState, StepState
from meta_ads.launching.requests import RequestState
from meta_ads.launching.timing import Timing
from meta_ads.store.step_ledger import LEASE_SECONDS
from tests.docs.documents import PACKAGE, PACKAGE_README, PROJECT, blocks, edges

SCHEMA = (PACKAGE / "store/sql/schema.sql").read_text()
PAIR = re.compile(r"\('(\w+)', '(\w+)'\)")
FOLDERS, STEPS, LAUNCHES, _, REQUESTS, *_ = blocks(PACKAGE_README, "mermaid")


def guard(name: str) -> str:
    """Return the body of a trigger function."""
    return SCHEMA.split(f"FUNCTION meta_ads.{name}()")[1].split("END $$")[0]


def row_of(folder: str) -> int:
    """Return the line of the map a folder stands in."""
    lines = PACKAGE_README.read_text().splitlines()
    return next(number for number, line in enumerate(lines) if f"`{folder}/`" in line)


def test_the_step_states_drawn_are_those_that_postgres_allows():
    body = guard("guard_step")
    assert "IF OLD.state = 'DONE'" in body, "the test knows that DONE is for ever"
    forbidden = set(PAIR.findall(body))
    allowed = {
        (before, after)
        for before, after in itertools.permutations(map(str, StepState), 2)
        if before != "DONE" and (before, after) not in forbidden
    }
    assert {edge for edge in edges(STEPS) if edge[0] != edge[1]} == allowed


def test_the_launch_states_drawn_are_those_that_postgres_allows():
    assert edges(LAUNCHES) == set(PAIR.findall(guard("guard_launch")))


def test_the_request_states_drawn_are_those_that_postgres_allows():
    assert edges(REQUESTS) == set(PAIR.findall(guard("guard_request")))
    assert {name for edge in edges(REQUESTS) for name in edge} == set(map(str, RequestState))


def test_every_state_of_a_launch_is_drawn():
    assert {name for edge in edges(LAUNCHES) for name in edge} == set(map(str, LaunchState))


def test_every_folder_is_on_the_map():
    folders = {
        str(path.parent.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if path.is_file()
    } | {str(path.parent.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.sql")}
    text = PACKAGE_README.read_text()
    assert [name for name in sorted(folders - {"."}) if f"`{name}/`" not in text] == []


def test_the_map_names_no_folder_that_is_gone():
    named = re.findall(r"`([\w/]+)/`", PACKAGE_README.read_text().split("## Words")[0])
    assert [name for name in named if not (PACKAGE / name).is_dir()] == []


def test_the_map_is_ordered_as_the_import_contract():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    (layers,) = (
        contract["layers"]
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["id"] == "layers"
    )
    rows = [[row_of(name) for name in layer.split(" | ")] for layer in layers[:-1]]
    assert layers[-1] == "errors"
    assert all(max(above) < min(below) for above, below in itertools.pairwise(rows))
    drawn = [re.sub(r" \| ", " · ", layer) for layer in layers]
    assert all(name in FOLDERS for name in drawn)


def test_every_file_named_exists():
    named = re.findall(r"`((?:\w+/)+\w+\.\w+)`", PACKAGE_README.read_text())
    assert named
    assert [
        name for name in named if not ((PACKAGE / name).exists() or (PROJECT / name).exists())
    ] == []


def test_every_error_stands_in_its_group():
    rows = dict(
        re.findall(r"^\| `(\w+)` \| (.*?) \|", PACKAGE_README.read_text(), flags=re.MULTILINE)
    )
    groups = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and errors.MetaAdsError in kind.__bases__
        and kind is not errors.GraphError
    ]
    assert {group.__name__ for group in groups} == set(rows)
    for group in groups:
        members = {kind.__name__ for kind in group.__subclasses__()}
        assert set(re.findall(r"`(\w+)`", rows[group.__name__])) >= members, group.__name__


def test_the_bounds_named_are_those_of_the_code():
    timing, text = Timing(), " ".join(PACKAGE_README.read_text().split())
    assert f"({timing.quiescence.total_seconds():.0f} seconds)" in text
    assert f"after {timing.attempts} epochs" in text
    assert f"no more than {timing.send_window:.0f} seconds" in text
    assert f"act on a step for {LEASE_SECONDS} seconds" in text
