"""What must hold after a cell, judged by Meta's own journal and not by what workers said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from meta_ads.launching.ports import LaunchState, StepState
from meta_ads.planning.step import StepKind
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.faults.case import Case
from tests.faults.injections import BY_NAME
from tests.faults.live_oracle import final_state, spent_more, wrong_switches
from tests.faults.live_tasks import LaunchTask, SyncStatuses
from tests.faults.residuals import allowed
from tests.faults.tasks import CreateTask, UploadTask

if TYPE_CHECKING:
    from tests.faults.cells import Cell, Verdict

PAUSABLE = ("campaign", "adset", "ad")
PARENTS = {"adset": ("campaign_id",), "ad": ("adset_id",)}
Entry = Mapping[str, Any]


def _ours(case: Case) -> list[Entry]:
    """Return what was committed since the cell began, without what people created."""
    rows = case.world.journal(case.since)
    return [row for row in rows if row["kind"] != "create" or row["object_id"] not in case.foreign]


def judge(case: Case, cell: Cell, verdict: Verdict) -> Verdict:
    """Return the verdict with every violation found."""
    found = verdict.violations
    if not case.struck:
        found.append(("not struck", "the fault never happened"))
    entries = _ours(case)
    records = _records(case)
    excusable = (
        *_second_commits(entries),
        *_leftovers(case, entries, records),
        *wrong_switches(case, entries),
        *spent_more(case, entries),
    )
    for what, oracle, detail in excusable:
        residual = allowed(cell, what)
        if residual is None:
            found.append((oracle, detail))
        else:
            verdict.residuals.add(residual.name)
    found += _unpaused(entries)
    found += _redone(case)
    found += _other_content(case, records)
    found += _foreign_writes(case, entries, records)
    found += _unplaced_children(case, entries)
    found += _lost(case, records)
    if "spare creative" not in verdict.residuals:
        found += _unexplained(case, entries)
    if isinstance(case.task, LaunchTask):
        found += final_state(case, BY_NAME[cell.fault].aftermath)
    if isinstance(case.task, UploadTask):
        found += _content(case, records)
    if isinstance(case.task, SyncStatuses):
        found += _rows(case)
    return verdict


def _records(case: Case) -> Mapping[str, Any]:
    return PostgresStepLedger(case.world.person).records([s.key for s in case.task.plan.steps])


def _created(entries: Iterable[Entry]) -> list[Entry]:
    return [row for row in entries if row["kind"] in ("create", "upload_start")]


def _second_commits(entries: list[Entry]) -> Iterable[tuple[str, str, str]]:
    """Yield what was committed more than once."""
    kinds = Counter(
        (row["kind"], row["object_kind"])
        for row in entries
        if row["kind"] in ("create", "upload_start", "upload_finish")
    )
    for (kind, noun), count in kinds.items():
        if count > 1:
            yield kind, "commits", f"{count} x {kind} of {noun}"


def _unpaused(entries: list[Entry]) -> Iterable[tuple[str, str]]:
    for row in entries:
        if row["kind"] == "create" and row["object_kind"] in PAUSABLE:
            status = row["params"].get("status")
            if status != "PAUSED":
                yield "unpaused", f"{row['object_kind']} created {status}"


def _foreign_writes(
    case: Case, entries: list[Entry], records: Mapping[str, Any]
) -> Iterable[tuple[str, str]]:
    recorded = {record.object_id for record in records.values()}
    ours = {row["object_id"] for row in _created(entries)}
    for row in entries:
        if row["kind"] not in ("update", "delete"):
            continue
        swept = row["object_id"] in ours and row["params"].get("status") == "DELETED"
        if row["object_id"] in case.foreign:
            yield "foreign", f"{row['kind']} of {row['object_id']}, which a person made"
        elif row["object_id"] not in recorded and not swept:
            yield "foreign", f"{row['kind']} of {row['object_id']}, which is not recorded"


def _unplaced_children(case: Case, entries: list[Entry]) -> Iterable[tuple[str, str]]:
    known = set(case.task.base.ids.values()) | set(case.removed)
    if isinstance(case.task, LaunchTask):
        known |= set(case.task.ids.values())
    for row in entries:
        if row["kind"] == "create":
            for name in PARENTS.get(row["object_kind"], ()):
                if row["params"][name] not in known:
                    yield "parents", f"{row['object_kind']} under {row['params'][name]}"


def _leftovers(
    case: Case, entries: list[Entry], records: Mapping[str, Any]
) -> Iterable[tuple[str, str, str]]:
    """Yield objects that live at Meta beside the recorded one."""
    uploads = isinstance(case.task, UploadTask)
    wanted = "upload_finish" if uploads else "create"
    recorded = {record.object_id for record in records.values()}
    for object_id in {row["object_id"] for row in entries if row["kind"] == wanted}:
        if object_id in recorded or object_id in case.removed:
            continue
        status = "here" if uploads else case.world.controls.object(object_id, "status")["status"]
        if status != "DELETED":
            yield "leftover", "duplicate", f"{object_id} is {status} at Meta and not recorded"


def _lost(case: Case, records: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    launch = case.task.people.launch(case.task.owner)
    given_up = launch.stopped or launch.state is LaunchState.WITHDRAWN
    if launch.stopped and not case.events:
        yield "lost", "the launch waits for a person, although no person did anything"
    if case.world.tokens.several and any("AccessLost" in line for line in case.history.lines):
        yield "lost", "a token was refused to the end, although another one works"
    for step in case.task.plan.steps:
        record = records.get(step.key)
        state = record.state if record else StepState.NEW
        if state is StepState.DONE:
            assert record is not None
            if step.kind is StepKind.VIDEO:
                shown = case.world.controls.control("GET", f"videos/{record.object_id}")
            else:
                shown = case.world.controls.object(record.object_id, "id")
            if "id" not in shown:
                yield "lost", f"{step.key} is recorded as {record.object_id}, which is not at Meta"
        elif state is StepState.INFLIGHT and step.kind is not StepKind.VIDEO:
            yield "lost", f"{step.key} is INFLIGHT for ever"
        elif state is not StepState.HELD and not given_up:
            yield "lost", f"{step.key} is {state}, and nobody goes on"


def _unexplained(case: Case, entries: list[Entry]) -> Iterable[tuple[str, str]]:
    """Yield created objects that the append-only attempts do not account for."""
    if not isinstance(case.task, CreateTask):
        return
    rows = case.world.person.rows(
        "SELECT event, detail FROM meta_ads.attempt WHERE step_key = ANY(%(keys)s)",
        {"keys": [step.key for step in case.task.plan.steps]},
    )
    named = {row["detail"] for row in rows} | case.removed
    intents = sum(row["event"] == "intent" for row in rows)
    created = _created(entries)
    if len(created) > intents:
        yield "unexplained", f"{len(created)} objects, {intents} intents"
    for row in created:
        if row["object_id"] not in named:
            yield "unexplained", f"{row['object_id']} is in no attempt"


def _redone(case: Case) -> Iterable[tuple[str, str]]:
    """Yield steps that were recorded with more than one object."""
    rows = case.world.person.rows(
        "SELECT step_key, count(DISTINCT detail) AS ids FROM meta_ads.attempt"
        " WHERE step_key = ANY(%(keys)s) AND event IN ('created', 'adopted', 'uploaded')"
        " GROUP BY step_key HAVING count(DISTINCT detail) > 1",
        {"keys": [step.key for step in case.task.plan.steps]},
    )
    for row in rows:
        yield "redone", f"{row['step_key']} was recorded with {row['ids']} objects"


def _other_content(case: Case, records: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield objects that are not what the pinned plan says, unless the launch says so itself."""
    launch = case.task.people.launch(case.task.owner)
    changing = {step.key: step.spec_hash for step in launch.target.steps}
    for step in launch.plan.steps:
        record = records.get(step.key)
        if record is None or record.state is StepState.NEW or launch.stopped:
            continue
        if record.spec_hash not in (step.spec_hash, changing.get(step.key)):
            yield "content", f"{step.key} is at Meta with other content than planned"


def _content(case: Case, records: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield a recorded video whose bytes are not the file's."""
    for step in case.task.plan.of_kind(StepKind.VIDEO):
        record = records.get(step.key)
        if record is not None and record.state is StepState.DONE:
            shown = case.world.controls.control("GET", f"videos/{record.object_id}")
            if record.object_id not in case.removed and shown["sha256"] != step.params["sha256"]:
                yield "content", f"video {record.object_id} has other bytes"


def _rows(case: Case) -> Iterable[tuple[str, str]]:
    """Yield differences between the status tables and Meta."""
    assert isinstance(case.task, SyncStatuses)
    for object_id in case.task.ids.values():
        rows = case.world.person.rows(
            "SELECT status, (SELECT count(*) FROM meta_ads.object_status_history h"
            " WHERE h.object_id = s.object_id) AS history"
            " FROM meta_ads.object_status s WHERE object_id = %(id)s",
            {"id": object_id},
        )
        if not rows:
            yield "lost", f"{object_id} was not synced"
