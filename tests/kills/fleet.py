"""Many small launches through real Airflow: some approved, some never, some withdrawn midway."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg

from local_stack.errors import LocalStackError
from tests.e2e.conftest import Stack, write_campaign
from tests.faults.launches import VIDEO_BYTES, video

US = {
    "client_account_id": "northwind_us",
    "destination_url": "https://www.northwind.example/",
}
PLAIN, APPROVED, UNAPPROVED, WITHDRAWN = "plain", "approved", "never approved", "withdrawn"
# By the last digit of a launch's number.
FATES = (PLAIN, PLAIN, APPROVED, PLAIN, WITHDRAWN, PLAIN, APPROVED, PLAIN, UNAPPROVED, WITHDRAWN)
# The states in which a launch of each fate ends.
ENDS = {
    PLAIN: ("VERIFIED",),
    APPROVED: ("VERIFIED",),
    UNAPPROVED: ("PAUSED",),
    WITHDRAWN: ("WITHDRAWN",),
}
# Meta takes so long for a write; without it a kill would hardly ever meet one.
WRITE_SECONDS = 0.4
WRITES = r"/(campaigns|adsets|ads|adcreatives|adimages|advideos)$"
RUNNING = ("queued", "running")


@dataclass
class Launch:
    """One launch: what is to become of it, its run, and when to withdraw it (monotonic)."""

    campaign_id: str
    fate: str
    run_id: str = ""
    withdraw_at: float | None = None
    withdrawal: str | None = None

    @property
    def dag_id(self) -> str:
        """The DAG of its campaign file."""
        return f"launch__{self.campaign_id}"


@dataclass(frozen=True)
class Seen:
    """What ledger and Airflow hold at one moment: states by campaign, run, and (run, task)."""

    launches: dict[str, str]
    runs: dict[str, str]
    tasks: dict[tuple[str, str], str]

    def waits(self, launch: Launch) -> bool:
        """Whether the launch is waiting for a person or for its time."""
        return (launch.run_id, "approve") in self.tasks or (
            (launch.run_id, "wait_until_activation") in self.tasks
        )


@dataclass
class Fleet:
    """Keeps `at_once` launches under way until `enough` is said, then brings all to their end."""

    stack: Stack
    rng: random.Random
    at_once: int
    soon: tuple[float, float]
    launches: list[Launch] = field(default_factory=list)
    files: list[Launch] = field(default_factory=list)

    def slow_writes(self) -> None:
        """Let Meta take its time for each create."""
        fault = {"action": "slow", "method": "POST", "path": WRITES, "count": 0}
        url = f"{self.stack.stack.emulator.url}/_emulator/faults"
        httpx.post(url, json={**fault, "seconds": WRITE_SECONDS}).raise_for_status()

    def next(self) -> None:
        """Trigger launches until enough are under way; those that wait hold nobody up."""
        seen = self._look()
        working = sum(seen.runs.get(one.run_id) in RUNNING for one in self.launches)
        waiting = sum(seen.waits(one) for one in self.launches)
        for _ in range(self.at_once - (working - waiting)):
            if self.files:
                launch = self.files.pop(0)
                self.start(launch)
                self.launches.append(launch)

    def start(self, launch: Launch) -> None:
        """Give the launch a time soon, and trigger it."""
        write(self.stack.campaigns, launch, timedelta(seconds=self.rng.uniform(*self.soon)))
        launch.run_id = self.stack.api.trigger(launch.dag_id)
        if launch.fate == WITHDRAWN and launch.withdraw_at is None:
            launch.withdraw_at = time.monotonic() + self.rng.uniform(10, self.soon[1])

    def decide(self) -> None:
        """Approve what waits for it, and withdraw what is to be withdrawn now."""
        seen = self._look()
        for launch in self.launches:
            asked = seen.tasks.get((launch.run_id, "approve")) == "awaiting_input"
            if launch.fate == APPROVED and asked:
                self._approve(launch)
            if launch.withdraw_at is not None and time.monotonic() > launch.withdraw_at:
                self._withdraw(launch, seen)

    def heal(self) -> list[str]:
        """Do what a person would: trigger again what failed. Return what has still to end."""
        self.decide()
        seen = self._look()
        left = []
        for launch in self.launches:
            state = seen.launches.get(launch.campaign_id)
            if state in ENDS[launch.fate]:
                continue
            left.append(launch.campaign_id)
            if seen.runs.get(launch.run_id) == "failed" and state != "WITHDRAWN":
                self.start(launch)
        return left

    def _look(self) -> Seen:
        """Read everything at once: a call of the REST API for each run would cost too much."""
        launches = self.stack.rows("SELECT campaign_id, state FROM meta_ads.launch")
        with psycopg.connect(self.stack.stack.postgres.url("airflow")) as connection:
            runs = connection.execute("SELECT run_id, state FROM dag_run").fetchall()
            tasks = connection.execute(
                "SELECT run_id, task_id, state FROM task_instance WHERE state IN"
                " ('awaiting_input', 'deferred')"
            ).fetchall()
        return Seen(
            {row["campaign_id"]: row["state"] for row in launches},
            dict(runs),
            {(run_id, task_id): state for run_id, task_id, state in tasks},
        )

    def _approve(self, launch: Launch) -> None:
        path = f"/api/v2/dags/{launch.dag_id}/dagRuns/{launch.run_id}"
        answer = {"chosen_options": ["Approve"], "params_input": {}}
        # Answered already, and not yet taken in.
        with suppress(LocalStackError):
            self.stack.api.call("PATCH", f"{path}/taskInstances/approve/-1/hitlDetails", answer)

    def _withdraw(self, launch: Launch, seen: Seen) -> None:
        begun = launch.withdrawal is not None and seen.runs.get(launch.withdrawal) != "failed"
        if launch.campaign_id in seen.launches and not begun:
            conf = {"campaign_id": launch.campaign_id}
            launch.withdrawal = self.stack.api.trigger("withdraw_launch", conf)


def prepare(project: Path, campaigns: int) -> list[Launch]:
    """Write that many campaign files, each with a video of its own, and return the launches."""
    clips = project / "creatives" / "kills"
    clips.mkdir()
    launches = []
    for number in range(campaigns):
        (clips / f"{number}.mp4").write_bytes(video(number, VIDEO_BYTES))
        launches.append(Launch(f"kills_{number:03}", FATES[number % len(FATES)]))
    return launches


def write(campaigns: Path, launch: Launch, activates_in: timedelta) -> None:
    """Write the campaign's file."""
    keys = US if launch.fate in (APPROVED, UNAPPROVED) else {}
    clip = f"{{file_path: kills/{int(launch.campaign_id[-3:])}.mp4}}"
    write_campaign(campaigns, launch.campaign_id, activates_in, video=clip, **keys)
