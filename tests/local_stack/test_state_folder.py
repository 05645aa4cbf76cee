import os
import subprocess
import sys
import time

import pytest

from local_stack.errors import AlreadyRunning, LocalStackError
from local_stack.state_folder import StateFolder

HOLD = """
import signal, sys
from pathlib import Path
from local_stack.state_folder import StateFolder
with StateFolder(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_stack_is_told_who_holds_the_folder_and_how_to_stop_it(tmp_path, holder):
    with pytest.raises(AlreadyRunning, match=rf"process {holder.pid}\).*scripts/stop"):
        StateFolder(tmp_path).hold()


def test_the_folder_is_free_again_after_its_holder_was_killed(tmp_path, holder):
    holder.kill()
    holder.wait()
    with StateFolder(tmp_path) as folder:
        assert folder.holder() is not None
    assert folder.holder() is None


def test_a_holder_is_stopped_from_outside(tmp_path, holder):
    assert StateFolder(tmp_path).holder() is not None
    assert StateFolder(tmp_path).stop_holder()
    assert holder.wait(20) != 0


def test_there_is_nothing_to_stop_in_a_folder_nobody_holds(tmp_path):
    assert not StateFolder(tmp_path).stop_holder()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_an_error_with_a_remedy(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(LocalStackError, match="--state FOLDER"):
        StateFolder(tmp_path / "state").hold()


def test_a_file_in_the_folders_place_is_an_error_with_a_remedy(tmp_path):
    (tmp_path / "state").write_text("")
    with pytest.raises(LocalStackError, match="--state FOLDER"):
        StateFolder(tmp_path / "state").hold()


def test_a_lock_file_from_before_a_reboot_names_nobody(tmp_path):
    (tmp_path / "lock").write_text('{"pid": 1, "started": "before"}')
    began = time.monotonic()
    assert StateFolder(tmp_path).holder() is None
    with StateFolder(tmp_path):
        assert time.monotonic() - began < 5
