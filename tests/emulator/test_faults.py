"""Scripted faults do what they say, and say truthfully whether the write was committed."""

import json
import signal
from typing import Any

import httpx
import pytest

from emulator.injection.faults import ACTIONS, read_fault
from tests.emulator import launches
from tests.emulator.launches import SG
from tests.emulator.server import TOKEN, EmulatorProcess, Graph, wait_until


def _fault(graph: Graph, action: str, **more: Any) -> None:
    fault = {"action": action, "method": "POST", "path": "/campaigns$", **more}
    graph.server.control("POST", "faults", fault)


def _create(graph: Graph) -> httpx.Response:
    return graph.call("POST", f"{SG}/campaigns", **launches.campaign())


def _writes(graph: Graph) -> int:
    return len(graph.server.journal())


@pytest.mark.parametrize(("action", "writes"), [("reset_before", 0), ("reset_after_commit", 1)])
def test_a_reset_gives_no_answer(graph: Graph, action: str, writes: int) -> None:
    _fault(graph, action)
    with pytest.raises(httpx.TransportError):
        _create(graph)
    assert _writes(graph) == writes
    assert _create(graph).status_code == 200, "the fault was for one call"


@pytest.mark.parametrize(
    ("action", "writes"), [("error_500_before", 0), ("error_500_after_commit", 1)]
)
def test_an_unknown_error_looks_the_same_with_and_without_commit(
    graph: Graph, action: str, writes: int
) -> None:
    _fault(graph, action)
    answer = _create(graph)
    assert answer.status_code == 500
    error = answer.json()["error"]
    assert (error["code"], error["is_transient"]) == (2, True)
    assert _writes(graph) == writes


def test_a_late_commit_happens_after_the_answer(graph: Graph) -> None:
    _fault(graph, "late_commit", seconds=0.3)
    assert _create(graph).status_code == 500
    assert _writes(graph) == 0
    wait_until(lambda: _writes(graph) == 1)


def test_a_truncated_answer_breaks_off(graph: Graph) -> None:
    _fault(graph, "truncate")
    with pytest.raises(httpx.TransportError):
        _create(graph)
    assert _writes(graph) == 1


def test_a_slow_answer_outlasts_the_clients_patience(graph: Graph) -> None:
    _fault(graph, "slow", seconds=0.4)
    with pytest.raises(httpx.ReadTimeout):
        graph.server.http.post(
            f"/v26.0/{SG}/campaigns",
            data={"access_token": graph.token},
            timeout=0.1,
        )


def test_a_throttle_names_its_code_and_the_minutes(graph: Graph) -> None:
    _fault(graph, "throttle", code=17, subcode=2446079, minutes=7)
    answer = _create(graph)
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert (error["code"], error["error_subcode"], error["is_transient"]) == (17, 2446079, True)
    usage = json.loads(answer.headers["x-business-use-case-usage"])[SG[4:]][0]
    assert usage["estimated_time_to_regain_access"] == 7
    assert _writes(graph) == 0


def test_a_token_can_expire(graph: Graph) -> None:
    _fault(graph, "token_expired", method="", path="", count=0)
    for _ in range(3):
        error = graph.error("GET", SG)
        assert (error["code"], error["error_subcode"]) == (190, 463)


def test_any_error_can_be_scripted(graph: Graph) -> None:
    _fault(graph, "error", code=100, subcode=1487390, message="Invalid parameter")
    error = _create(graph).json()["error"]
    assert (error["code"], error["error_subcode"]) == (100, 1487390)


def test_a_fault_waits_for_its_call_and_matches_parameters(graph: Graph) -> None:
    _fault(graph, "error_500_before", skip=1, count=2, contains="Spring")
    answers = [_create(graph).status_code for _ in range(4)]
    assert answers == [200, 500, 500, 200]
    other = graph.call("POST", f"{SG}/campaigns", **launches.campaign(name="Autumn"))
    assert other.status_code == 200


def test_faults_can_be_listed_and_taken_away(graph: Graph) -> None:
    _fault(graph, "error_500_before", count=0)
    assert _create(graph).status_code == 500
    listed = graph.server.control("GET", "faults")["data"]
    assert [(row["action"], row["fired"]) for row in listed] == [("error_500_before", 1)]
    graph.server.control("DELETE", "faults")
    assert _create(graph).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"action": "explode"}, {"action": "slow", "when": 1}, {"action": "slow", "path": "("}, []],
)
def test_a_wrong_script_is_refused(emulator: EmulatorProcess, wrong: Any) -> None:
    body = [wrong] if wrong == [] else wrong
    assert emulator.http.post("/_emulator/faults", json=body).status_code == 400


def test_faults_outlive_a_restart(graph: Graph) -> None:
    _fault(graph, "error_500_before")
    graph.server.restart(signal.SIGKILL)
    assert _create(graph).status_code == 500
    assert _create(graph).status_code == 200


def _random(**more: Any) -> dict[str, Any]:
    wanted = {"seed": 7, "rate": 0.3, "actions": ["error_500_before", "throttle"]}
    return {**wanted, "method": "POST", "path": "/campaigns$", **more}


