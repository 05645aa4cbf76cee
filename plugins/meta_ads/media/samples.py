"""Make the sample media: `python -m meta_ads.media.samples [FOLDER]`.

Two short real videos and a picture, the same bytes every time on one FFmpeg, small enough to keep
in the repository.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

_FPS = 24
_SECONDS = 4
_RGBA = 4
_BALL = bytes((255, 246, 224, 255))
_DEFAULT_FOLDER = Path("creatives/samples")


def make_video(path: Path, width: int, height: int, seconds: int = _SECONDS) -> None:
    """Write an H.264 MP4 of a ball crossing a warm gradient. Sides must be even."""
    import av

    with av.open(str(path), mode="w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=_FPS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        # One thread: with more, the encoder's output depends on the machine.
        stream.codec_context.thread_count = 1
        stream.options = {"crf": "22", "preset": "medium"}
        total = _FPS * seconds
        background = _background(width, height)
        for number in range(total):
            container.mux(stream.encode(_frame(background, width, height, number / total)))
        container.mux(stream.encode(None))


def make_picture(path: Path, width: int, height: int) -> None:
    """Write a JPEG of the video's middle."""
    import av

    frame = _frame(_background(width, height), width, height, 0.5).reformat(format="yuvj420p")
    with av.open(str(path), mode="w", format="image2", options={"update": "1"}) as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _background(width: int, height: int) -> bytearray:
    """Return the still part as RGBA bytes: violet above, orange below, lit from the left."""
    pixels = bytearray()
    for y in range(height):
        down = y / height
        for x in range(width):
            light = 1 - x / width
            pixels += bytes(
                (
                    int(90 + 140 * down + 20 * light),
                    int(50 + 100 * down * down + 25 * light),
                    int(130 - 70 * down + 25 * light),
                    255,
                )
            )
    return pixels


def _frame(background: bytearray, width: int, height: int, position: float) -> Any:
    """Return one picture; `position` runs from 0 to 1 over the video."""
    import av

    pixels = bytearray(background)
    radius = min(width, height) * 0.16
    centre_x = width * (0.2 + 0.6 * position)
    centre_y = height * (0.62 - 0.9 * position * (1 - position))
    for y in range(int(centre_y - radius), int(centre_y + radius) + 1):
        half = math.sqrt(max(0.0, radius**2 - (y - centre_y) ** 2))
        first, last = round(centre_x - half), round(centre_x + half)
        start = (y * width + first) * _RGBA
        pixels[start : start + (last - first) * _RGBA] = _BALL * (last - first)
    return av.VideoFrame.from_bytes(bytes(pixels), width, height, format="rgba")


def make_samples(folder: Path) -> list[Path]:
    """Write all samples into `folder` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    vertical, square = folder / "vertical.mp4", folder / "square.mp4"
    thumbnail, picture = folder / "thumbnail.jpg", folder / "square.jpg"
    make_video(vertical, 720, 1280)
    make_video(square, 720, 720)
    make_picture(thumbnail, 720, 1280)
    make_picture(picture, 1080, 1080)
    return [vertical, square, thumbnail, picture]


def main() -> None:
    """Run the command line."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else _DEFAULT_FOLDER
    for path in make_samples(folder):
        print(f"{path}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
