"""One cell while it runs, and what a fault is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from meta_ads.launching.ports import LaunchRecord, LaunchState
from tests.faults.healing import History
from tests.faults.instants import Instant
from tests.faults.live_tasks import LaunchTask, SyncStatuses
from tests.faults.tasks import Task
from tests.faults.worker import LateCommit, Worker
from tests.faults.world import World


@dataclass
class Case:
    """One cell while it runs."""

    world: World
    task: Task
    since: int
    history: History = field(default_factory=History)
    #: What people did, with the number of the journal's last entry then.
    events: list[tuple[int, str]] = field(default_factory=list)
    struck: bool = False
    killed: bool = False
    #: Ids that people deleted or archived.
    removed: set[str] = field(default_factory=set)
    skew: float = 0.0
    #: Ids of objects that people made.
    foreign: set[str] = field(default_factory=set)
    #: A worker that dies as soon as its call was carried out.
    doomed: Worker | None = None
    #: The campaign was on without leave after the reconciler's next run.
    still_on: bool = False

    def event(self, name: str) -> None:
        """Remember what a person did now."""
        self.events.append((self.world.journal_length(), name))

    def objects(self) -> list[str]:
        """Return the ids of the case's objects that a person may touch."""
        if isinstance(self.task, LaunchTask):
            return [self.task.campaign_id]
        wanted = ("create", "upload_start")
        entries = self.world.journal(self.since)
        return [row["object_id"] for row in entries if row["kind"] in wanted]

    def edit(self, changes: dict[str, object]) -> None:
        """Change the case's objects as a person in Ads Manager."""
        for object_id in self.objects():
            self.world.controls.control("POST", f"edit/{object_id}", changes)
            if changes.get("status") in ("DELETED", "ARCHIVED"):
                self.removed.add(object_id)


# What cannot happen to a step: videos have no labels and no archive, and only the next sync repeats
# a lost one.
_VIDEO = ("label removed", "archived")
NO_SUCH_THING = {
    "video start": _VIDEO,
    "video chunk": _VIDEO,
    "video finish": _VIDEO,
    "video ready": _VIDEO,
    "status sync": ("run lost",),
}
# A stop that was never recorded is repeated by nobody but the person who wanted it.
RECORDED_FIRST = ("withdraw", "pause")


def may_be_on(launch: LaunchRecord) -> bool:
    """Whether people let the launch be on: said once more, apart from the product's own words."""
    if launch.state is LaunchState.ACTIVATING:
        return launch.due
    leave, other = not launch.plan.paused, launch.revision
    if not leave and other is not None:
        leave = launch.revision_approved and not other.paused
    live = launch.state in (LaunchState.ACTIVE, LaunchState.VERIFIED)
    return live and leave and launch.paused_at is None


Strike = Callable[[Case, Worker], None]


@dataclass(frozen=True)
class Injection:
    """One fault.

    `strike` happens at the instant. `aftermath` says who goes on: `retry` is Airflow at once,
    `late` Airflow after its heartbeat timeout, `nobody` the reconciler alone.
    """

    name: str
    family: str
    strike: Strike
    aftermath: str = "retry"
    instants: frozenset[Instant] = frozenset(Instant)
    needs_object: bool = False
    late: LateCommit | None = None
    clock_error: float = 0.0
    #: The byte of the file at which the upload ends.
    offset: int | None = None
    #: The only steps it can happen to.
    only: tuple[type[Task], ...] = ()
    #: Postgres sessions end, which their owners notice at their next call.
    breaks_sessions: bool = False
    #: It takes long, and is met without a lag of lists only.
    costly: bool = False
    #: People decided something, and touched no object.
    decided: bool = False
    #: Workers have two tokens.
    two_tokens: bool = False

    @property
    def lags(self) -> bool:
        """Whether it is met with each lag of lists."""
        return not (self.costly or self.two_tokens or self.decided or self.offset is not None)

    def applies(self, task: type[Task], instant: Instant) -> bool:
        """Whether this may happen to that step at that instant."""
        if instant not in task.instants or instant not in self.instants:
            return False
        if self.only and not issubclass(task, self.only):
            return False
        if self.name in NO_SUCH_THING.get(task.name, ()):
            return False
        order = list(Instant)
        unrecorded = order.index(instant) < order.index(Instant.INTENT)
        if self.aftermath == "nobody" and task.name in RECORDED_FIRST and unrecorded:
            return False
        if self.needs_object and issubclass(task, SyncStatuses):
            return True
        before = order.index(instant) < order.index(Instant.COMMITTED)
        return not (self.needs_object and before and not issubclass(task, LaunchTask))
