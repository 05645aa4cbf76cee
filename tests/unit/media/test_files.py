from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from meta_ads.errors import InvalidCampaign
from meta_ads.media.files import CreativeFiles


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "creatives"
    (root / "spring").mkdir(parents=True)
    (root / "spring" / "a.mp4").write_bytes(b"bytes")
    (tmp_path / "secret.txt").write_text("secret")
    return root


def test_a_file_is_found_by_its_path_below_the_folder(root: Path) -> None:
    files = CreativeFiles(root)
    assert files.path("spring/a.mp4") == (root / "spring" / "a.mp4").resolve()
    with files.open("spring/a.mp4") as file:
        assert file.read() == b"bytes"
    assert files.sha256("spring/a.mp4") == hashlib.sha256(b"bytes").hexdigest()


def test_a_link_that_stays_inside_is_followed(root: Path) -> None:
    (root / "b.mp4").symlink_to("spring/a.mp4")
    with CreativeFiles(root).open("b.mp4") as file:
        assert file.read() == b"bytes"


def test_a_folder_that_is_itself_a_link_is_fine(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    assert CreativeFiles(tmp_path / "link").sha256("spring/a.mp4")


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "spring",
        "missing.mp4",
        "spring/a.mp4/x",
        "../secret.txt",
        "spring/../../secret.txt",
        "/etc/passwd",
        "/proc/self/environ",
        "a\0b",
        "x" * 5000,
        "~/a.mp4",
    ],
)
def test_a_path_that_names_no_file_below_the_folder_is_a_problem(root: Path, path: str) -> None:
    files = CreativeFiles(root)
    for ask in (files.path, files.open, files.sha256):
        with pytest.raises(InvalidCampaign) as caught:
            ask(path)
        (problem,) = caught.value.problems
        assert problem.remedy
        assert "secret" not in problem.message


@pytest.mark.parametrize("target", ["secret.txt", "/etc/passwd", "/proc/self/environ"])
def test_a_link_out_of_the_folder_is_refused(root: Path, tmp_path: Path, target: str) -> None:
    (root / "out.mp4").symlink_to(tmp_path / target)
    with pytest.raises(InvalidCampaign, match="leads out"):
        CreativeFiles(root).open("out.mp4")


def test_a_linked_folder_out_of_the_folder_is_refused(root: Path, tmp_path: Path) -> None:
    (root / "out").symlink_to(tmp_path)
    with pytest.raises(InvalidCampaign, match="leads out"):
        CreativeFiles(root).open("out/secret.txt")


def test_a_link_to_itself_is_a_problem(root: Path) -> None:
    (root / "loop.mp4").symlink_to("loop.mp4")
    with pytest.raises(InvalidCampaign):
        CreativeFiles(root).open("loop.mp4")


def test_a_pipe_is_refused_without_waiting_for_its_writer(root: Path) -> None:
    os.mkfifo(root / "pipe.mp4")
    with pytest.raises(InvalidCampaign, match="regular"):
        CreativeFiles(root).open("pipe.mp4")


def test_a_folder_beside_with_the_same_beginning_is_outside(root: Path, tmp_path: Path) -> None:
    beside = tmp_path / "creatives-old"
    beside.mkdir()
    (beside / "a.mp4").write_bytes(b"x")
    (root / "out.mp4").symlink_to(beside / "a.mp4")
    with pytest.raises(InvalidCampaign, match="leads out"):
        CreativeFiles(root).path("out.mp4")


class SwappedAfterTheCheck(CreativeFiles):
    """Somebody replaces the checked file by a link before it is opened."""

    def path(self, relative_path: str) -> Path:
        real = super().path(relative_path)
        real.unlink()
        real.symlink_to("/etc/passwd")
        return real


def test_a_file_swapped_for_a_link_after_the_check_is_refused(root: Path) -> None:
    with pytest.raises(InvalidCampaign):
        SwappedAfterTheCheck(root).open("spring/a.mp4")


class FolderSwappedAfterTheCheck(CreativeFiles):
    """Somebody replaces a folder on the way by a link before the file is opened."""

    outside: Path

    def path(self, relative_path: str) -> Path:
        real = super().path(relative_path)
        real.unlink()
        real.parent.rmdir()
        real.parent.symlink_to(self.outside)
        return real


def test_a_folder_swapped_for_a_link_after_the_check_is_refused(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.mp4").write_text("secret")
    files = FolderSwappedAfterTheCheck(root)
    files.outside = outside
    with pytest.raises(InvalidCampaign, match="changed while"):
        files.open("spring/a.mp4")
