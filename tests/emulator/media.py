"""Makes real media, small enough for tests."""

import random
from fractions import Fraction
from pathlib import Path

import av


def make_video(path: Path) -> bytes:
    """Write two seconds of real H.264 there, too large for the server's first piece."""
    noise = random.Random(7)
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 180, 320, "yuv420p"
        for _ in range(48):
            frame = av.VideoFrame(180, 320, "yuv420p")
            for plane in frame.planes:
                plane.update(noise.randbytes(plane.buffer_size))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


def make_image() -> bytes:
    """Return a small real JPEG."""
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 64, 64, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    frame = av.VideoFrame(64, 64, "yuvj420p")
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
