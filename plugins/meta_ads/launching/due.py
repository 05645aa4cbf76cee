"""Switch on everything that becomes due within a while, from one warm process.

The second, independent activator: it needs neither the launches' own runs nor the triggerer, and
no process has to start when the moment comes.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic, sleep
from typing import Protocol

from meta_ads.errors import (
    FixInput,
    MetaAdsError,
    NotAllowedToActivate,
    StopAndAsk,
    WaitUntil,
)
from meta_ads.launching.activation import Activator, Ready
from meta_ads.launching.ports import LaunchLedger, LaunchRecord, Progress
from meta_ads.launching.reconciliation import stops_a_launch
from meta_ads.launching.timing import Rhythm

# Meta answers in up to a second; its limit is a hundred changes a second for an app and account.
WORKERS = 8


class Switch(Protocol):
    """What prepares launches and switches them on; see `Activator`."""

    def prepare(self, campaign_id: str, lead: timedelta) -> Ready | LaunchRecord:
        """Do all but the last call."""

    def switch_on(self, ready: Ready) -> LaunchRecord:
        """Make the last call, when its time has come."""


class ActivatorsByAccount:
    """Activators of several accounts: `activator` makes the one that serves an account."""

    def __init__(self, launches: LaunchLedger, activator: Callable[[str], Activator]) -> None:
        self._launches = launches
        self._activator = activator

    def prepare(self, campaign_id: str, lead: timedelta) -> Ready | LaunchRecord:
        """Do all but the last call."""
        account_id = self._launches.launch(campaign_id).account_id
        return self._activator(account_id).prepare(campaign_id, lead)

    def switch_on(self, ready: Ready) -> LaunchRecord:
        """Make the last call, when its time has come."""
        return self._activator(ready.launch.account_id).switch_on(ready)


@dataclass(frozen=True, slots=True)
class Tools:
    """What one thread works with; connections are not shared between threads."""

    activator: Switch
    launches: LaunchLedger


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A launch to switch on at `due` (monotonic seconds)."""

    ready: Ready
    due: float


@dataclass(frozen=True, slots=True)
class _Failed:
    """A launch that could not go on: `problem` for a person, or None when it may pass by itself."""

    campaign_id: str
    problem: str | None


_Result = _Prepared | _Failed | None


class DueActivations:
    """Prepares launches shortly before their time and switches each on at it.

    `connect` makes one thread's tools.
    """

    def __init__(
        self, connect: Callable[[], Tools], log: Progress, rhythm: Rhythm | None = None
    ) -> None:
        self._connect = connect
        self._log = log
        self._rhythm = rhythm or Rhythm()
        self._thread = threading.local()

    def run(self, seconds: float) -> list[str]:
        """Work until nothing more is due within `seconds` from now; return what people must repair.

        TryAgain when Postgres is away.
        """
        ends = monotonic() + seconds
        work = _Work()
        with ThreadPoolExecutor(WORKERS) as pool:
            while True:
                look = monotonic()
                due = self._tools().launches.due(max(0.0, ends - look), self._rhythm.late)
                for campaign_id, left in due.items():
                    if campaign_id not in work.taken and left <= self._rhythm.lead:
                        work.taken.add(campaign_id)
                        work.running.add(pool.submit(self._prepare, campaign_id))
                if work.idle and not due.keys() - work.taken:
                    return work.problems
                while (left := look + self._rhythm.poll - monotonic()) > 0:
                    for ready in work.come():
                        work.running.add(pool.submit(self._switch_on, ready))
                    work.collect(left)

    def _prepare(self, campaign_id: str) -> _Result:
        lead = timedelta(seconds=self._rhythm.lead)
        return self._kept(campaign_id, lambda: self._tools().activator.prepare(campaign_id, lead))

    def _switch_on(self, ready: Ready) -> _Result:
        return self._kept(
            ready.launch.campaign_id, lambda: self._tools().activator.switch_on(ready)
        )

    def _kept(self, campaign_id: str, act: Callable[[], Ready | LaunchRecord]) -> _Result:
        """Run one part; what fails must not touch other launches."""
        try:
            result = act()
        except (WaitUntil, NotAllowedToActivate) as later:
            self._log("%s: %s", campaign_id, later)
            return None
        except (FixInput, StopAndAsk) as error:
            self._tools().launches.record_error(
                campaign_id, f"reconciler: {error}", stopped=stops_a_launch(error)
            )
            return _Failed(campaign_id, f"{campaign_id}: {error}")
        except MetaAdsError as error:
            self._log("%s: %s", campaign_id, error)
            return _Failed(campaign_id, None)
        if not isinstance(result, Ready):
            return None
        launch = result.launch
        assert launch.activate_at is not None, "only scheduled launches are prepared"
        return _Prepared(result, monotonic() + (launch.activate_at - launch.now).total_seconds())

    def _tools(self) -> Tools:
        if not hasattr(self._thread, "tools"):
            self._thread.tools = self._connect()
        tools: Tools = self._thread.tools
        return tools


@dataclass(slots=True)
class _Work:
    """What one run has under way."""

    taken: set[str] = field(default_factory=set)
    running: set[Future[_Result]] = field(default_factory=set)
    waiting: list[_Prepared] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def idle(self) -> bool:
        return not self.running and not self.waiting

    def come(self) -> list[Ready]:
        """Take out the launches whose time has come."""
        now = monotonic()
        come = [prepared.ready for prepared in self.waiting if prepared.due <= now]
        self.waiting = [prepared for prepared in self.waiting if prepared.due > now]
        return come

    def collect(self, seconds: float) -> None:
        """Wait for a result or for the next launch's time, at most so many seconds."""
        next_due = min((prepared.due for prepared in self.waiting), default=math.inf)
        pause = max(0.0, min(seconds, next_due - monotonic()))
        if not self.running:
            sleep(pause)
            return
        done, self.running = wait(self.running, timeout=pause, return_when=FIRST_COMPLETED)
        for future in done:
            match future.result():
                case _Prepared() as prepared:
                    self.waiting.append(prepared)
                case _Failed(campaign_id, None):
                    # What passes by itself is tried again at the next look.
                    self.taken.discard(campaign_id)
                case _Failed(_, str(problem)):
                    self.problems.append(problem)
