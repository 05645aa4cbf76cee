"""The emulator of Meta's API as a process, and what it holds."""

import hashlib
import hmac
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local_stack.airflow_settings import EMULATOR_APP_SECRET, EMULATOR_TOKEN, GRAPH_API_VERSION
from local_stack.errors import LocalStackError
from local_stack.ports import LOOPBACK
from local_stack.processes import ChildProcess, Command, ProcessSet

_HEALTHY_SECONDS = 60.0


@dataclass(frozen=True)
class JournalEntry:
    """One write the emulator has accepted: when, how, and the object that it made or changed."""

    number: int
    time: str
    method: str
    change: str
    object_kind: str
    object_id: str
    params: dict[str, Any]
    name: str | None
    labels: tuple[str, ...]

    @property
    def creates(self) -> bool:
        """Whether it made a new object. A video exists from the start of its upload on."""
        return self.change in ("create", "upload_start")

    def carries(self, marker: str) -> bool:
        """Tell whether the object was named or labelled with this marker."""
        return marker in (self.name or "") or any(marker in label for label in self.labels)


class EmulatorService:
    """The emulator's process, and a client of it. Its state in `state` survives its restart."""

    def __init__(
        self,
        port: int,
        state: Path,
        log: Path,
        processes: ProcessSet,
        environment: dict[str, str],
    ) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self._processes = processes
        self._process: ChildProcess | None = None
        self._client = httpx.Client(base_url=self.url, timeout=10.0, trust_env=False)
        self._command = Command(
            name="emulator",
            words=(
                sys.executable,
                "-m",
                "emulator",
                "--port",
                str(port),
                "--state",
                str(state),
            ),
            log=log,
            environment=environment,
        )

    def start(self) -> None:
        """Start it and return at once."""
        self._process = self._processes.start(self._command)

    def stop(self, grace: float = 10.0) -> None:
        """Stop it in good order; with `grace` 0 kill it."""
        if self._process is not None:
            self._processes.stop(self._process, grace=grace)
            self._process = None

    def close(self) -> None:
        """Close the client. The process is its set's to end."""
        self._client.close()

    def wait_until_healthy(self) -> None:
        """Wait until it answers; raise ProcessDied or NotReady when it does not."""
        needs = [self._process] if self._process is not None else []
        self._processes.wait_until("the emulator", self._answers, _HEALTHY_SECONDS, needs)

    def journal(self, since: int = 0) -> list[JournalEntry]:
        """Return the accepted writes after number `since`, oldest first."""
        rows = self._get("/_emulator/journal", {"since": since})["data"]
        return [
            JournalEntry(
                row["seq"],
                row["time"],
                row["method"],
                row["kind"],
                row["object_kind"],
                row["object_id"],
                row["params"] or {},
                row["name"],
                tuple(row["labels"]),
            )
            for row in rows
        ]

    def read(self, object_id: str, fields: tuple[str, ...]) -> dict[str, Any]:
        """Return these fields of an object, as Meta's API itself tells them."""
        proof = hmac.new(
            EMULATOR_APP_SECRET.encode(), EMULATOR_TOKEN.encode(), hashlib.sha256
        ).hexdigest()
        query = {"fields": ",".join(fields), "appsecret_proof": proof}
        headers = {"Authorization": f"Bearer {EMULATOR_TOKEN}"}
        return self._get(f"/{GRAPH_API_VERSION}/{object_id}", query, headers)

    def _get(
        self, path: str, query: dict[str, Any], headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        try:
            answer = self._client.get(path, params=query, headers=headers)
        except httpx.HTTPError as error:
            raise LocalStackError(f"the emulator did not answer {path}: {error}") from error
        if answer.is_error:
            raise LocalStackError(
                f"the emulator refused {path}: {answer.status_code} {answer.text}"
            )
        content: dict[str, Any] = answer.json()
        return content

    def _answers(self) -> bool:
        try:
            return self._client.get("/_emulator/health").is_success
        except httpx.HTTPError:
            return False
