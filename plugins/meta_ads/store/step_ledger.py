"""The ledger of steps in Postgres: intent, call, result, each in a commit of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from meta_ads.errors import FixInput, NotAllowedToActivate, TryAgain
from meta_ads.launching.ports import LaunchRecord, Lease, StepRecord, StepState
from meta_ads.planning.canonical import canonical_json
from meta_ads.planning.step import Step
from meta_ads.store.database import Database
from meta_ads.store.queries import queries
from meta_ads.store.step_rows import (
    content_of,
    fence,
    fenced,
    record_of,
    refuse_other_content,
    refuse_while_leased,
)

# Longer than a call may take (launching/timing.py), so that a lease outlives the call it covers.
LEASE_SECONDS = 120


class PostgresStepLedger:
    """`StepLedger` on Postgres. All times are the database's clock."""

    def __init__(self, database: Database, lease_seconds: int = LEASE_SECONDS) -> None:
        self._database = database
        self._lease_seconds = lease_seconds
        self._sql = queries("steps")

    @contextmanager
    def lease(self, step: Step, account_id: str, owner: str) -> Iterator[Lease]:
        """Take the step's lease for the block; see `StepLedger.lease`."""
        lease = self._take(step, account_id, owner)
        try:
            yield lease
        finally:
            self._database.rows(self._sql["release_lease"], {"key": step.key, "owner": owner})

    def _take(self, step: Step, account_id: str, owner: str) -> Lease:
        with self._database.transaction() as cursor:
            cursor.execute(
                self._sql["ensure_step"],
                {
                    "key": step.key,
                    "account_id": account_id,
                    "kind": step.kind,
                    "marker": step.marker,
                    "spec_hash": step.spec_hash,
                    "parents": list(step.parents),
                    "applied": Jsonb(content_of(step)),
                },
            )
            row = cursor.execute(self._sql["lock_step"], {"key": step.key}).fetchone()
            assert row is not None, "ensure_step made the row in this transaction"
            refuse_other_content(row, step)
            refuse_while_leased(row, owner)
            taken = cursor.execute(
                self._sql["take_lease"],
                {"key": step.key, "owner": owner, "seconds": self._lease_seconds},
            ).fetchone()
            assert taken is not None, "the row is locked by this transaction"
        return Lease(record_of(row), owner, row["now"], taken["lease_until"])

    @contextmanager
    def lease_done(self, key: str, owner: str) -> Iterator[Lease]:
        """Take the lease of a step whose object exists; see `StepLedger.lease_done`."""
        with self._database.transaction() as cursor:
            row = cursor.execute(self._sql["lock_step"], {"key": key}).fetchone()
            if row is None or row["state"] != StepState.DONE:
                raise FixInput(f"Step {key} has no object at Meta yet; nothing can change.")
            refuse_while_leased(row, owner)
            taken = cursor.execute(
                self._sql["take_lease"],
                {"key": key, "owner": owner, "seconds": self._lease_seconds},
            ).fetchone()
            assert taken is not None, "the row is locked by this transaction"
        try:
            yield Lease(record_of(row), owner, row["now"], taken["lease_until"], row["changing"])
        finally:
            self._database.rows(self._sql["release_lease"], {"key": key, "owner": owner})

    def begin_update(
        self, lease: Lease, values: Mapping[str, Any], launch: LaunchRecord | None = None
    ) -> None:
        """Commit the intent of one update; see `StepLedger.begin_update`."""
        with self._database.transaction() as cursor:
            if launch is not None:
                self._hold_revision(cursor, launch)
            self._write(
                cursor,
                lease,
                "begin_update",
                "changing",
                canonical_json(values),
                values=Jsonb(dict(values)),
            )

    def _hold_revision(self, cursor: Any, launch: LaunchRecord) -> None:
        values = {"campaign_id": launch.campaign_id, "plan_hash": launch.target.hash}
        held = cursor.execute(self._sql["hold_revision"], values).fetchone()
        if held is None:
            raise NotAllowedToActivate(
                f"{launch.campaign_id} was withdrawn meanwhile, or plan {launch.target.hash[:12]} "
                "is not approved any more, or not wanted. Trigger the launch again."
            )
        if held["paused_at"] != launch.paused_at:
            raise TryAgain(f"{launch.campaign_id} was paused or resumed meanwhile.")

    def record_paused(self, key: str) -> None:
        """Commit that a DONE step's object was paused; see `StepLedger.record_paused`."""
        self._database.rows(self._sql["record_paused"], {"key": key})

    def still_leased(self, lease: Lease) -> bool:
        """Whether this lease may still send; see `StepLedger.still_leased`."""
        return bool(self._database.rows(self._sql["is_leased"], fence(lease)))

    def record_updated(
        self, lease: Lease, step: Step, applied: Mapping[str, Any], detail: str
    ) -> None:
        """Commit that the object is what `step` says; see `StepLedger.record_updated`."""
        self._record(
            lease,
            "record_updated",
            "updated",
            detail,
            spec_hash=step.spec_hash,
            parents=list(step.parents),
            applied=Jsonb(dict(applied)),
        )

    def record_not_updated(self, lease: Lease, error: str) -> None:
        """Commit that Meta certainly changed nothing by this update."""
        before = None if lease.changing is None else Jsonb(dict(lease.changing))
        self._record(
            lease, "record_not_updated", "not updated", error, changing=before, error=error
        )

    def record_times(self, step: Step, times: Mapping[str, Any]) -> None:
        """Commit that a DONE step's object has these times."""
        self._database.rows(
            self._sql["record_times"], {"key": step.key, "times": Jsonb(dict(times))}
        )

    def begin(self, lease: Lease) -> Lease:
        """Commit the intent of one attempt; see `StepLedger.begin`."""
        with self._database.transaction() as cursor:
            begun = cursor.execute(
                self._sql["begin_attempt"], {**fence(lease), "seconds": self._lease_seconds}
            ).fetchone()
            if begun is None:
                raise fenced(lease)
            record = replace(
                lease.record,
                state=StepState.INFLIGHT,
                epoch=begun["epoch"],
                attempt_at=begun["attempt_at"],
                searches=0,
                progress=None,
            )
            lease = replace(
                lease, record=record, now=begun["attempt_at"], expires_at=begun["lease_until"]
            )
            self._note(cursor, lease, "intent")
        return lease

    def still_mine(self, lease: Lease) -> bool:
        """Whether this lease may still send; see `StepLedger.still_mine`."""
        return bool(self._database.rows(self._sql["is_mine"], fence(lease)))

    def save_progress(self, lease: Lease, progress: Mapping[str, Any]) -> None:
        """Commit how far an upload is, and keep the lease alive."""
        with self._database.transaction() as cursor:
            cursor.execute(
                self._sql["save_progress"],
                {
                    **fence(lease),
                    "progress": Jsonb(dict(progress)),
                    "seconds": self._lease_seconds,
                },
            )
            if cursor.rowcount == 0:
                raise fenced(lease)

    def record_done(self, lease: Lease, object_id: str, event: str) -> str:
        """Commit the object's id; see `StepLedger.record_done`."""
        self._record(lease, "record_done", event, object_id, object_id=object_id)
        return object_id

    def record_refused(self, lease: Lease, error: str, not_before: datetime | None = None) -> None:
        """Commit that Meta certainly did nothing."""
        self._record(lease, "record_refused", "refused", error, error=error, not_before=not_before)

    def record_unknown(self, lease: Lease, error: str) -> None:
        """Commit that the outcome is unknown."""
        self._record(lease, "record_unknown", "unknown", error, error=error)

    def record_search(self, lease: Lease, found: int) -> Lease:
        """Commit a look-up that may count towards a second attempt."""
        self._record(lease, "record_search", "searched", f"found {found}")
        return replace(lease, record=replace(lease.record, searches=lease.record.searches + 1))

    def record_held(self, lease: Lease, reason: str) -> None:
        """Commit that a person must decide."""
        self._record(lease, "record_held", "held", reason, reason=reason)

    def object_ids(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the ids of those steps that are DONE."""
        rows = self._database.rows(self._sql["object_ids"], {"keys": list(keys)})
        return {row["key"]: row["object_id"] for row in rows}

    def records(self, keys: Sequence[str]) -> Mapping[str, StepRecord]:
        """Return these steps as they are; see `StepLedger.records`."""
        rows = self._database.rows(self._sql["read_steps"], {"keys": list(keys)})
        return {row["key"]: record_of(row, row["sweep_due"]) for row in rows}

    def record_swept(self, step: StepRecord, owner: str, deleted: Sequence[str]) -> None:
        """Commit that twins were looked for; see `StepLedger.record_swept`."""
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["record_swept"], {"key": step.key})
            for object_id in deleted:
                cursor.execute(
                    self._sql["add_attempt"],
                    {
                        "key": step.key,
                        "epoch": step.epoch,
                        "event": "swept",
                        "owner": owner,
                        "detail": object_id,
                    },
                )

    def held(self) -> list[dict[str, Any]]:
        """Return every HELD step, oldest first: key, account, owner, and what a person must do."""
        return self._database.rows(self._sql["held"])

    def release(self, key: str, object_id: str | None, by: str) -> None:
        """Write a person's decision on a HELD step: its object's id, or that there is none.

        FixInput when the step is not held.
        """
        with self._database.transaction() as cursor:
            row = cursor.execute(self._sql["lock_step"], {"key": key}).fetchone()
            if row is None or row["state"] != StepState.HELD:
                state = row["state"] if row else "unknown"
                raise FixInput(f"Step {key} is not held ({state}); there is nothing to release.")
            cursor.execute(self._sql["release_step"], {"key": key, "object_id": object_id})
            cursor.execute(
                self._sql["add_attempt"],
                {
                    "key": key,
                    "epoch": row["epoch"],
                    "event": "released",
                    "owner": by,
                    "detail": object_id,
                },
            )

    def _record(self, lease: Lease, statement: str, event: str, detail: str, **values: Any) -> None:
        with self._database.transaction() as cursor:
            self._write(cursor, lease, statement, event, detail, **values)

    def _write(
        self, cursor: Any, lease: Lease, statement: str, event: str, detail: str, **values: Any
    ) -> None:
        cursor.execute(self._sql[statement], {**fence(lease), **values})
        if cursor.rowcount == 0:
            raise fenced(lease)
        self._note(cursor, lease, event, detail)

    def _note(self, cursor: Any, lease: Lease, event: str, detail: str | None = None) -> None:
        cursor.execute(self._sql["add_attempt"], {**fence(lease), "event": event, "detail": detail})
