"""What is written is on disk, together or not at all; what is read comes in Meta's order."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from emulator.state import Object, State, StateInUseError


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(tmp_path)
    yield opened
    opened.close()


def _thing(identity: str, parent: str = "set", **fields: str) -> Object:
    return Object(identity, "thing", "act_1", ("act_1", parent), 1.0, 1.0, fields)


def _reopened(state: State, folder: Path) -> closing[State]:
    """Return what another run of the server finds."""
    state.close()
    return closing(State(folder))


class _Stop(Exception):
    """Ends a transaction half way."""


def _half(state: State) -> None:
    with state.transaction():
        state.write([_thing("half")], {"what": "lost"})
        state.set_setting("kept", 2)
        raise _Stop


def test_a_transaction_that_fails_leaves_nothing_on_disk_or_in_memory(
    state: State, tmp_path: Path
) -> None:
    state.set_setting("kept", 1)
    with pytest.raises(_Stop):
        _half(state)
    assert (state.objects, state.settings["kept"]) == ({}, 1)
    with _reopened(state, tmp_path) as again:
        assert (again.objects, again.settings["kept"]) == ({}, 1)
        assert again.journal_length() == 0


def test_an_inner_failure_takes_back_only_the_inner_part(state: State, tmp_path: Path) -> None:
    with state.transaction():
        state.write([_thing("1")], {"what": "first"})
        with pytest.raises(_Stop):
            _half(state)
        state.write([_thing("2")], {"what": "second"})
    with _reopened(state, tmp_path) as again:
        assert set(again.objects) == {"1", "2"}
        assert [entry["what"] for entry in again.journal()] == ["first", "second"]


def test_what_cannot_be_written_is_not_remembered(state: State) -> None:
    unwritable = Object("1", "thing", "act_1", ("act_1",), 1.0, 1.0, {"field": object()})
    with pytest.raises(TypeError):
        state.write([_thing("2"), unwritable], {"what": "lost"})
    assert state.objects == {}
    assert state.journal_length() == 0


def test_children_come_newest_first_each_at_its_place(state: State) -> None:
    for number in range(10):
        state.write([_thing(str(number), parent="odd" if number % 2 else "even")], None)
    everyone, odd = state.children("act_1", "thing"), state.children("odd", "thing")
    assert [row.id for row in everyone] == [str(number) for number in range(9, -1, -1)]
    assert [row.id for row in odd] == ["9", "7", "5", "3", "1"]
    assert [odd.place(identity) for identity in ("9", "1", "2", "none")] == [0, 4, None, None]
    assert (odd[-1].id, [row.id for row in odd[1:3]]) == ("1", ["7", "5"])
    state.write([_thing("11", parent="odd")], None)
    assert len(odd) == 5, "a view does not grow while it is read"
    assert odd.place("11") is None
    with pytest.raises(IndexError):
        odd[5]


def test_a_written_object_keeps_its_place_when_it_changes(state: State, tmp_path: Path) -> None:
    state.write([_thing("1", name="a"), _thing("2")], None)
    state.write([_thing("1", name="b")], None)
    assert [row.id for row in state.children("act_1", "thing")] == ["2", "1"]
    with _reopened(state, tmp_path) as again:
        assert [row.id for row in again.children("act_1", "thing")] == ["2", "1"]
        assert again.objects["1"].fields == {"name": "b"}


def test_one_folder_has_one_server(state: State, tmp_path: Path) -> None:
    code = "import pathlib, sys, emulator.state as s; s.State(pathlib.Path(sys.argv[1]))"
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    assert StateInUseError.__name__ in ended.stderr
