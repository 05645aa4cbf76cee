"""A real emulator process for tests, and a plain Graph client for it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

PROJECT = Path(__file__).resolve().parents[2]
TOKEN = "emulator-token"
SECONDS = {"video": 5, "review": 5, "process": 2}
SETTLED = 10  # more seconds than any of the above


class EmulatorProcess:
    """The server on a free port; it is up when the constructor returns."""

    def __init__(self, state: Path, *options: str) -> None:
        self.state, self._options = state, options
        self._start()

    def _start(self) -> None:
        command = [sys.executable, "-m", "emulator", "--port", "0", "--state", str(self.state)]
        command += self._options
        for name, seconds in SECONDS.items():
            command += [f"--{name}-seconds", str(seconds)]
        self._log = (self.state.parent / f"{self.state.name}.log").open("a")
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT / "include")},
        )
        assert self.process.stdout is not None
        first_line = self.process.stdout.readline()
        assert "listening on" in first_line, f"the emulator did not start: {first_line!r}"
        self.url = first_line.split()[-1]
        self.http = httpx.Client(base_url=self.url, timeout=10.0, trust_env=False)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the process; return its exit status."""
        self.http.close()
        self.process.send_signal(number)
        status = self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._log.close()
        return status

    def restart(self, number: int = signal.SIGTERM) -> None:
        """End the process and start another one on the same state."""
        self.stop(number)
        self._start()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use one of the controls; return its answer."""
        answer = self.http.request(method, f"/_emulator/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def journal(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the committed writes."""
        rows: list[dict[str, Any]] = self.control("GET", f"journal?since={since}")["data"]
        return rows

    def pass_time(self, seconds: float = SETTLED) -> None:
        """Move the emulator's clock on."""
        self.control("POST", "clock", {"advance_seconds": seconds})


class Graph:
    """Calls the server as a plain Graph client: form bodies, nested values as JSON text."""

    def __init__(self, server: EmulatorProcess, token: str = TOKEN, version: str = "v26.0") -> None:
        self.server, self.token, self.version = server, token, version

    def call(self, method: str, path: str, *, files: Any = None, **params: Any) -> httpx.Response:
        """Send one call and return the answer as it came."""
        sent = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in params.items()
        }
        place = {"data": sent} if method == "POST" else {"params": sent}
        return self.server.http.request(
            method,
            f"/{self.version}/{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            files=files,
            **place,
        )

    def get(self, path: str, **params: Any) -> Any:
        """Read; the answer must be good."""
        return self._good(self.call("GET", path, **params))

    def post(self, path: str, *, files: Any = None, **params: Any) -> Any:
        """Write; the answer must be good."""
        return self._good(self.call("POST", path, files=files, **params))

    def delete(self, path: str, **params: Any) -> Any:
        """Delete; the answer must be good."""
        return self._good(self.call("DELETE", path, **params))

    def error(self, method: str, path: str, **params: Any) -> dict[str, Any]:
        """Call; the answer must be Meta's error envelope, which is returned."""
        answer = self.call(method, path, **params)
        assert answer.status_code >= 400, answer.text
        error: dict[str, Any] = answer.json()["error"]
        return error

    def upload(self, account: str, content: bytes, title: str = "Clip") -> str:
        """Upload a video in the pieces the server asks for; return its id."""
        session = self.post(f"{account}/advideos", upload_phase="start", file_size=len(content))
        step = session
        while step["start_offset"] != step["end_offset"]:
            start, end = int(step["start_offset"]), int(step["end_offset"])
            step = self.post(
                f"{account}/advideos",
                files={"video_file_chunk": ("chunk", content[start:end])},
                upload_phase="transfer",
                upload_session_id=session["upload_session_id"],
                start_offset=start,
            )
        self.post(
            f"{account}/advideos",
            upload_phase="finish",
            upload_session_id=session["upload_session_id"],
            title=title,
        )
        return str(session["video_id"])

    @staticmethod
    def _good(answer: httpx.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()


def wait_until(condition: Any, seconds: float = 10.0) -> Any:
    """Return the condition's value once it is true; fail after that many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError("the condition never came true")
