"""The worlds in which an `AdPlatform` must keep its promises: a fake, the emulator, Meta itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from meta_ads.launching.ports import AdPlatform
from meta_ads.planning.step import StepKind
from tests.fakes.platform import FakePlatform, Fault

PROJECT = Path(__file__).resolve().parents[2]
# Seconds the emulator takes for a video, a review and a new object.
_EMULATED_SECONDS = 30


class World(ABC):
    """A platform and what a test may do around it. Ids are Meta's."""

    platform: AdPlatform
    account_id = "act_100000000000101"
    page_id = "200000000000101"
    pixel_id = "300000000000101"
    identity_id: str | None = "400000000000101"
    country = "SG"

    @abstractmethod
    def settle(self) -> None:
        """Let Meta finish what it is working on."""

    @abstractmethod
    def lose_next_answer(self, kind: StepKind) -> None:
        """Let the next create commit and its answer get lost."""

    @abstractmethod
    def lose_next_call(self, kind: StepKind) -> None:
        """Let the next create get lost before it commits."""

    @abstractmethod
    def throttle_next(self, kind: StepKind, minutes: int) -> None:
        """Let the next create be throttled for that long."""

    @abstractmethod
    def lag_lists(self, seconds: int) -> None:
        """Let new objects stay out of lists for that long."""


class FakeWorld(World):
    """The in-memory platform of the use cases' tests."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, tzinfo=UTC)
        self.fake = FakePlatform(lambda: self.now, processing_reads=1)
        self.platform = self.fake

    def settle(self) -> None:
        self.now += timedelta(minutes=2)
        for video in self.fake.videos.values():
            video.reads_until_ready = 0

    def lose_next_answer(self, kind: StepKind) -> None:
        self.fake.fail_next("create", Fault.LOSE_ANSWER, kind=kind)

    def lose_next_call(self, kind: StepKind) -> None:
        self.fake.fail_next("create", Fault.LOSE_CALL, kind=kind)

    def throttle_next(self, kind: StepKind, minutes: int) -> None:
        self.fake.fail_next("create", Fault.THROTTLE, kind=kind, delay=timedelta(minutes=minutes))

    def lag_lists(self, seconds: int) -> None:
        self.fake.list_lag = timedelta(seconds=seconds)


_EDGES = {
    StepKind.CAMPAIGN: "campaigns",
    StepKind.AD_SET: "adsets",
    StepKind.CREATIVE: "adcreatives",
    StepKind.AD: "ads",
}


class EmulatedWorld(World):
    """The real adapter against the emulator in a process of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.meta = MetaPlatform(
            GraphSettings("emulator-token", app_secret="emulator-app-secret", base_url=url)
        )
        self.platform = self.meta

    def settle(self) -> None:
        self.control("POST", "clock", {"advance_seconds": 2 * _EMULATED_SECONDS})

    def lose_next_answer(self, kind: StepKind) -> None:
        self._fault(kind, action="reset_after_commit")

    def lose_next_call(self, kind: StepKind) -> None:
        self._fault(kind, action="reset_before")

    def throttle_next(self, kind: StepKind, minutes: int) -> None:
        self._fault(kind, action="throttle", minutes=minutes)

    def lag_lists(self, seconds: int) -> None:
        self.control("POST", "list_lag", {"seconds": seconds})

    def _fault(self, kind: StepKind, **fault: Any) -> None:
        path = f"/{self.account_id}/{_EDGES[kind]}$"
        self.control("POST", "faults", {"method": "POST", "path": path, **fault})

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use one of the emulator's controls; return its answer."""
        request = urllib.request.Request(
            f"{self._url}/_emulator/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


class RealWorld(World):
    """The real adapter against a sandbox account at Meta. Everything made stays PAUSED."""

    def __init__(self) -> None:
        self.account_id = os.environ["META_SANDBOX_ACCOUNT"]
        self.page_id = os.environ.get("META_SANDBOX_PAGE", "")
        self.pixel_id = os.environ.get("META_SANDBOX_PIXEL", "")
        self.identity_id = os.environ.get("META_SANDBOX_IDENTITY")
        self.country = os.environ.get("META_SANDBOX_COUNTRY", "US")
        self.platform = MetaPlatform(
            GraphSettings(
                os.environ["META_SANDBOX_TOKEN"],
                app_secret=os.environ.get("META_SANDBOX_APP_SECRET"),
            )
        )

    def settle(self) -> None:
        pytest.skip("Meta's time cannot be moved")

    def lose_next_answer(self, kind: StepKind) -> None:
        pytest.skip("Meta does not fail on demand")

    lose_next_call = lose_next_answer

    def throttle_next(self, kind: StepKind, minutes: int) -> None:
        pytest.skip("Meta does not fail on demand")

    def lag_lists(self, seconds: int) -> None:
        pytest.skip("Meta's list lag cannot be set")


@contextmanager
def emulator(state: Path, *options: str) -> Iterator[str]:
    """Run the emulator on a free port, with further options; yield its address."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--state", str(state)]
    # These tests write faster than any app may at Meta; the quotas have tests of their own.
    command += ["--tier", "unlimited"]
    for name in ("video", "review", "process"):
        command += [f"--{name}-seconds", str(_EMULATED_SECONDS)]
    command += options
    with (state.parent / "emulator.log").open("w") as log:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT / "include")},
        )
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert "listening on" in line, (state.parent / "emulator.log").read_text()
            url = line.split()[-1]
            _wait_until_it_answers(url)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=10)
            process.stdout.close()


def _wait_until_it_answers(url: str) -> None:
    """Return once the server takes calls: it names its port a moment before."""
    deadline = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_emulator/health", timeout=10):
                return
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
