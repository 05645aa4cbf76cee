"""Small pictures of media files: upright, small, and in the file's own colours."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
import pytest

from meta_ads.errors import InvalidCampaign
from meta_ads.media.samples import make_picture
from meta_ads.media.thumbnails import SIDE, thumbnail

SAMPLES = Path(__file__).parents[3] / "creatives" / "samples"
WIDTH, HEIGHT = 192, 96
RED, BLUE = bytes((255, 0, 0, 255)), bytes((0, 0, 255, 255))


def red_before_blue(path: Path, rotation: int = 0, black: int = 0) -> Path:
    """Write a video, red on the left and blue on the right, after some black frames."""
    row = RED * (WIDTH // 2) + BLUE * (WIDTH // 2)
    with av.open(str(path), mode="w") as container:
        stream: Any = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"g": "12"}
        if rotation:
            stream.set_display_rotation(rotation)
        for number in range(48):
            pixels = bytes(len(row) * HEIGHT) if number < black else row * HEIGHT
            frame = av.VideoFrame.from_bytes(pixels, WIDTH, HEIGHT, format="rgba")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def shown(jpeg: bytes) -> av.VideoFrame:
    with av.open(io.BytesIO(jpeg)) as container:
        return next(container.decode(video=0)).reformat(format="rgb24")


def colour(frame: av.VideoFrame, across: float, down: float) -> str:
    """Return the strongest colour at a place; `black` where there is none."""
    plane = frame.planes[0]
    at = int(down * frame.height) * plane.line_size + int(across * frame.width) * 3
    red, _, blue = bytes(plane)[at : at + 3]
    return "black" if max(red, blue) < 64 else "red" if red > blue else "blue"


@pytest.mark.parametrize(
    ("rotation", "upright", "first", "last"),
    [
        # Turned to the left, the left edge comes to lie below.
        (0, False, (0.1, 0.5), (0.9, 0.5)),
        (90, True, (0.5, 0.9), (0.5, 0.1)),
        (-90, True, (0.5, 0.1), (0.5, 0.9)),
        (180, False, (0.9, 0.5), (0.1, 0.5)),
    ],
)
def test_a_video_is_shown_the_way_up_its_file_says(
    tmp_path: Path,
    rotation: int,
    upright: bool,
    first: tuple[float, float],
    last: tuple[float, float],
) -> None:
    frame = shown(thumbnail(red_before_blue(tmp_path / "v.mp4", rotation), side=120))
    assert (frame.height > frame.width) is upright
    assert max(frame.width, frame.height) == 120
    assert (colour(frame, *first), colour(frame, *last)) == ("red", "blue")


def test_the_black_start_of_a_video_is_passed_over(tmp_path: Path) -> None:
    frame = shown(thumbnail(red_before_blue(tmp_path / "v.mp4", black=12)))
    assert colour(frame, 0.1, 0.5) == "red"


@pytest.mark.parametrize("name", ["vertical.mp4", "square.mp4", "thumbnail.jpg", "square.jpg"])
def test_the_samples_become_small_pictures(name: str) -> None:
    jpeg = thumbnail(SAMPLES / name)
    assert max(shown(jpeg).width, shown(jpeg).height) == SIDE
    assert len(jpeg) < 60_000


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    make_picture(tmp_path / "p.jpg", 64, 128)
    frame = shown(thumbnail(tmp_path / "p.jpg"))
    assert (frame.width, frame.height) == (64, 128)


@pytest.mark.parametrize("content", [b"", b"no picture" * 50, b"\xff\xd8\xff\xe0 half a picture"])
def test_what_cannot_be_shown_is_a_problem_that_names_no_folder(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "x.jpg").write_bytes(content)
    with pytest.raises(InvalidCampaign) as caught:
        thumbnail(tmp_path / "x.jpg", "creatives/x.jpg")
    assert "creatives/x.jpg" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
