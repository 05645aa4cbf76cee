"""What a launch has left at Meta and in Postgres, read from both, not from the launch's code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from local_stack.emulator_service import EmulatorService, JournalEntry

LEVELS = ("campaign", "ad_set", "ad")
KINDS = ("video", "creative", *LEVELS)
_FIELDS = {
    **dict.fromkeys(LEVELS, ("name", "effective_status")),
    "creative": ("name",),
    "video": ("title", "status"),
}


@dataclass(frozen=True)
class LedgerStep:
    """One row of meta_ads.step."""

    kind: str
    key: str
    state: str
    object_id: str | None
    marker: str


@dataclass(frozen=True)
class Outcome:
    """One launch's traces. `objects` are the answers of Meta's API for the ids in the ledger."""

    launch: dict[str, Any] | None
    steps: tuple[LedgerStep, ...]
    objects: dict[str, dict[str, Any]]
    journal: tuple[JournalEntry, ...]

    def creates(self) -> int:
        """Return how many objects were created at Meta, by anybody."""
        return sum(entry.creates for entry in self.journal)

    def tree(self) -> list[str]:
        """Return what exists at Meta, a line an object, indented by level."""
        indents = {kind: index for index, kind in enumerate(LEVELS)}
        order = [*LEVELS, "creative", "video", "image"]
        return [
            "  " * indents.get(step.kind, 0) + self._described(step)
            for step in sorted(self.steps, key=lambda step: (order.index(step.kind), step.key))
        ]

    def table(self) -> list[str]:
        """Return the launch and its steps as Postgres has them."""
        lines = []
        if self.launch is not None:
            parts = (
                f"{name} {self.launch[name]}"
                for name in ("state", "activate_at", "activated_at", "verified_at")
                if self.launch[name] is not None
            )
            lines.append(f"launch  {self.launch['campaign_id']}  {', '.join(parts)}")
        lines += [f"step    {step.key}  {step.state}  {step.object_id}" for step in self.steps]
        return lines

    def failures(self, activate_at: datetime) -> list[str]:
        """Return what does not hold of a finished launch; empty when all holds."""
        failures = []
        if self.launch is None or self.launch["state"] != "VERIFIED":
            state = "missing" if self.launch is None else self.launch["state"]
            failures.append(f"the launch in Postgres is {state}, expected VERIFIED")
        for kind in KINDS:
            found = [step for step in self.steps if step.kind == kind]
            if [step.state for step in found] != ["DONE"]:
                states = ", ".join(step.state for step in found) or "none"
                failures.append(f"expected one finished {kind} in the ledger, found: {states}")
            failures += [text for step in found if (text := self._created_wrongly(step))]
        for step in self.steps:
            status = self.objects.get(step.object_id or "", {}).get("effective_status")
            if step.kind in LEVELS and status != "ACTIVE":
                failures.append(f"the {step.kind} {step.object_id} is {status}, expected ACTIVE")
        failures += self._activated_wrongly(activate_at)
        return failures

    def _described(self, step: LedgerStep) -> str:
        found = self.objects.get(step.object_id or "", {})
        name = found.get("name") or found.get("title") or ""
        status = found.get("effective_status") or found.get("status", {}).get("video_status", "")
        return f"{step.kind:<9} {step.object_id}  {status:<8}  {name}".rstrip()

    def _created_wrongly(self, step: LedgerStep) -> str | None:
        created = {
            entry.object_id
            for entry in self.journal
            if entry.creates and (entry.object_id == step.object_id or entry.carries(step.marker))
        }
        count = len(created)
        return None if count == 1 else f"{step.key}: {count} objects were created at Meta, not 1"

    def _activated_wrongly(self, activate_at: datetime) -> list[str]:
        ids = {step.object_id for step in self.steps if step.kind == "campaign"}
        activations = [
            entry
            for entry in self.journal
            if entry.object_id in ids and entry.params.get("status") == "ACTIVE"
        ]
        if not activations:
            return ["the campaign was never switched on, by the emulator's journal"]
        first = datetime.fromisoformat(activations[0].time)
        if first < activate_at:
            return [f"the campaign was switched on at {first}, before {activate_at}"]
        return []


def read_outcome(ads_url: str, emulator: EmulatorService, campaign_id: str, since: int) -> Outcome:
    """Read the launch of one campaign file, and the emulator's journal after entry `since`."""
    with psycopg.connect(ads_url, row_factory=dict_row) as connection:
        launch = connection.execute(
            "SELECT * FROM meta_ads.launch WHERE campaign_id = %s", [campaign_id]
        ).fetchone()
        # Media belong to the account, not to a campaign; the demo starts from nothing.
        rows = connection.execute(
            "SELECT kind, key, state, object_id, marker FROM meta_ads.step"
            " WHERE split_part(key, '/', 2) IN (%s, 'media') ORDER BY created_at, key",
            [campaign_id],
        ).fetchall()
    steps = tuple(LedgerStep(**row) for row in rows)
    return Outcome(
        launch=launch,
        steps=steps,
        objects={
            step.object_id: emulator.read(step.object_id, _FIELDS[step.kind])
            for step in steps
            if step.object_id is not None and step.kind in _FIELDS
        },
        journal=tuple(emulator.journal(since)),
    )
