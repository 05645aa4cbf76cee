import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "cat", "cksum", "dirname", "grep", "mkdir", "printf", "ps", "rm", "sleep", "tail")


@pytest.fixture
def clone(tmp_path):
    """A clone without an environment, and a PATH with neither Python nor uv on it."""
    root = tmp_path / "clone"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(PROJECT / "scripts/setup", root / "scripts/setup")
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy(PROJECT / name, root / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        if found is not None:
            (tools / name).symlink_to(found)
    return root


def run_setup(clone, *arguments, **variables):
    environment = {"PATH": str(clone.parent / "bin"), "HOME": str(clone.parent)} | variables
    return subprocess.run(
        ["sh", "scripts/setup", *arguments],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def python(clone, name, body):
    path = clone.parent / "bin" / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_without_a_fitting_python_it_says_which_ones_fit(clone):
    answer = run_setup(clone)
    assert answer.returncode == 1
    assert "no Python 3.11, 3.12 or 3.13 found" in answer.stderr
    assert not (clone / ".venv").exists()
    assert not (clone / ".setup.lock").exists()


def test_a_python_of_the_wrong_version_is_passed_over(clone):
    python(clone, "python3", "exit 1")
    assert "no Python 3.11, 3.12 or 3.13 found" in run_setup(clone).stderr


def test_a_python_without_ensurepip_is_answered_with_what_to_install(clone):
    python(clone, "python3", 'case "$*" in *ensurepip*) exit 1 ;; esac')
    answer = run_setup(clone)
    assert answer.returncode == 1
    assert "apt-get install python3-venv" in answer.stderr


def test_an_unknown_argument_is_refused(clone):
    assert "unknown argument '--fast'" in run_setup(clone, "--fast").stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_named(clone):
    clone.chmod(0o500)
    assert "must be writable" in run_setup(clone).stderr
    clone.chmod(0o700)


def test_a_lock_left_by_a_killed_setup_is_taken_over(clone):
    (clone / ".setup.lock").mkdir()
    (clone / ".setup.lock/pid").write_text("999999999\n")
    assert "no Python" in run_setup(clone).stderr
