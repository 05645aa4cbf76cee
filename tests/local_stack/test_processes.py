import json
import os
import signal
import subprocess
import sys
import time

import pytest

from local_stack.errors import NotReady, ProcessDied
from local_stack.process_table import families, identity, memory_bytes
from local_stack.processes import Command, ProcessSet, stop_recorded

# A leader that starts a helper which ignores every polite signal, in a process group of its own,
# as Airflow's tasks are, and tells both numbers.
STUBBORN = """
import os, signal, sys, time
helper = os.fork()
if helper == 0:
    os.setpgid(0, 0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    open(sys.argv[1] + ".ready", "w").close()
    time.sleep(600)
while not os.path.exists(sys.argv[1] + ".ready"):
    time.sleep(0.01)
with open(sys.argv[1] + ".part", "w") as file:
    file.write(f"{os.getpid()} {helper}")
os.rename(sys.argv[1] + ".part", sys.argv[1])
time.sleep(600)
"""


def command(tmp_path, *words, name="child"):
    return Command(name=name, words=words, log=tmp_path / f"{name}.log")


def python(tmp_path, script, *arguments, name="child"):
    return command(tmp_path, sys.executable, "-c", script, *arguments, name=name)


def wait_for(condition, timeout=20.0):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def processes(tmp_path):
    with ProcessSet(tmp_path / "processes.json") as processes:
        yield processes


def start_stubborn(processes, tmp_path):
    told = tmp_path / "pids"
    child = processes.start(python(tmp_path, STUBBORN, str(told)))
    processes.wait_until("the helper", told.exists, 20)
    return child, {int(pid) for pid in told.read_text().split()}


def test_stopping_ends_a_helper_that_ignores_polite_signals(processes, tmp_path):
    child, pids = start_stubborn(processes, tmp_path)
    assert processes.pids() == pids
    processes.stop(child, grace=0.5)
    assert [identity(pid) for pid in pids] == [None, None]


def test_a_helper_is_ended_when_its_leader_was_killed(processes, tmp_path):
    child, pids = start_stubborn(processes, tmp_path)
    os.kill(child.pid, signal.SIGKILL)
    wait_for(lambda: child.exit_code is not None)
    assert processes.pids() == pids - {child.pid}
    processes.stop(child, grace=0.5)
    assert [identity(pid) for pid in pids] == [None, None]


def test_nothing_survives_a_parent_killed_by_sigkill(tmp_path):
    script = """
import sys
from pathlib import Path
from local_stack.processes import Command, ProcessSet
log, told, stubborn = sys.argv[1:]
processes = ProcessSet()
processes.start(Command("leader", (sys.executable, "-c", stubborn, told), Path(log)))
processes.wait_until("its helper", Path(told).exists, 20)
print("started", flush=True)
sys.stdin.read()
"""
    told = tmp_path / "pids"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "log"), str(told), STUBBORN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "started\n"
        leader, helper = (int(pid) for pid in told.read_text().split())
        assert families([parent.pid])[parent.pid] >= {parent.pid, leader, helper}
        parent.kill()
    wait_for(lambda: identity(leader) is None and identity(helper) is None)


def test_a_process_that_ends_early_is_reported_with_the_end_of_its_log(processes, tmp_path):
    script = "import sys; print('no such table'); sys.exit(3)"
    child = processes.start(python(tmp_path, script, name="broken"))
    with pytest.raises(ProcessDied, match=r"(?s)broken ended with exit code 3.*no such table"):
        processes.wait_until("broken", lambda: False, 20)
    processes.stop(child)


def test_a_program_that_does_not_exist_is_reported_as_ended(processes, tmp_path):
    processes.start(command(tmp_path, "/no/such/program"))
    with pytest.raises(ProcessDied, match="No such file"):
        processes.wait_until("it", lambda: False, 20)


def test_a_process_that_never_gets_ready_is_reported_with_its_log_file(processes, tmp_path):
    processes.start(command(tmp_path, "sleep", "600"))
    with pytest.raises(NotReady, match=r"it was not ready within 0 s\..*\n.*child\.log"):
        processes.wait_until("it", lambda: False, 0.05)


def test_running_a_command_that_fails_raises(processes, tmp_path):
    with pytest.raises(ProcessDied, match="exit code 1"):
        processes.run(command(tmp_path, "false"), 20)
    assert processes.children == ()


def test_the_record_lists_what_runs_and_is_gone_after_the_end(tmp_path):
    record = tmp_path / "processes.json"
    with ProcessSet(record) as processes:
        child = processes.start(command(tmp_path, "sleep", "600"))
        rows = json.loads(record.read_text())
        assert [(row["name"], row["pid"]) for row in rows] == [("child", child.pid)]
    assert not record.exists()


def test_recorded_processes_are_stopped_and_named(tmp_path):
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as left:
        record = tmp_path / "processes.json"
        record.write_text(json.dumps([row_of(left.pid)]))
        assert stop_recorded(record) == ["left"]
        assert left.wait(20) == -signal.SIGTERM
    assert not record.exists()


def test_a_process_that_only_has_the_number_of_a_recorded_one_is_left_alone(tmp_path):
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as bystander:
        record = tmp_path / "processes.json"
        record.write_text(json.dumps([row_of(bystander.pid) | {"started": "another time"}]))
        assert stop_recorded(record) == []
        assert bystander.poll() is None
        bystander.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc to tell whose a process is")
def test_what_a_recorded_process_started_is_stopped_when_it_is_gone_itself(tmp_path):
    told = tmp_path / "pids"
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN, str(told)], start_new_session=True, cwd=tmp_path
    ) as leader:
        wait_for(told.exists)
        row = row_of(leader.pid) | {"folder": str(tmp_path)}
        leader.kill()
    helper = int(told.read_text().split()[1])
    record = tmp_path / "processes.json"
    record.write_text(json.dumps([row | {"folder": "/elsewhere"}]))
    assert stop_recorded(record) == []
    assert identity(helper) is not None
    record.write_text(json.dumps([row]))
    assert stop_recorded(record) == ["left"]
    assert identity(helper) is None


@pytest.mark.parametrize("content", [None, "", "[{"])
def test_a_record_that_is_missing_or_cut_off_stops_nothing(tmp_path, content):
    record = tmp_path / "processes.json"
    if content is not None:
        record.write_text(content)
    assert stop_recorded(record) == []


def test_memory_is_counted_over_all_processes(processes, tmp_path):
    hungry = "x = bytearray(50_000_000); print('fed', flush=True); input()"
    child = processes.start(
        command(tmp_path, "sh", "-c", f'sleep 600 | {sys.executable} -c "{hungry}"')
    )
    processes.wait_until("it", lambda: "fed" in child.command.log.read_text(), 20)
    assert 50e6 < memory_bytes(processes.pids()) < 100e6


def row_of(pid):
    who = identity(pid)
    assert who is not None
    return {
        "name": "left",
        "pid": pid,
        "started": who.started,
        "stop_signal": int(signal.SIGTERM),
        "folder": "/",
    }
