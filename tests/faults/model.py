"""What the state machine believes of a launch, and what must hold whatever happened to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from meta_ads.launching.ports import LaunchRecord, LaunchState, StepRecord, StepState
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.faults.chain import Chain
from tests.faults.world import World

NOUNS = {"campaign": StepKind.CAMPAIGN, "adset": StepKind.AD_SET, "ad": StepKind.AD}
PARENTS = {"adset": "campaign_id", "ad": "adset_id"}


@dataclass
class Model:
    """One launch: what people did, and what may be committed twice because of it.

    `excused` counts, by kind, creates beyond the first that no client can prevent; see
    residuals.yaml. `hidden` are objects that lost both markers, `removed` those that people deleted
    or archived. `leave` are times (journal number, activation time or None) from which on the
    campaign may or may not be switched on.
    """

    world: World
    chain: Chain
    since: int
    excused: Counter[StepKind] = field(default_factory=Counter)
    switches_in_flight: int = 0
    renamed: set[str] = field(default_factory=set)
    stripped: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    archived: set[str] = field(default_factory=set)
    below: set[str] = field(default_factory=set)
    recorded: dict[str, str] = field(default_factory=dict)
    leave: list[tuple[int, datetime | None]] = field(default_factory=list)
    #: A person asked for a resumption after the last pause.
    resumption: bool = False
    #: Switches that Meta may carry out after later ones.
    late_switches: int = 0
    #: The most that people ever allowed, with the journal's number then.
    allowed: list[tuple[int, int]] = field(default_factory=list)

    @property
    def hidden(self) -> set[str]:
        """Objects that can no longer be found by their marker: labels list nothing archived."""
        return self.renamed & (self.stripped | self.archived)

    @property
    def taken(self) -> set[str]:
        """Objects that people removed or hid, and whatever is below one they removed."""
        taken = self.removed | self.hidden
        for row in self.entries():
            parent = row["params"].get(PARENTS.get(row["object_kind"], ""))
            if row["kind"] == "create" and parent in self.removed | self.below:
                self.below.add(row["object_id"])
        return taken | self.below

    def entries(self) -> list[dict[str, Any]]:
        """Return what Meta committed for this launch."""
        return self.world.journal(self.since)

    def created(self) -> list[tuple[str, StepKind]]:
        """Return every object created so far."""
        return [
            (row["object_id"], NOUNS[row["object_kind"]])
            for row in self.entries()
            if row["kind"] == "create"
        ]

    def records(self) -> Mapping[str, StepRecord]:
        """Return the ledger's steps."""
        keys = [step.key for step in self.chain.plan.steps]
        return PostgresStepLedger(self.world.person).records(keys)

    def change_leave(self) -> None:
        """Note whether and from when on the campaign may be switched on from now on."""
        launch = self.chain.people.launch(self.chain.owner)
        allowed = launch.approved or launch.target_approved
        if launch.state is LaunchState.WITHDRAWN or (launch.paused and not self.resumption):
            allowed = False
        moment = launch.activate_at if allowed else None
        self.leave.append((self.world.journal_length(), moment))

    def allow(self, plan: Plan) -> None:
        """Note that from now on the launch may spend what this plan says."""
        most = max(plan.spend.daily, self.allowed[-1][1] if self.allowed else 0)
        self.allowed.append((self.world.journal_length(), most))

    def violations(self) -> Iterator[str]:
        """Yield what is wrong at any moment (reliability: invariants 1, 2, 4, 6, 8, 10)."""
        entries = self.entries()
        records = self.records()
        yield from self._recorded_once(records)
        yield from self._creates(entries)
        yield from self._writes(entries, records)
        yield from self._spending(entries, records)

    def _spending(
        self, entries: list[dict[str, Any]], records: Mapping[str, StepRecord]
    ) -> Iterator[str]:
        campaign = records.get(self.chain.steps[StepKind.CAMPAIGN].key)
        on, budget = False, 0
        for row in entries:
            if campaign is None or row["object_id"] != campaign.object_id:
                continue
            on = row["params"].get("status", "ACTIVE" if on else "PAUSED") == "ACTIVE"
            budget = int(row["params"].get("daily_budget", budget))
            most = max(daily for seq, daily in self.allowed if seq < row["seq"])
            if on and budget > most:
                yield f"{budget} a day, although nobody ever allowed more than {most}"

    def _recorded_once(self, records: Mapping[str, StepRecord]) -> Iterator[str]:
        for key, before in self.recorded.items():
            if records[key].object_id != before:
                yield f"{key} was DONE with {before} and is now {records[key].object_id}"
        for key, record in records.items():
            if record.state is StepState.DONE and record.object_id is not None:
                self.recorded[key] = record.object_id

    def _creates(self, entries: list[dict[str, Any]]) -> Iterator[str]:
        seen: list[str] = []
        counts: Counter[StepKind] = Counter()
        for row in entries:
            if row["kind"] != "create":
                continue
            noun = row["object_kind"]
            counts[NOUNS[noun]] += 1
            if row["params"].get("status") != "PAUSED":
                yield f"{noun} was created {row['params'].get('status')}"
            if noun in PARENTS and row["params"][PARENTS[noun]] not in seen:
                yield f"{noun} was created under a parent of nobody"
            seen.append(row["object_id"])
        for kind, count in counts.items():
            if count > 1 + self.excused[kind]:
                yield f"{count} x create of {kind}, {self.excused[kind]} excused"

    def _writes(
        self, entries: list[dict[str, Any]], records: Mapping[str, StepRecord]
    ) -> Iterator[str]:
        ours = {row["object_id"] for row in entries if row["kind"] == "create"}
        done = {record.object_id for record in records.values()}
        campaign = records.get(self.chain.steps[StepKind.CAMPAIGN].key)
        unwanted = 0
        for row in entries:
            if row["kind"] not in ("update", "delete"):
                continue
            swept = row["object_id"] in ours and row["params"].get("status") == "DELETED"
            if row["object_id"] not in done and not swept:
                yield f"{row['kind']} of {row['object_id']}, which is not recorded"
            if row["object_id"] in done and row["params"].get("status") == "DELETED":
                yield f"{row['object_id']} is recorded and was deleted"
            on = row["params"].get("status") == "ACTIVE"
            if on and campaign and row["object_id"] == campaign.object_id:
                unwanted += not self._had_leave(row)
        if unwanted > self.switches_in_flight:
            yield f"switched on {unwanted} times without leave, {self.switches_in_flight} excused"

    def _had_leave(self, row: Mapping[str, Any]) -> bool:
        moment = None
        for seq, since in self.leave:
            if seq < row["seq"]:
                moment = since
        # The journal shows whole seconds.
        shown = datetime.fromisoformat(row["time"]).timestamp()
        return moment is not None and shown >= int(moment.timestamp())

    def leftovers(self) -> Iterator[str]:
        """Yield what is wrong after all is healed (invariants 3, 5, 7, 11, 13)."""
        launch = self.chain.people.launch(self.chain.owner)
        stopped = launch.stopped or launch.state is LaunchState.WITHDRAWN
        records = self.records()
        for step in self.chain.plan.steps:
            record = records.get(step.key)
            state = record.state if record else StepState.NEW
            if state is StepState.INFLIGHT or (state is StepState.NEW and not stopped):
                yield f"{step.key} ends {state}; the launch is {launch.state}"
        done = {record.object_id for record in records.values()}
        for object_id, kind in self.created():
            if object_id in done | self.taken:
                continue
            shown = self.world.controls.object(object_id, "status").get("status")
            if shown != "DELETED":
                yield f"{kind} {object_id} is {shown} at Meta and not recorded"
        yield from self._unexplained()
        campaign = records.get(self.chain.steps[StepKind.CAMPAIGN].key)
        if campaign and campaign.object_id:
            shown = self.world.controls.object(campaign.object_id, "status").get("status")
            if shown == "ACTIVE" and not launch.may_be_on:
                yield f"the campaign is live, the launch is {launch.state}"
        yield from self._changed_by_half(launch, stopped=stopped)
        if not stopped and launch.due and launch.state is not LaunchState.VERIFIED:
            yield f"the launch is due and ends {launch.state}"

    def _changed_by_half(self, launch: LaunchRecord, *, stopped: bool) -> Iterator[str]:
        """Yield what differs from the ledger, unless people touched objects."""
        touched = self.taken | self.renamed | self.stripped
        record = self.records().get(self.chain.steps[StepKind.CAMPAIGN].key)
        if stopped or touched or self.late_switches or not launch.live or record is None:
            return
        if launch.revision is not None and launch.target_approved:
            yield "the launch ends before it was changed"
        shown = self.world.controls.object(str(record.object_id), "status,daily_budget")
        if launch.may_be_on and shown["status"] != "ACTIVE":
            yield f"the launch is on for the ledger, and {shown['status']} at Meta"
        [campaign] = launch.plan.of_kind(StepKind.CAMPAIGN)
        planned = campaign.params["daily_budget"]
        if launch.revision is None and str(shown["daily_budget"]) != str(planned):
            yield f"the campaign has {shown['daily_budget']} a day, planned {planned}"

    def _unexplained(self) -> Iterator[str]:
        rows = self.world.person.rows(
            "SELECT detail FROM meta_ads.attempt WHERE step_key = ANY(%(keys)s)",
            {"keys": [step.key for step in self.chain.plan.steps]},
        )
        named = {row["detail"] for row in rows} | self.taken
        for object_id, kind in self.created():
            if object_id not in named:
                yield f"no attempt accounts for {kind} {object_id}"
