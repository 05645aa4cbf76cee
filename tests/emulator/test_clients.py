"""Calls as other people's Graph clients write them are answered as those clients need it.

Each file in ``clients/`` holds the calls of one client, literally as it sends them, and what it
reads of the answers. Names in angle brackets stand for ids of a launch that is there already, or
for what an earlier call of the file kept.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.emulator.launches import US, Launch
from tests.emulator.server import TOKEN, EmulatorProcess, Graph

FOLDER = Path(__file__).with_name("clients")
FILES = sorted(FOLDER.glob("*.yaml"))
_NAME = re.compile(r"<([a-z_]+)>")
_MISSING = object()


@dataclass
class Player:
    """Plays the calls of one client and keeps what later calls name."""

    server: EmulatorProcess
    known: dict[str, str]
    media: dict[str, bytes]

    def play(self, call: dict[str, Any]) -> None:
        """Send one call and hold its answer against what the client reads."""
        answer = self._send(call)
        what = f"{call['method']} {call['path']}: {answer.text[:600]}"
        assert answer.status_code == call.get("status", 200), what
        body = answer.json()
        for path in call.get("reads", ()):
            assert _at(body, path) is not _MISSING, f"no {path} in {what}"
        for path, wanted in call.get("answers", {}).items():
            assert _at(body, path) == self._filled(wanted), f"{path} in {what}"
        for path in call.get("lacks", ()):
            assert _at(body, path) is _MISSING, f"{path} in {what}"
        for name, path in call.get("keeps", {}).items():
            self.known[name] = str(_at(body, path))
        if call.get("advances"):
            self.server.pass_time(call["advances"])

    def _send(self, call: dict[str, Any]) -> httpx.Response:
        headers = {} if call.get("without_token") else {"Authorization": f"Bearer {TOKEN}"}
        path = self._filled(call["path"])
        files = {
            part: (filename, self.media[filename])
            for part, filename in call.get("files", {}).items()
        }
        return self.server.http.request(
            call["method"],
            path if path.startswith("http") else f"/{path}",
            params=self._filled(call.get("query")),
            data=self._filled(call.get("form")),
            json=self._filled(call.get("json")),
            files=files or None,
            headers=headers | self._filled(call.get("headers", {})),
        )

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return _NAME.sub(lambda match: self.known.get(match[1], match[0]), value)
        if isinstance(value, dict):
            return {key: self._filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        return value


def _at(body: Any, path: str) -> Any:
    """Return what stands at a path such as ``data.0.id``; JSON text is stepped into too."""
    for step in path.split("."):
        if isinstance(body, str) and body[:1] in ("{", "["):
            body = json.loads(body)
        if isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        elif isinstance(body, dict) and step in body:
            body = body[step]
        else:
            return _MISSING
    return body


@pytest.fixture
def player(emulator: EmulatorProcess, graph: Graph, video: bytes, image: bytes) -> Player:
    """Two days after a launch on the American account went live."""
    launch = Launch(graph, US, video, image)
    graph.post(launch.ad, status="ACTIVE")
    graph.post(launch.ad_set, status="ACTIVE")
    graph.post(launch.campaign, status="ACTIVE")
    emulator.pass_time(2 * 86400)
    now = datetime.fromisoformat(emulator.control("GET", "clock")["now"])
    known = {
        "account": US,
        "account_number": US.removeprefix("act_"),
        "campaign": launch.campaign,
        "ad_set": launch.ad_set,
        "ad": launch.ad,
        "creative": launch.creative,
        "video": launch.video,
        "image_hash": launch.image,
        "page": "200000000000202",
        "pixel": "300000000000202",
        "business": "700000000000001",
        "app": "900000000000001",
        "token": TOKEN,
        "yesterday": (now - timedelta(days=1)).date().isoformat(),
        "today": now.date().isoformat(),
    }
    return Player(emulator, known, {"still.jpg": image, "clip.mp4": video})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_client_gets_the_answers_it_reads(player: Player, file: Path) -> None:
    for call in yaml.safe_load(file.read_text())["calls"]:
        player.play(call)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_says_whose_calls_these_are(file: Path) -> None:
    told = yaml.safe_load(file.read_text())
    assert set(told) == {"client", "version", "seen", "calls"}
    assert told["seen"] in ("run unmodified", "read from its source", "documented")
    for call in told["calls"]:
        assert call["why"], call
        assert set(call) <= {
            *("why", "method", "path", "query", "form", "json", "files", "headers"),
            *("without_token", "status", "reads", "answers", "lacks", "keeps", "advances"),
        }
