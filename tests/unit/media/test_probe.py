from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from meta_ads.errors import InvalidCampaign
from meta_ads.media.limits import check_picture, check_video
from meta_ads.media.pictures import PictureFacts, read_picture
from meta_ads.media.probe import probe
from meta_ads.media.samples import make_video

SAMPLES = Path(__file__).parents[3] / "creatives" / "samples"


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
    assert [problem for problem in check_video(facts, name) if problem.is_error] == []


def test_the_sample_thumbnail_is_one_meta_takes() -> None:
    facts = read_picture(SAMPLES / "thumbnail.jpg")
    assert facts == PictureFacts(720, 1280)
    assert [problem for problem in check_picture(facts, "t") if problem.is_error] == []


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


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n junk"])
def test_a_thumbnail_that_is_no_picture_is_a_problem(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.jpg"
    path.write_bytes(content)
    with pytest.raises(InvalidCampaign) as caught:
        read_picture(path, "creatives/t.jpg")
    (problem,) = caught.value.problems
    assert problem.file == "creatives/t.jpg"


def film(path: Path, times: list[int], *, fast_start: bool) -> Path:
    """Write a small video whose pictures stand at these times, in hundredths of a second."""
    options = {"movflags": "+faststart"} if fast_start else {}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("libx264", rate=100)
        stream.width, stream.height, stream.pix_fmt = 128, 128, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 100)
        for time in times:
            frame = av.VideoFrame(128, 128, "yuv420p")
            frame.pts, frame.time_base = time, Fraction(1, 100)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_where_the_index_stands_is_seen(tmp_path: Path, video: Path) -> None:
    assert not probe(video).index_last
    assert not probe(film(tmp_path / "a.mp4", [0, 4, 8, 12], fast_start=True)).index_last
    assert probe(film(tmp_path / "b.mp4", [0, 4, 8, 12], fast_start=False)).index_last


def test_a_fixed_frame_rate_is_told_from_a_varying_one(tmp_path: Path, video: Path) -> None:
    assert not probe(video).varying
    uneven = [number * 6 - (number % 2) * 2 for number in range(60)]
    assert probe(film(tmp_path / "uneven.mp4", uneven, fast_start=True)).varying
    even_with_one_gap = [number * 4 + (40 if number > 30 else 0) for number in range(100)]
    assert not probe(film(tmp_path / "even.mp4", even_with_one_gap, fast_start=True)).varying
