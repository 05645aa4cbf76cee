"""A server in this process, for worlds that differ from the one every other test starts with."""

from pathlib import Path
from typing import Any

import yaml

from emulator.calls import graph
from emulator.calls.errors import GraphError
from emulator.calls.protocol import make_call
from emulator.emulator import Emulator
from emulator.objects.nodes import ALL_KINDS
from emulator.settings import DEFAULT_WORLD, Settings
from emulator.state import State
from emulator.world import read_world
from tests.emulator.server import TOKEN


class OtherWorld:
    """An emulator of a changed world file, asked without HTTP; everything is settled at once."""

    def __init__(self, folder: Path, change: Any) -> None:
        raw = yaml.safe_load(DEFAULT_WORLD.read_text(encoding="utf-8"))
        change(raw)
        file = folder / "world.yaml"
        file.write_text(yaml.safe_dump(raw), encoding="utf-8")
        settings = Settings(folder, file, video_seconds=0, review_seconds=0, process_seconds=0)
        self.emulator = Emulator(settings, read_world(file), State(folder / "state"), ALL_KINDS)

    def post(self, path: str, **params: Any) -> Any:
        """Write; the answer must be good."""
        return self._answer("POST", path, params)

    def get(self, path: str, **params: Any) -> Any:
        """Read; the answer must be good."""
        return self._answer("GET", path, params)

    def error(self, method: str, path: str, **params: Any) -> dict[str, Any]:
        """Call; the answer must be a refusal, which is returned."""
        try:
            answer = self._answer(method, path, params)
        except GraphError as refused:
            error: dict[str, Any] = refused.envelope("trace")["error"]
            return error
        raise AssertionError(f"not refused: {answer}")

    def close(self) -> None:
        """Let go of the state folder."""
        self.emulator.state.close()

    def _answer(self, method: str, path: str, params: dict[str, Any]) -> Any:
        sent = {"access_token": TOKEN, **params}
        return graph.answer(self.emulator, make_call(method, f"/v26.0/{path}", sent, "http://test"))
