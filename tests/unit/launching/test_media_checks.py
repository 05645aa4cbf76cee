"""Which media a campaign file names, for which placements, and where a problem is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

from meta_ads.campaigns.source import Source
from meta_ads.campaigns.yaml_source import read_yaml
from meta_ads.errors import Problem, Severity
from meta_ads.launching.media_checks import media_problems


class Listening:
    """Says one warning of every file, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, list[str]]] = []

    def _of(self, what: str, path: str, chosen: Collection[str]) -> Sequence[Problem]:
        self.asked.append((what, path, sorted(chosen)))
        return [Problem("creatives", "small", "Grow", severity=Severity.WARNING)]

    def video_problems(self, relative_path: str, chosen: Collection[str]) -> Sequence[Problem]:
        return self._of("video", relative_path, chosen)

    def picture_problems(self, relative_path: str, chosen: Collection[str]) -> Sequence[Problem]:
        return self._of("picture", relative_path, chosen)

    def thumbnail_problems(self, relative_path: str, chosen: Collection[str]) -> Sequence[Problem]:
        return self._of("thumbnail", relative_path, chosen)

    def sha256(self, relative_path: str) -> str:
        raise AssertionError("only a plan needs it")


def source(folder: Path, text: str) -> Source:
    path = folder / "a.yaml"
    path.write_text(text)
    return read_yaml(path, "a.yaml")


def test_a_warning_stands_at_the_line_that_names_the_file_and_stays_a_warning(
    tmp_path: Path,
) -> None:
    text = "name: x\nvideo:\n  file_path: a.mp4\n"
    (problem,) = media_problems(source(tmp_path, text), Listening())
    assert (problem.file, problem.line, problem.path) == ("a.yaml", 3, "video.file_path")
    assert str(problem).startswith("a.yaml:3:14: warning: video.file_path = 'a.mp4': small. Grow")


@pytest.mark.parametrize(
    ("placements", "chosen"),
    [
        ("", []),
        ("placements: {instagram: [reels, story]}", ["instagram reels", "instagram story"]),
        ("placements: {threads: all}", ["threads threads_stream"]),
        ("placements: {instagram: [nowhere], nothing: [x]}", []),
        ("placements: [not, a, mapping]", []),
    ],
)
def test_a_file_is_judged_by_the_placements_of_its_ad_set(
    tmp_path: Path, placements: str, chosen: list[str]
) -> None:
    media = Listening()
    text = f"video: {{file_path: a.mp4, thumbnail: t.jpg}}\n{placements}\n"
    media_problems(source(tmp_path, text), media)
    assert media.asked == [("video", "a.mp4", chosen), ("thumbnail", "t.jpg", chosen)]


def test_a_file_of_several_ad_sets_is_shown_where_any_of_them_is(tmp_path: Path) -> None:
    media = Listening()
    text = """
image: {file_path: a.jpg}
ad_sets:
  - placements: {instagram: [reels]}
  - placements: {facebook: [feed]}
"""
    media_problems(source(tmp_path, text), media)
    assert media.asked == [("picture", "a.jpg", ["facebook feed", "instagram reels"])]


def test_a_file_of_an_ad_set_that_leaves_the_choice_to_meta_may_be_shown_anywhere(
    tmp_path: Path,
) -> None:
    media = Listening()
    text = """
image: {file_path: a.jpg}
ad_sets:
  - placements: {instagram: [reels]}
  - name: anywhere
"""
    media_problems(source(tmp_path, text), media)
    assert media.asked == [("picture", "a.jpg", [])]


def test_each_card_of_a_carousel_is_looked_at(tmp_path: Path) -> None:
    media = Listening()
    text = """
cards:
  - image: {file_path: a.jpg}
  - image: {file_path: b.jpg}
"""
    found = media_problems(source(tmp_path, text), media)
    assert [asked[1] for asked in media.asked] == ["a.jpg", "b.jpg"]
    assert [problem.path for problem in found] == [
        "cards[0].image.file_path",
        "cards[1].image.file_path",
    ]


PER_PLACEMENT = """
image:
  file_path: a.jpg
  stories_and_reels: {file_path: b.jpg}
"""


@pytest.mark.parametrize(
    ("placements", "elsewhere", "stories"),
    [
        (
            "",
            [
                "facebook feed",
                "facebook marketplace",
                "instagram explore_home",
                "instagram profile_feed",
                "instagram stream",
            ],
            ["facebook facebook_reels", "facebook story", "instagram reels", "instagram story"],
        ),
        (
            "placements: {instagram: [stream, reels], threads: all}",
            ["instagram stream", "threads threads_stream"],
            ["instagram reels"],
        ),
    ],
)
def test_a_file_for_a_group_of_placements_is_judged_by_those(
    tmp_path: Path, placements: str, elsewhere: list[str], stories: list[str]
) -> None:
    media = Listening()
    media_problems(source(tmp_path, PER_PLACEMENT + placements), media)
    assert media.asked == [("picture", "a.jpg", elsewhere), ("picture", "b.jpg", stories)]


@pytest.mark.parametrize(
    ("placements", "path"),
    [
        ("{facebook: [feed]}", "image.stories_and_reels.file_path"),
        ("{instagram: [story, reels]}", "image.file_path"),
    ],
)
def test_a_file_whose_placements_the_ad_set_leaves_out_is_never_shown(
    tmp_path: Path, placements: str, path: str
) -> None:
    text = f"{PER_PLACEMENT}placements: {placements}\n"
    unseen = [
        problem
        for problem in media_problems(source(tmp_path, text), Listening())
        if "never shown" in problem.message
    ]
    assert [(problem.path, problem.severity) for problem in unseen] == [(path, Severity.WARNING)]
