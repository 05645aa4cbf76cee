"""Many small launches through real Airflow: some approved, some never, some withdrawn midway."""

from __future__ import annotations

import random
import subprocess
import sys
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
WRITE_SECONDS = 0.8
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
        """Whether the launch is waiting: for a person, for its time, or to be tried again."""
        return any(run_id == launch.run_id for run_id, _ in self.tasks)


@dataclass
class Fleet:
    """Keeps `at_once` launches under way until `enough` is said, then brings all to their end."""

    stack: Stack
    rng: random.Random
    at_once: int
    soon: tuple[float, float]
    launches: list[Launch] = field(default_factory=list)
    files: list[Launch] = field(default_factory=list)
    #: How many launches had a plan at the last look.
    planned: int = 0

    def slow_writes(self) -> None:
        """Let Meta take its time for each create."""
        fault = {"action": "slow", "method": "POST", "path": WRITES, "count": 0}
        url = f"{self.stack.stack.emulator.url}/_emulator/faults"
        httpx.post(url, json={**fault, "seconds": WRITE_SECONDS}).raise_for_status()

    def next(self) -> None:
        """Trigger launches until enough are under way; those that wait hold nobody up."""
        seen = self._look()
        self.planned = sum(one.campaign_id in seen.launches for one in self.launches)
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

    def give_up_unplanned(self) -> int:
        """End the runs that have not even planned yet, and forget them; return how many."""
        planned = self._look().launches
        unplanned = [one for one in self.launches if one.campaign_id not in planned]
        for launch in unplanned:
            path = f"/api/v2/dags/{launch.dag_id}/dagRuns/{launch.run_id}"
            self.stack.api.call("PATCH", path, {"state": "failed"})
        self.launches = [one for one in self.launches if one.campaign_id in planned]
        return len(unplanned)

    def heal(self) -> list[str]:
        """Let the reconciler look at everything, beside the runs. Return what has still to end."""
        self.decide()
        seen = self._look()
        ends = self.ends()
        left = [
            one.campaign_id
            for one in self.launches
            if seen.launches[one.campaign_id] not in ends[one.campaign_id]
        ]
        if left:
            words = [sys.executable, "-m", "meta_ads", "reconcile", *left]
            environment = self.stack.stack.settings.environment()
            # What it could not do yet, the next look shows.
            subprocess.run(words, env=environment, capture_output=True, check=False)
        return left

    def ends(self) -> dict[str, tuple[str, ...]]:
        """Return the state in which each launch has to end."""
        approved = {
            row["campaign_id"]
            for row in self.stack.rows("SELECT campaign_id FROM meta_ads.approval WHERE approved")
        }
        return {
            one.campaign_id: ENDS[UNAPPROVED]
            if one.fate == APPROVED and one.campaign_id not in approved
            else ENDS[one.fate]
            for one in self.launches
        }

    def _look(self) -> Seen:
        """Read everything at once: a call of the REST API for each run would cost too much."""
        launches = self.stack.rows("SELECT campaign_id, state FROM meta_ads.launch")
        with psycopg.connect(self.stack.stack.postgres.url("airflow")) as connection:
            runs = connection.execute("SELECT run_id, state FROM dag_run").fetchall()
            tasks = connection.execute(
                "SELECT run_id, task_id, state FROM task_instance WHERE state IN"
                " ('awaiting_input', 'deferred', 'up_for_retry')"
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
