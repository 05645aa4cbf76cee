"""A snapshot brings everything back, survives a restart, and is never half there."""

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, Launch
from tests.emulator.server import EmulatorProcess, Graph


def _everything(emulator: EmulatorProcess) -> list[Any]:
    """Return what the controls tell of the world, a video's bytes included."""
    tree = emulator.control("GET", "objects")["data"]
    videos = [video["id"] for account in tree for video in account["videos"]]
    return [
        tree,
        emulator.journal(),
        emulator.control("GET", "faults"),
        emulator.control("GET", "list_lag"),
        emulator.control("GET", "clock")["offset_seconds"],
        emulator.control("GET", "quotas")["limits"],
        [emulator.control("GET", f"videos/{video}")["sha256"] for video in videos],
    ]


def _change_everything(graph: Graph, launch: Launch) -> None:
    emulator = graph.server
    graph.post(launch.campaign, name="Changed")
    graph.delete(launch.video)
    graph.upload(SG, b"another video " * 1000)
    emulator.pass_time(50_000)
    emulator.control("DELETE", "faults")
    emulator.control("POST", "list_lag", {"seconds": 9})
    emulator.control("POST", "quotas", {"limits": {"score": 5000}})


@pytest.mark.parametrize("number", [None, signal.SIGTERM, signal.SIGKILL])
def test_a_restored_snapshot_brings_everything_back(
    graph: Graph, launch: Launch, number: signal.Signals | None
) -> None:
    emulator = graph.server
    assert launch.ad
    emulator.pass_time(500)
    emulator.control("POST", "faults", {"action": "throttle", "path": "/nothing$"})
    before = _everything(emulator)
    taken = emulator.control("POST", "snapshots/ready-1")
    _change_everything(graph, launch)
    changed = _everything(emulator)
    assert not any(left == right for left, right in zip(before, changed, strict=True))
    if number is not None:
        emulator.restart(number)
    assert emulator.control("GET", "snapshots")["data"] == [taken]
    for _ in range(2):
        emulator.control("POST", "snapshots/ready-1/restore")
        assert _everything(emulator) == before
    emulator.restart(signal.SIGKILL)
    assert _everything(emulator) == before
    graph.post(launch.campaign, name="Works on")
    emulator.control("DELETE", "snapshots/ready-1")


def test_a_restore_cut_short_is_finished_at_the_next_start(graph: Graph, launch: Launch) -> None:
    emulator = graph.server
    assert launch.video
    before = _everything(emulator)
    emulator.control("POST", "snapshots/cut")
    _change_everything(graph, launch)
    # What a kill leaves after the media were copied and before the database was.
    (emulator.state / "restoring").write_text("cut")
    emulator.restart(signal.SIGKILL)
    assert _everything(emulator) == before
    assert not (emulator.state / "restoring").exists()
    emulator.control("DELETE", "snapshots/cut")


def test_a_snapshot_cut_short_is_put_in_its_place_at_the_next_start(graph: Graph) -> None:
    emulator = graph.server
    taken = emulator.control("POST", "snapshots/b")
    folder = emulator.state / "snapshots"
    # What a kill leaves after the earlier copy was moved away and before the new one got its name.
    (folder / "b").rename(folder / ".fresh")
    assert emulator.control("GET", "snapshots")["data"] == []
    emulator.restart(signal.SIGKILL)
    assert emulator.control("GET", "snapshots")["data"] == [taken]
    # And what it leaves before the new copy is complete.
    (folder / ".fresh").mkdir()
    (folder / ".fresh" / "state.sqlite").write_bytes(b"half")
    emulator.restart(signal.SIGKILL)
    assert [file.name for file in folder.iterdir()] == ["b"]
    emulator.control("DELETE", "snapshots/b")


def test_a_snapshot_can_be_taken_again_and_deleted(graph: Graph) -> None:
    emulator = graph.server
    assert emulator.control("POST", "snapshots/a")["journal"] == 0
    graph.post(f"{SG}/campaigns", **launches.campaign())
    assert emulator.control("POST", "snapshots/a")["journal"] == 1
    emulator.control("POST", "reset")
    assert [row["journal"] for row in emulator.control("GET", "snapshots")["data"]] == [1]
    emulator.control("DELETE", "snapshots/a")
    assert emulator.control("GET", "snapshots")["data"] == []
    for method, path in (("POST", "a/restore"), ("DELETE", "a")):
        assert emulator.http.request(method, f"/_emulator/snapshots/{path}").status_code == 404


@pytest.mark.parametrize("name", [".hidden", "-a", "a b", "%2e%2e", "a" * 65, "ü"])
def test_a_name_that_is_no_plain_word_is_refused(emulator: EmulatorProcess, name: str) -> None:
    for method, path in (("POST", name), ("POST", f"{name}/restore"), ("DELETE", name)):
        answer = emulator.http.request(method, f"/_emulator/snapshots/{path}")
        assert answer.status_code in (400, 404)
    assert emulator.control("GET", "snapshots")["data"] == []
    assert not (Path(emulator.state) / "snapshots" / name).exists()
