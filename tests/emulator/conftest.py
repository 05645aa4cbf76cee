"""One emulator process for the folder, set back before each test, and real media."""

import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.emulator.launches import SG, Launch
from tests.emulator.server import EmulatorProcess, Graph


@pytest.fixture(scope="session")
def running_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    """The process itself."""
    server = EmulatorProcess(tmp_path_factory.mktemp("emulator") / "state")
    yield server
    assert server.stop() == 0


@pytest.fixture
def emulator(running_emulator: EmulatorProcess) -> EmulatorProcess:
    """The process with a fresh world and no faults."""
    running_emulator.control("POST", "reset")
    return running_emulator


@pytest.fixture
def graph(emulator: EmulatorProcess) -> Graph:
    """A Graph client with the full token."""
    return Graph(emulator)


@pytest.fixture
def launch(graph: Graph, video: bytes, image: bytes) -> Launch:
    """A launch on the Singapore account."""
    return Launch(graph, SG, video, image)


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of real H.264, too large for the server's first piece."""
    path: Path = tmp_path_factory.mktemp("media") / "clip.mp4"
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


@pytest.fixture(scope="session")
def image() -> bytes:
    """A small real JPEG."""
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 64, 64, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    frame = av.VideoFrame(64, 64, "yuvj420p")
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
