from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import pytest

from meta_ads.errors import InvalidCampaign
from meta_ads.media.limits import VideoLimits, check_video
from meta_ads.media.pictures import check_picture
from meta_ads.media.probe import VideoFacts, probe
from meta_ads.media.samples import make_picture, make_video

SAMPLES = Path(__file__).parents[3] / "creatives" / "samples"
GOOD = VideoFacts("mp4", "h264", 1080, 1920, 15.0, 30.0, True, 5_000_000)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("video") / "v.mp4"
    make_video(path, 180, 320, seconds=1)
    return path


def test_a_video_is_described(video: Path) -> None:
    facts = probe(video)
    assert (facts.container, facts.codec) == ("mp4", "h264")
    assert (facts.width, facts.height, facts.shape) == (180, 320, "9:16")
    assert facts.duration_s == pytest.approx(1.0, abs=0.05)
    assert facts.fps == 24
    assert not facts.has_audio
    assert facts.size_bytes == video.stat().st_size


@pytest.mark.parametrize(("name", "shape"), [("vertical", "9:16"), ("square", "1:1")])
def test_a_sample_video_is_one_meta_takes(name: str, shape: str) -> None:
    facts = probe(SAMPLES / f"{name}.mp4")
    assert facts.shape == shape
    assert check_video(facts, name) == []


def test_the_sample_thumbnail_is_one_meta_takes() -> None:
    assert check_picture(SAMPLES / "thumbnail.jpg") == []


def test_samples_are_small_enough_to_keep() -> None:
    assert all(path.stat().st_size < 400_000 for path in SAMPLES.iterdir())


def test_making_media_twice_gives_the_same_bytes(video: Path, tmp_path: Path) -> None:
    make_video(tmp_path / "v.mp4", 180, 320, seconds=1)
    assert (tmp_path / "v.mp4").read_bytes() == video.read_bytes()


@pytest.mark.parametrize(
    "content", [b"", b"not a video" * 100, b"\0" * 4096, b"\xff\xd8\xff\xe0 half a picture"]
)
def test_what_is_not_a_video_is_a_problem_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(InvalidCampaign) as caught:
        probe(path, "creatives/x.mp4")
    (problem,) = caught.value.problems
    assert problem.file == "creatives/x.mp4"
    assert "Export" in problem.remedy


@pytest.mark.parametrize("kept", [0.001, 0.05, 0.3, 0.9, 0.9999])
def test_a_video_that_is_cut_off_anywhere_is_a_problem(
    video: Path, tmp_path: Path, kept: float
) -> None:
    whole = video.read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(InvalidCampaign):
        probe(path)


def test_sound_alone_is_not_a_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=44100)
        frame = av.AudioFrame(format="s16", layout="stereo", samples=1024)
        frame.rate, frame.pts = 44100, 0
        container.mux(stream.encode(frame))
    with pytest.raises(InvalidCampaign, match="no picture"):
        probe(path)


def test_a_fine_video_has_no_problem() -> None:
    assert check_video(GOOD, "a.mp4") == []


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
    ],
)
def test_a_video_meta_would_refuse_is_a_problem(change: dict[str, object], words: str) -> None:
    (problem,) = check_video(replace(GOOD, **change), "a.mp4")  # type: ignore[arg-type]
    assert words in problem.message
    assert problem.remedy


@pytest.mark.parametrize(
    "change",
    [
        {"size_bytes": 10 * 1024**3},
        {"duration_s": 1.0},
        {"duration_s": 241 * 60.0},
        {"width": 120, "height": 120},
    ],
)
def test_a_video_exactly_at_a_limit_is_fine(change: dict[str, object]) -> None:
    assert check_video(replace(GOOD, **change), "a.mp4") == []  # type: ignore[arg-type]


def test_every_problem_is_told_at_once() -> None:
    bad = replace(GOOD, width=10, duration_s=0.1, codec="mpeg4")
    assert len(check_video(bad, "a.mp4", VideoLimits())) == 3


def test_a_thumbnail_that_is_too_small_is_a_problem(tmp_path: Path) -> None:
    make_picture(tmp_path / "t.jpg", 100, 200)
    (problem,) = check_picture(tmp_path / "t.jpg")
    assert "at least 120" in problem.message


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n junk"])
def test_a_thumbnail_that_is_no_picture_is_a_problem(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.jpg"
    path.write_bytes(content)
    (problem,) = check_picture(path, "creatives/t.jpg")
    assert problem.file == "creatives/t.jpg"