def _codes(graph: Graph, count: int) -> list[int]:
    return [_create(graph).json().get("error", {}).get("code", 0) for _ in range(count)]


def test_the_same_seed_lets_the_same_calls_fail_in_the_same_way(graph: Graph) -> None:
    runs = []
    for _ in range(2):
        graph.server.control("DELETE", "faults")
        graph.server.control("POST", "faults", _random())
        runs.append(_codes(graph, 30))
    assert runs[0] == runs[1]
    assert {0, 2, 80004} == set(runs[0])
    graph.server.control("DELETE", "faults")
    graph.server.control("POST", "faults", _random(seed=8))
    assert _codes(graph, 30) != runs[0]


def test_a_restart_does_not_change_what_a_seed_does(graph: Graph) -> None:
    graph.server.control("POST", "faults", _random())
    whole = _codes(graph, 20)
    graph.server.control("DELETE", "faults")
    graph.server.control("POST", "faults", _random())
    first = _codes(graph, 9)
    graph.server.restart(signal.SIGKILL)
    assert first + _codes(graph, 11) == whole


def test_the_share_of_failing_calls_is_the_rate() -> None:
    fault = read_fault({"seed": 1, "rate": 0.1})
    struck = [fault.strike() for _ in range(5000)]
    assert 400 < sum(action is not None for action in struck) < 600
    assert set(struck) == {None, *ACTIONS}


def test_the_log_tells_every_fault_that_was_injected(graph: Graph) -> None:
    graph.server.control("POST", "faults", _random(rate=1, count=2))
    assert 0 not in _codes(graph, 2)
    assert _codes(graph, 2) == [0, 0]
    graph.server.restart(signal.SIGKILL)
    log = graph.server.control("GET", "faults/log")["data"]
    assert [(row["seq"], row["call_number"], row["path"]) for row in log] == [
        (1, 1, f"/{SG}/campaigns"),
        (2, 2, f"/{SG}/campaigns"),
    ]
    assert {row["action"] for row in log} <= {"error_500_before", "throttle"}
    assert TOKEN not in str(log)
    assert graph.server.control("GET", "faults/log?since=1")["data"] == log[1:]
    shown = graph.server.control("GET", "faults")["data"][0]
    assert (shown["seen"], shown["fired"]) == (4, 2)


def test_one_fault_can_be_taken_away_by_its_number(graph: Graph) -> None:
    _fault(graph, "error_500_before", count=0)
    _fault(graph, "throttle", count=0)
    first, second = graph.server.control("GET", "faults")["data"]
    graph.server.control("DELETE", f"faults/{first['id']}")
    assert [row["id"] for row in graph.server.control("GET", "faults")["data"]] == [second["id"]]
    assert graph.server.http.delete(f"/_emulator/faults/{first['id']}").status_code == 404


@pytest.mark.parametrize("seconds", [0.2, 60], ids=["come due meanwhile", "not yet due"])
def test_a_late_commit_outlives_a_kill_and_happens_once(graph: Graph, seconds: float) -> None:
    _fault(graph, "late_commit", seconds=seconds)
    assert _create(graph).status_code == 500
    graph.server.restart(signal.SIGKILL)
    if seconds == 60:
        assert _writes(graph) == 0
        return
    wait_until(lambda: _writes(graph) == 1)
    graph.server.restart(signal.SIGKILL)
    assert _create(graph).status_code == 200
    assert _writes(graph) == 2


def test_a_reset_takes_late_commits_away(graph: Graph) -> None:
    _fault(graph, "late_commit", seconds=0.2)
    assert _create(graph).status_code == 500
    graph.server.control("POST", "reset")
    _fault(graph, "late_commit", seconds=0.4)
    assert _create(graph).status_code == 500
    wait_until(lambda: _writes(graph) == 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": 1},
        {"seed": 1, "rate": 0},
        {"seed": 1, "rate": 1.5},
        {"seed": 1, "rate": 0.5, "actions": []},
        {"seed": 1, "rate": 0.5, "actions": ["explode"]},
        {"seed": 1, "rate": 0.5, "action": "slow"},
        {"action": "slow", "seconds": -1},
        {"action": "slow", "seconds": 1e9},
        {"action": "slow", "count": 1.5},
        {"action": "slow", "method": 1},
        {"action": "slow", "path": None},
        {"action": "throttle", "code": "4"},
        {"action": "error", "http_status": 99},
        {"action": "slow", "fired": 3},
    ],
)
def test_a_wrong_seeded_fault_is_refused(emulator: EmulatorProcess, wrong: Any) -> None:
    answer = emulator.http.post("/_emulator/faults", json=wrong)
    assert answer.status_code == 400
    assert emulator.control("GET", "faults")["data"] == []


@pytest.mark.parametrize(("tries", "struck"), [(False, False), (True, True)])
def test_a_call_that_only_tries_a_write_is_struck_when_the_script_says_so(
    graph: Graph, tries: bool, struck: bool
) -> None:
    _fault(graph, "error", code=1, tries=tries)
    only = {"execution_options": ["validate_only"]}
    answer = graph.call("POST", f"{SG}/campaigns", **launches.campaign(), **only)
    assert (answer.status_code != 200) is struck
    assert (_create(graph).status_code != 200) is not struck
