"""The rules for media: what is an error, what a warning, and exactly where each begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meta_ads.campaigns.placements import POSITIONS
from meta_ads.errors import Problem
from meta_ads.media.limits import PICTURE_RULES, VIDEO_RULES, check_picture, check_video
from meta_ads.media.pictures import PictureFacts
from meta_ads.media.placements import RECOMMENDED, USUAL
from meta_ads.media.probe import VideoFacts

GOOD = VideoFacts("mp4", "h264", 1080, 1920, 15.0, 30.0, True, 5_000_000)
PICTURE = PictureFacts(1080, 1080)


def errors(found: list[Problem]) -> list[str]:
    return [problem.message for problem in found if problem.is_error]


def warnings(found: list[Problem]) -> list[str]:
    return [problem.message for problem in found if not problem.is_error]


def test_a_fine_video_and_a_fine_picture_are_told_nothing() -> None:
    assert check_video(GOOD, "a.mp4") == []
    assert check_picture(PICTURE, "a.jpg") == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size_bytes": 10 * 1024**3 + 1}, "at most 10 GB"),
        ({"duration_s": 0.99}, "at least 1 s"),
        ({"duration_s": 241 * 60 + 1.0}, "at most 241 min"),
        ({"width": 119}, "at least 120"),
        ({"height": 119}, "at least 120"),
        ({"container": "matroska,webm"}, "MP4 and MOV"),
        ({"codec": "mpeg4"}, "h264"),
        ({"container": "png_pipe"}, "this is a picture"),
    ],
)
def test_a_video_meta_would_refuse_is_an_error(change: dict[str, object], words: str) -> None:
    found = check_video(replace(GOOD, **change), "a.mp4")  # type: ignore[arg-type]
    (message,) = errors(found)
    assert words in message
    assert all(problem.remedy for problem in found)


@pytest.mark.parametrize(
    "change",
    [
        {"size_bytes": 10 * 1024**3},
        {"duration_s": 1.0},
        {"duration_s": 241 * 60.0},
        {"width": 120, "height": 120},
    ],
)
def test_a_video_exactly_at_a_limit_is_no_error(change: dict[str, object]) -> None:
    assert errors(check_video(replace(GOOD, **change), "a.mp4")) == []  # type: ignore[arg-type]


def test_every_problem_is_told_at_once() -> None:
    bad = replace(GOOD, width=10, duration_s=0.1, codec="mpeg4")
    assert len(errors(check_video(bad, "a.mp4"))) == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"has_audio": False}, "no sound"),
        ({"width": 1078, "height": 1916}, "1078x1916"),
        ({"index_last": True}, "moov"),
        ({"fps": 22.9}, "22.9 pictures a second"),
        ({"fps": 60.1}, "60.1 pictures a second"),
        ({"varying": True}, "varies"),
        ({"width": 1920, "height": 1080}, "9:16"),
        ({"duration_s": 121.0}, "facebook story, at most 2 min"),
    ],
)
def test_a_video_meta_takes_and_does_not_recommend_is_a_warning(
    change: dict[str, object], words: str
) -> None:
    found = check_video(replace(GOOD, **change), "a.mp4")  # type: ignore[arg-type]
    assert errors(found) == []
    (message,) = warnings(found)
    assert words in message


@pytest.mark.parametrize("change", [{"fps": 23.0}, {"fps": 60.0}, {"duration_s": 120.0}])
def test_a_video_exactly_as_recommended_has_no_warning(change: dict[str, object]) -> None:
    assert check_video(replace(GOOD, **change), "a.mp4") == []  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(1080, 1920), (1080, 1350), (1080, 1080), (1088, 1920)])
def test_any_of_the_three_shapes_suits_placements_that_meta_chooses(size: tuple[int, int]) -> None:
    assert check_video(replace(GOOD, width=size[0], height=size[1]), "a.mp4") == []


@pytest.mark.parametrize(
    ("chosen", "size", "told"),
    [
        ({"instagram reels", "facebook story"}, (1080, 1920), []),
        (
            {"instagram reels", "facebook feed"},
            (1080, 1920),
            ["made for 4:5 or 1:1"],
        ),
        ({"facebook feed"}, (1080, 1350), []),
        ({"instagram story"}, (1080, 1080), ["instagram story, made for 9:16"]),
        ({"facebook instream_video"}, (1920, 1080), []),
        ({"threads threads_stream"}, (1920, 1080), []),
    ],
)
def test_a_shape_is_judged_by_the_placements_chosen(
    chosen: set[str], size: tuple[int, int], told: list[str]
) -> None:
    found = warnings(check_video(replace(GOOD, width=size[0], height=size[1]), "a.mp4", chosen))
    assert len(found) == len(told)
    assert all(words in message for words, message in zip(told, found, strict=True))


@pytest.mark.parametrize(
    ("chosen", "seconds", "told"),
    [
        ({"instagram reels"}, 900.0, ""),
        ({"instagram reels"}, 901.0, "instagram reels, at most 15 min"),
        ({"instagram story"}, 130.0, ""),
        ({"audience_network rewarded_video"}, 61.0, "at most 60 s"),
        ({"audience_network rewarded_video"}, 2.0, "at least 3 s"),
    ],
)
def test_a_length_is_judged_by_the_placements_chosen(
    chosen: set[str], seconds: float, told: str
) -> None:
    found = check_video(replace(GOOD, duration_s=seconds), "a.mp4", chosen)
    assert bool(found) is bool(told)
    assert all(told in problem.message for problem in found)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (PictureFacts(1079, 1079), "1080 pixels"),
        (PictureFacts(2400, 1080), "1.91:1"),
        (PictureFacts(1080, 2100), "9:16"),
    ],
)
def test_a_picture_meta_crops_or_enlarges_is_a_warning(facts: PictureFacts, words: str) -> None:
    found = check_picture(facts, "a.jpg")
    assert errors(found) == []
    assert any(words in message for message in warnings(found))


def test_a_picture_that_is_too_small_is_an_error() -> None:
    assert "at least 120" in errors(check_picture(PictureFacts(100, 200), "t.jpg"))[0]


def test_every_rule_has_a_name_of_its_own_a_remedy_and_a_source() -> None:
    for rules in (VIDEO_RULES, PICTURE_RULES):
        assert len({rule.name for rule in rules}) == len(rules)
        assert all(rule.remedy and rule.source.startswith(("Meta", "Marketing")) for rule in rules)


def test_every_placement_with_recommendations_can_be_chosen_in_a_campaign_file() -> None:
    known = {f"{platform} {name}" for platform, names in POSITIONS.items() for name in names}
    assert set(USUAL) < set(RECOMMENDED) <= known
