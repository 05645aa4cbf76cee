"""What must hold of a launch as a whole: when it is on, and what it may spend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from meta_ads.launching.ports import LaunchRecord, LaunchState
from meta_ads.planning.comparison import wanted_status
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind
from tests.faults.case import Case, may_be_on
from tests.faults.change_tasks import ChangeTask
from tests.faults.live_tasks import Activate, LaunchTask, Pause, Resume, Withdraw

Entry = Mapping[str, Any]
# After this nobody may switch the launch on any more.
STOPS = ("rejected", "withdrawn", "paused", "put back", "room taken")
# After this the plan before the change is the last one that people allowed.
NO_MORE = ("rejected", "put back")


def wrong_switches(case: Case, entries: list[Entry]) -> Iterable[tuple[str, str, str]]:
    """Yield each time the campaign was switched on without leave, or before its time."""
    if not isinstance(case.task, LaunchTask):
        return
    for row in entries:
        if row["object_id"] != case.task.campaign_id or row["params"].get("status") != "ACTIVE":
            continue
        planned = case.task.first_plan.activate_at
        for seq, what in case.events:
            if seq < row["seq"] and what in STOPS:
                yield "switch", "unapproved", f"switched on after it was {what}"
            if seq < row["seq"] and what == "put off":
                planned = case.task.plan.activate_at
        assert planned is not None
        # The database's clock decides; the journal shows whole seconds.
        moment = datetime.fromisoformat(row["time"]).timestamp() + max(case.skew, 0.0)
        if moment < int(planned.timestamp()):
            early = planned.timestamp() - moment
            yield "switch", "early", f"switched on {early:.0f} s early"


def spent_more(case: Case, entries: list[Entry]) -> Iterable[tuple[str, str, str]]:
    """Yield each update that let the launch spend more than people last allowed."""
    task = case.task
    if not isinstance(task, ChangeTask):
        return
    most = max(task.before.spend.daily, task.first_plan.spend.daily)
    books = Books(task)
    for row in entries:
        before, after = books.daily, books.enter(row)
        if after > most:
            yield "", "overspent", f"{after} a day, although no plan allows more than {most}"
        for seq, what in case.events:
            rises = after > max(before, task.before.spend.daily)
            if seq < row["seq"] and what in NO_MORE and rises:
                yield "rise", "overspent", f"{before} → {after} a day after it was {what}"


class Books:
    """What a launch of several ad sets may spend a day, by the writes that Meta committed."""

    def __init__(self, task: ChangeTask) -> None:
        self._campaign_id = task.campaign_id
        self._on = task.on
        self._budgets = {
            task.ids[step.key]: int(step.params["daily_budget"])
            for step in task.before.of_kind(StepKind.AD_SET)
        }

    @property
    def daily(self) -> int:
        """What may be spent a day now, in minor units."""
        return sum(self._budgets.values()) if self._on else 0

    def enter(self, row: Entry) -> int:
        """Take one write in; return what may be spent a day after it."""
        object_id, params = row["object_id"], row["params"]
        if object_id == self._campaign_id and "status" in params:
            self._on = params["status"] == "ACTIVE"
        if object_id in self._budgets and "daily_budget" in params:
            self._budgets[object_id] = int(params["daily_budget"])
        return self.daily


def final_state(case: Case, aftermath: str) -> Iterable[tuple[str, str]]:
    """Yield what is not as the ledger says, or not as the step was to leave it."""
    task = case.task
    assert isinstance(task, LaunchTask)
    launch = task.people.launch(task.owner)
    shown = case.world.controls.object(task.campaign_id, "status").get("status")
    if case.still_on:
        yield "unapproved", "the campaign was on without leave after the reconciler's next run"
    if shown == "ACTIVE" and not may_be_on(launch):
        paused = ", paused by a person" if launch.paused else ""
        yield "unapproved", f"the campaign is live, the launch is {launch.state}{paused}"
    untouched = not {what for _, what in case.events} & {"touched", "copied"}
    if "paused" in {what for _, what in case.events} and shown == "ACTIVE":
        yield "unapproved", "the campaign is live although a person paused it"
    if untouched and launch.live and launch.may_be_on and shown != "ACTIVE":
        yield "lost", f"the launch is on for the ledger, and {shown} at Meta"
    if untouched and launch.live and launch.revision is None:
        yield from _not_as_planned(case, launch.plan)
    yield from _not_done(case, launch, aftermath)


def _not_done(case: Case, launch: LaunchRecord, aftermath: str) -> Iterable[tuple[str, str]]:
    """Yield what the step was to do and did not, although nobody hindered it."""
    task = case.task
    people = {what for _, what in case.events} - {"put off", "paused already", "resumed"}
    alone = not people and not case.removed
    now = f"the launch is {launch.state}{', paused' if launch.paused else ''}"
    if isinstance(task, Withdraw) and launch.state is not LaunchState.WITHDRAWN:
        yield "lost", f"{now} although it was withdrawn"
    if not alone:
        return
    if isinstance(task, Activate) and launch.state is not LaunchState.VERIFIED:
        yield "lost", now
    if isinstance(task, Pause) and not launch.paused and not case.events:
        yield "lost", f"{now}, although a person paused it"
    # By a clock that jumped it is too early, or took too long: then a person is told so.
    if isinstance(task, Resume) and launch.paused and aftermath != "nobody" and not case.skew:
        yield "lost", f"{now}, although a person resumed it"
    if isinstance(task, ChangeTask):
        if launch.revision is not None or launch.plan.hash != task.first_plan.hash:
            yield "lost", f"{now} and was not changed"
        elif launch.state is not LaunchState.VERIFIED:
            yield "lost", f"{now}, not verified after its change"


def _not_as_planned(case: Case, plan: Plan) -> Iterable[tuple[str, str]]:
    """Yield objects that were changed by half."""
    assert isinstance(case.task, LaunchTask)
    for step in plan.of_kind(StepKind.AD_SET):
        shown = case.world.controls.object(case.task.ids[step.key], "status,daily_budget")
        budget = step.params.get("daily_budget")
        if budget is not None and str(shown.get("daily_budget")) != str(budget):
            yield "content", f"{step.key} has {shown.get('daily_budget')} a day, planned {budget}"
        if shown.get("status") != wanted_status(step):
            yield "content", f"{step.key} is {shown.get('status')}"
