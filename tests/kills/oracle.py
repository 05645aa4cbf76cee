"""What must hold after the kills, judged by the journal of the emulator."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from local_stack.emulator_service import JournalEntry
from tests.e2e.conftest import Stack

PAUSABLE = frozenset({"campaign", "adset", "ad"})
# The journal shows whole seconds.
SECOND = timedelta(seconds=1)
ORACLES = {
    "duplicate": "objects left at Meta besides the recorded one",
    "lost": "launches that did not end as they should, open steps, objects that are gone",
    "commits": "creates carried out more than once outside the residual classes",
    "unpaused": "objects not created paused",
    "early": "campaigns switched on before their time",
    "unapproved": "campaigns switched on without an approval of their plan",
    "withdrawn": "campaigns on, or switched on and not paused again, after their withdrawal",
    "foreign": "writes to objects that no ledger row names",
}
RESIDUALS = {
    "empty upload": "the answer that names a new upload was lost: another one is opened",
    "swept twin": "a second object of a worker that was overtaken; deleted by the sweep",
    "switch in flight": "a campaign switched on while it was withdrawn, and paused again",
}


@dataclass
class Verdict:
    """What was found: violations by oracle, and how often each residual class came up."""

    violations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    residuals: Counter[str] = field(default_factory=Counter)
    creates: int = 0
    activations: int = 0


class Oracle:
    """Reads ledger and journal once. `finals` says in which state each launch has to be."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._journal = stack.stack.emulator.journal()
        self._steps = stack.rows("SELECT * FROM meta_ads.step")
        self._launches = stack.rows(
            "SELECT launch.*, (plan.body ->> 'approval_required')::boolean AS asks,"
            " (SELECT min(decided_at) FROM meta_ads.approval WHERE approved"
            "  AND approval.campaign_id = launch.campaign_id"
            "  AND approval.plan_hash = launch.plan_hash) AS approved_at"
            " FROM meta_ads.launch JOIN meta_ads.plan ON plan.hash = launch.plan_hash"
        )
        self.verdict = Verdict()

    def judge(self, finals: dict[str, tuple[str, ...]]) -> Verdict:
        """Return everything that does not hold."""
        self._judge_objects()
        self._judge_uploads()
        for launch in self._launches:
            self._judge_switches(launch)
        for what in self._lost(finals):
            self._found("lost", what)
        self._judge_foreign()
        return self.verdict

    def _found(self, oracle: str, what: str) -> None:
        self.verdict.violations[oracle].append(what)

    def _judge_objects(self) -> None:
        for step in self._steps:
            if step["kind"] in ("video", "image"):
                continue
            made = [e for e in self._journal if e.change == "create" and e.carries(step["marker"])]
            self.verdict.creates += len(made)
            for entry in made:
                if entry.object_kind in PAUSABLE and entry.params.get("status") != "PAUSED":
                    self._found("unpaused", f"{step['key']}: {entry.object_id}")
            extra = [entry.object_id for entry in made if entry.object_id != step["object_id"]]
            for object_id in extra:
                if self._status(object_id) != "DELETED":
                    self._found("duplicate", f"{step['key']}: {object_id} besides the recorded one")
                elif len(made) > 1:
                    self.verdict.residuals["swept twin"] += 1
            if len(made) > 1 and len(extra) != len(made) - 1:
                self._found("commits", f"{step['key']}: created {len(made)} times")

    def _judge_uploads(self) -> None:
        markers = {s["marker"]: s["object_id"] for s in self._steps if s["kind"] == "video"}
        titles = Counter(
            entry.params.get("title") for entry in self._journal if entry.change == "upload_finish"
        )
        for title, count in titles.items():
            if count > 1:
                self._found("commits", f"video {title}: finished {count} times")
        started = sum(entry.change == "upload_start" for entry in self._journal)
        self.verdict.residuals["empty upload"] += max(0, started - len(markers))
        self.verdict.creates += started

    def _judge_switches(self, launch: dict[str, Any]) -> None:
        writes = self._writes(launch)
        on = [entry for entry in writes if entry.params.get("status") == "ACTIVE"]
        self.verdict.activations += len(on)
        name = launch["campaign_id"]
        for entry in on:
            at = datetime.fromisoformat(entry.time)
            if at + SECOND <= launch["activate_at"]:
                self._found("early", f"{name}: on at {at}, planned {launch['activate_at']}")
            if launch["asks"] and not (
                launch["approved_at"] and launch["approved_at"] < at + SECOND
            ):
                self._found("unapproved", f"{name}: on at {at}, approved {launch['approved_at']}")
            withdrawn = launch["withdrawn_at"]
            if withdrawn is not None and at > withdrawn:
                if any(e.number > entry.number and _pauses(e) for e in writes):
                    self.verdict.residuals["switch in flight"] += 1
                else:
                    self._found("withdrawn", f"{name}: on at {at}, withdrawn {withdrawn}")
        if (
            launch["withdrawn_at"] is not None
            and writes
            and writes[-1].params.get("status") == ("ACTIVE")
        ):
            self._found("withdrawn", f"{name}: withdrawn {launch['withdrawn_at']} and on at Meta")

    def _lost(self, finals: dict[str, tuple[str, ...]]) -> Iterator[str]:
        states = {launch["campaign_id"]: launch["state"] for launch in self._launches}
        for name, wanted in finals.items():
            if states.get(name) not in wanted:
                yield f"{name} is {states.get(name)}, should be {' or '.join(wanted)}"
        for step in self._steps:
            owner = step["key"].split("/")[1]
            given_up = states.get(owner) == "WITHDRAWN"
            if step["state"] == "DONE":
                if step["kind"] != "image" and not self._exists(step["object_id"]):
                    yield f"{step['key']} is recorded as {step['object_id']}, which is not at Meta"
            elif owner in finals and not (given_up and step["state"] == "NEW"):
                yield f"{step['key']} of {states.get(owner)} {owner} is {step['state']}"

    def _judge_foreign(self) -> None:
        recorded = {step["object_id"] for step in self._steps}
        ours = {entry.object_id for entry in self._journal if entry.creates}
        for entry in self._journal:
            if entry.change not in ("update", "delete") or entry.object_id in recorded:
                continue
            if not (entry.object_id in ours and entry.params.get("status") == "DELETED"):
                self._found("foreign", f"{entry.change} of {entry.object_id}")

    def _writes(self, launch: dict[str, Any]) -> list[JournalEntry]:
        ids = {
            step["object_id"]
            for step in self._steps
            if step["kind"] == "campaign" and step["key"].split("/")[1] == launch["campaign_id"]
        }
        return [
            entry
            for entry in self._journal
            if entry.object_id in ids and entry.change == "update" and "status" in entry.params
        ]

    def _status(self, object_id: str) -> str:
        found: str = self._stack.stack.emulator.read(object_id, ("status",)).get("status", "here")
        return found

    def _exists(self, object_id: str) -> bool:
        return any(entry.object_id == object_id and entry.creates for entry in self._journal)


def _pauses(entry: JournalEntry) -> bool:
    return entry.params.get("status") == "PAUSED"
