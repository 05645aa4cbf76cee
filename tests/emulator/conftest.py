"""One emulator process for the folder, set back before each test, and real media."""

from collections.abc import Iterator

import pytest

from tests.emulator.launches import SG, Launch
from tests.emulator.media import make_image, make_video
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
    return make_video(tmp_path_factory.mktemp("media") / "clip.mp4")


@pytest.fixture(scope="session")
def image() -> bytes:
    """A small real JPEG."""
    return make_image()
