"""What stands under /_emulator, the page at /, and what a restart keeps."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, US, Launch
from tests.emulator.refusals import assert_broken
from tests.emulator.server import TOKEN, EmulatorProcess, Graph


def test_health_needs_no_token(emulator: EmulatorProcess) -> None:
    assert emulator.control("GET", "health")["status"] == "ok"


def test_controls_are_no_graph_paths(graph: Graph) -> None:
    assert_broken("unknown_alias", graph.error("GET", "_emulator/health"))


def test_the_journal_holds_every_write_in_order_and_no_secret(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    labels = {"adlabels": [{"name": "lk:a"}]}
    node = graph.post(f"{SG}/campaigns", **launches.campaign(**labels), access_token=TOKEN)["id"]
    graph.post(node, status="ACTIVE")
    graph.delete(node)
    graph.error("POST", f"{SG}/campaigns", name="refused")
    entries = emulator.journal()
    assert [entry["kind"] for entry in entries] == ["create", "update", "delete"]
    assert [entry["seq"] for entry in entries] == [1, 2, 3]
    first = entries[0]
    assert (first["object_kind"], first["object_id"], first["account"]) == ("campaign", node, SG)
    assert (first["name"], first["labels"]) == ("Spring", ["lk:a"])
    assert (first["method"], first["path"]) == ("POST", f"/{SG}/campaigns")
    assert entries[1]["params"]["status"] == "ACTIVE"
    assert TOKEN not in str(entries)
    assert emulator.journal(since=2) == entries[2:]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_keeps_every_answered_write(
    emulator: EmulatorProcess, graph: Graph, number: signal.Signals
) -> None:
    node = graph.post(f"{SG}/campaigns", **launches.campaign())["id"]
    emulator.pass_time(1000)
    journal = emulator.journal()
    emulator.restart(number)
    assert graph.get(node, fields="name")["name"] == "Spring"
    assert emulator.journal() == journal
    assert emulator.control("GET", "clock")["offset_seconds"] == 1000
    following = graph.post(f"{SG}/campaigns", **launches.campaign())["id"]
    assert int(following) > int(node), "ids are never given twice"


def test_the_clock_can_be_moved_to_a_moment(emulator: EmulatorProcess) -> None:
    shown = emulator.control("POST", "clock", {"now": "2030-01-01T08:00:00+08:00"})
    assert shown["now"] == "2030-01-01T00:00:00+0000"
    assert emulator.http.post("/_emulator/clock", json={"when": 1}).status_code == 400


@pytest.mark.parametrize("offset", ["much", 1e18, -1e18, None])
def test_the_clock_stays_within_the_calendar(emulator: EmulatorProcess, offset: object) -> None:
    before = emulator.control("GET", "clock")["offset_seconds"]
    answer = emulator.http.post("/_emulator/clock", json={"offset_seconds": offset})
    assert answer.status_code == 400
    assert emulator.control("GET", "clock")["offset_seconds"] == before


@pytest.mark.parametrize("seconds", ["long", -1, None, "nan", "inf"])
def test_a_list_lag_is_a_length_of_time(emulator: EmulatorProcess, seconds: object) -> None:
    answer = emulator.http.post("/_emulator/list_lag", json={"seconds": seconds})
    assert answer.status_code == 400
    assert emulator.control("GET", "list_lag")["seconds"] == 0


def test_a_token_expires_by_the_emulators_clock(emulator: EmulatorProcess) -> None:
    expired = Graph(emulator, "emulator-expired-token")
    assert_broken("expired_token", expired.error("GET", SG))
    emulator.control("POST", "clock", {"now": 1690000000})
    expired.get(SG)


def test_list_lag_hides_new_objects_from_edges_and_labels_only(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    old = graph.post(f"{SG}/campaigns", **launches.campaign(adlabels=[{"name": "a"}]))["id"]
    emulator.pass_time(100)
    emulator.control("POST", "list_lag", {"seconds": 60})
    label = graph.get(f"{SG}/adlabels")["data"][0]["id"]
    new = graph.post(f"{SG}/campaigns", **launches.campaign(adlabels=[{"name": "a"}]))["id"]

    def listed() -> list[list[str]]:
        answers = (
            graph.get(f"{SG}/campaigns"),
            graph.get(f"{SG}/campaignsbylabels", ad_label_ids=[label]),
        )
        return [[row["id"] for row in answer["data"]] for answer in answers]

    assert listed() == [[old], [old]]
    assert graph.get(new, fields="name")["name"] == "Spring"
    emulator.pass_time(61)
    assert listed() == [[new, old], [new, old]]


def test_an_edit_goes_around_the_rules_and_the_journal(
    emulator: EmulatorProcess, graph: Graph, launch: Launch
) -> None:
    assert launch.ad
    journal = emulator.journal()
    emulator.control("POST", f"edit/{launch.campaign}", {"daily_budget": "1", "status": "ACTIVE"})
    shown = graph.get(launch.campaign, fields="daily_budget,status")
    assert (shown["daily_budget"], shown["status"]) == ("1", "ACTIVE")
    issue = {"level": "AD", "error_code": 1, "error_summary": "Something"}
    for node in (launch.ad, launch.ad_set):
        emulator.control("POST", f"edit/{node}", {"status": "ACTIVE"})
    emulator.control("POST", f"edit/{launch.ad}", {"issues_info": [issue]})
    emulator.pass_time()
    shown = graph.get(launch.ad, fields="effective_status,issues_info")
    assert (shown["effective_status"], shown["issues_info"]) == ("WITH_ISSUES", [issue])
    assert emulator.journal() == journal


def test_reset_goes_back_to_the_first_world(emulator: EmulatorProcess, graph: Graph) -> None:
    node = graph.post(f"{SG}/campaigns", **launches.campaign())["id"]
    emulator.control("POST", "reset")
    assert emulator.journal() == []
    assert graph.get(f"{SG}/campaigns")["data"] == []
    assert_broken("unknown_node", graph.error("GET", node))


def test_objects_hang_together_as_a_tree(emulator: EmulatorProcess, launch: Launch) -> None:
    assert launch.ad
    tree = emulator.control("GET", "objects")["data"]
    account = next(row for row in tree if row["id"] == SG)
    ad = account["campaigns"][0]["adsets"][0]["ads"][0]
    assert (ad["id"], ad["creative"]) == (launch.ad, launch.creative)
    assert [row["id"] for row in account["videos"]] == [launch.video]


def test_parallel_writes_each_make_one_object(emulator: EmulatorProcess, graph: Graph) -> None:
    def create(index: int) -> str:
        return str(graph.post(f"{US}/campaigns", **launches.campaign(name=f"C{index}"))["id"])

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(create, range(40)))
    assert len(set(made)) == 40
    listed = graph.get(f"{US}/campaigns", limit=100)["data"]
    assert {row["id"] for row in listed} == set(made)
    assert [entry["object_id"] for entry in emulator.journal()] == sorted(made)


def test_reads_are_quick(graph: Graph, launch: Launch) -> None:
    node = launch.campaign
    begun = time.perf_counter()
    for _ in range(100):
        graph.get(node, fields="name,status,effective_status,daily_budget")
    # One client on a busy machine; far slower means a read scans or writes something.
    assert time.perf_counter() - begun < 2.0


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "emulator", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_two_servers_cannot_share_a_state_folder(emulator: EmulatorProcess) -> None:
    second = _run("--port", "0", "--state", str(emulator.state))
    assert second.returncode == 2
    assert "in use by another emulator" in second.stderr


def test_a_taken_port_and_a_bad_world_are_told_in_one_line(
    emulator: EmulatorProcess, tmp_path: Path
) -> None:
    port = emulator.url.rpartition(":")[2]
    taken = _run("--port", port, "--state", str(tmp_path / "a"))
    world = tmp_path / "world.yaml"
    world.write_text("app: {}\n")
    broken = _run("--port", "0", "--state", str(tmp_path / "b"), "--world", str(world))
    for result in (taken, broken):
        assert result.returncode == 2
        assert result.stderr.startswith("emulator: cannot start: ")
        assert result.stderr.count("\n") == 1


def test_help_names_every_option() -> None:
    result = _run("--help")
    assert result.returncode == 0
    for option in ("--port", "--state", "--host", "--world", "--video-seconds"):
        assert option in result.stdout
