"""The ledger of launches in Postgres: which plan is pinned, who approved it, how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from meta_ads.errors import FixInput, NotAllowedToActivate, TryAgain, WaitUntil
from meta_ads.launching.approval import missing_approval
from meta_ads.launching.pausing import refuse_pause, refuse_resume
from meta_ads.launching.pinning import Choice, KnownStep, changes_left, choose_plan
from meta_ads.launching.ports import Decision, LaunchRecord, LaunchState, StepState, Trigger
from meta_ads.launching.spending import refuse_over_limit
from meta_ads.planning.changes import Changes, missing
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from meta_ads.store.queries import queries
from meta_ads.store.spending import lock_limits, read_commitments

# How far a launch is; it never goes back.
ORDER = (
    LaunchState.PLANNED,
    LaunchState.PAUSED,
    LaunchState.ACTIVATING,
    LaunchState.ACTIVE,
    LaunchState.VERIFIED,
)


class UnknownLaunch(KeyError):
    """No campaign of this id was ever planned."""


class PostgresLaunchLedger:
    """`LaunchLedger` on Postgres. All times are the database's clock."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("launches")

    def pin(self, plan: Plan, trigger: Trigger | None = None) -> LaunchRecord:
        """Store the plan and make it the launch's; see `LaunchLedger.pin`."""
        with self._database.transaction() as cursor:
            values = _values(plan)
            cursor.execute(self._sql["add_plan"], values)
            cursor.execute(self._sql["add_launch"], values)
            cursor.execute(self._sql["lock_launch"], values)
            self._refuse_taken_name(cursor, plan)
            launch = self._read(cursor, plan.campaign_id)
            choice = choose_plan(launch, plan, self._known(cursor, plan))
            choice.refuse()
            self._take(cursor, launch, choice)
            if trigger is not None:
                cursor.execute(
                    self._sql["add_trigger"],
                    {
                        "campaign_id": plan.campaign_id,
                        "plan_hash": choice.target.hash,
                        "author": trigger.author,
                        "note": trigger.note,
                    },
                )
            return self._read(cursor, plan.campaign_id)

    def _take(self, cursor: Any, launch: LaunchRecord, choice: Choice) -> None:
        target = _values(choice.target)
        cursor.execute(self._sql["add_plan"], target)
        if choice.revision is not None:
            cursor.execute(self._sql["revise"], target)
            self._note(cursor, launch.campaign_id, "to be changed", choice.revision.hash)
        elif launch.live:
            cursor.execute(self._sql["resume"], target)
        else:
            cursor.execute(self._sql["repin"], target)
            self._note(cursor, launch.campaign_id, "planned", choice.plan.hash)

    def preview(self, plan: Plan) -> Choice:
        """Return what `pin` would do with the plan, refused changes included; write nothing."""
        with self._database.transaction() as cursor:
            self._refuse_taken_name(cursor, plan)
            try:
                launch = self._read(cursor, plan.campaign_id)
            except UnknownLaunch:
                return Choice(plan, None, missing(plan, {}))
            return choose_plan(launch, plan, self._known(cursor, plan))

    def _refuse_taken_name(self, cursor: Any, plan: Plan) -> None:
        """Raise FixInput when another launch of the account has the generated name.

        Its file may be gone. A withdrawn launch gives its name free.
        """
        if not plan.naming:
            return
        values = {
            "name": plan.naming["name"],
            "account_id": plan.account_id,
            "campaign_id": plan.campaign_id,
        }
        cursor.execute(self._sql["lock_name"], values)
        taken = cursor.execute(self._sql["name_taken"], values).fetchone()
        if taken is not None:
            raise FixInput(
                f"{plan.campaign_id}: the name {plan.naming['name']} belongs to the launch "
                f"{taken['campaign_id']} of the same account. Change naming.campaign, or withdraw "
                "that launch."
            )

    def changes(self, launch: LaunchRecord) -> Changes:
        """Return what is left to do at Meta; see `LaunchLedger.changes`."""
        with self._database.transaction() as cursor:
            return changes_left(launch, self._known(cursor, launch.target))

    def begin_revision(self, launch: LaunchRecord) -> LaunchRecord:
        """Commit that changes are about to be sent; see `LaunchLedger.begin_revision`."""
        with self._database.transaction() as cursor:
            current = self._locked_revision(cursor, launch)
            if current.on_air and not current.target_approved:
                raise NotAllowedToActivate(missing_approval(current))
            more = current.target.spend.daily > current.plan.spend.daily
            if current.on_air and more:
                limits = lock_limits(cursor, current.account_id)
                live = read_commitments(cursor, current.account_id) if limits.any else []
                refuse_over_limit(current.target, limits, live)
            cursor.execute(self._sql["begin_revision"], _values(current.target))
            return self._read(cursor, launch.campaign_id)

    def promote(self, launch: LaunchRecord) -> LaunchRecord:
        """Make the revision the launch's plan; see `LaunchLedger.promote`."""
        with self._database.transaction() as cursor:
            current = self._locked_revision(cursor, launch)
            if current.live and not current.target_approved:
                raise NotAllowedToActivate(missing_approval(current))
            left = changes_left(current, self._known(cursor, current.target))
            if not left.empty:
                raise TryAgain(f"{launch.campaign_id} is not yet what its new plan says at Meta.")
            cursor.execute(self._sql["promote"], _values(current.target))
            self._note(cursor, launch.campaign_id, "changed", current.target.hash)
            return self._read(cursor, launch.campaign_id)

    def _locked_revision(self, cursor: Any, launch: LaunchRecord) -> LaunchRecord:
        """Lock the launch; return it when it still has the same revision to change to."""
        cursor.execute(self._sql["lock_launch"], {"campaign_id": launch.campaign_id})
        current = self._read(cursor, launch.campaign_id)
        if current.state is LaunchState.WITHDRAWN:
            raise NotAllowedToActivate(f"{launch.campaign_id} was withdrawn.")
        if current.revision is None or current.target.hash != launch.target.hash:
            raise NotAllowedToActivate(
                f"{launch.campaign_id}: its plan changed meanwhile to {current.target.hash[:12]}. "
                "Trigger the launch again."
            )
        return current

    def _known(self, cursor: Any, plan: Plan) -> list[KnownStep]:
        rows = cursor.execute(
            queries("steps")["known_steps"],
            {
                "keys": [step.key for step in plan.steps],
                "owned": f"{plan.account_id}/{plan.campaign_id}/",
            },
        ).fetchall()
        return [_known(row) for row in rows]

    def launch(self, campaign_id: str) -> LaunchRecord:
        """Return the launch. UnknownLaunch when there is none."""
        for row in self._database.rows(self._sql["read_launch"], {"campaign_id": campaign_id}):
            return _launch(row)
        raise UnknownLaunch(campaign_id)

    def advance(self, launch: LaunchRecord, state: LaunchState, note: str) -> LaunchRecord:
        """Commit the next state; see `LaunchLedger.advance`."""
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["lock_launch"], {"campaign_id": launch.campaign_id})
            current = self._read(cursor, launch.campaign_id)
            if current.state is LaunchState.WITHDRAWN:
                raise NotAllowedToActivate(f"{launch.campaign_id} was withdrawn.")
            if current.plan.hash != launch.plan.hash:
                raise NotAllowedToActivate(
                    f"{launch.campaign_id}: the plan changed from {launch.plan.hash[:12]} to "
                    f"{current.plan.hash[:12]} meanwhile. Trigger the launch again."
                )
            if ORDER.index(current.state) < ORDER.index(state):
                _refuse_switch(current, state)
                if state is LaunchState.ACTIVATING:
                    limits = lock_limits(cursor, current.account_id)
                    live = read_commitments(cursor, current.account_id) if limits.any else []
                    refuse_over_limit(current.plan, limits, live)
                cursor.execute(
                    self._sql["advance"], {"campaign_id": launch.campaign_id, "state": state}
                )
                self._note(cursor, launch.campaign_id, state.lower(), note)
            return self._read(cursor, launch.campaign_id)

    def approve(
        self,
        launch: LaunchRecord,
        approved: bool,
        decided_by: str,
        *,
        person_id: str | None = None,
        plan_hash: str | None = None,
    ) -> str | None:
        """Record a person's decision on one plan: the one the launch is to have, or `plan_hash`.

        `person_id` is what their sign-in service calls them, if that is not their name. Returns why
        the decision does not count, or None when it does; either way it is kept.
        """
        with self._database.transaction() as cursor:
            row = cursor.execute(
                self._sql["add_approval"],
                {
                    "campaign_id": launch.campaign_id,
                    "plan_hash": plan_hash or launch.target.hash,
                    "approved": approved,
                    "decided_by": decided_by,
                    "decided_by_id": person_id,
                },
            ).fetchone()
            assert row is not None, "RETURNING gives the row that was inserted"
            refused: str | None = row["refused"]
            event = "approved" if approved else "rejected"
            if refused is not None:
                self._note(cursor, launch.campaign_id, "approval refused", refused)
            else:
                self._note(cursor, launch.campaign_id, event, decided_by)
            return refused

    def withdraw(self, campaign_id: str, by: str) -> LaunchRecord:
        """Commit that the launch is taken back, for ever. UnknownLaunch when there is none."""
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["withdraw"], {"campaign_id": campaign_id, "by": by})
            if cursor.rowcount:
                self._note(cursor, campaign_id, "withdrawn", by)
            return self._read(cursor, campaign_id)

    def pause(self, campaign_id: str, by: str) -> LaunchRecord:
        """Commit that a person switches it off; see `LaunchLedger.pause`."""
        with self._database.transaction() as cursor:
            cursor.execute(self._sql["lock_launch"], {"campaign_id": campaign_id})
            launch = self._read(cursor, campaign_id)
            refuse_pause(launch)
            cursor.execute(self._sql["pause"], {"campaign_id": campaign_id, "by": by})
            if not launch.paused:
                self._note(cursor, campaign_id, "switched off", by)
            return self._read(cursor, campaign_id)

    def begin_resume(self, launch: LaunchRecord) -> LaunchRecord:
        """Commit that it is about to be switched on; see `LaunchLedger.begin_resume`."""
        with self._database.transaction() as cursor:
            current = self._locked(cursor, launch)
            self._refuse_resume(cursor, current)
            if current.paused_at != launch.paused_at:
                raise NotAllowedToActivate(
                    f"{launch.campaign_id} was paused again meanwhile. Resume it again if it is to "
                    "go on."
                )
            cursor.execute(self._sql["begin_resume"], {"campaign_id": launch.campaign_id})
            return self._read(cursor, launch.campaign_id)

    def finish_resume(self, launch: LaunchRecord, by: str) -> LaunchRecord:
        """Commit that it is on again; see `LaunchLedger.finish_resume`."""
        with self._database.transaction() as cursor:
            current = self._locked(cursor, launch)
            if current.live and not current.paused:
                return current  # Another worker resumed it meanwhile, with the same call.
            self._refuse_resume(cursor, current)
            if not current.resuming:
                raise NotAllowedToActivate(
                    f"{launch.campaign_id} was paused again meanwhile, or its resumption took too "
                    "long. Resume it again if it is to go on."
                )
            cursor.execute(self._sql["finish_resume"], {"campaign_id": launch.campaign_id})
            self._note(cursor, launch.campaign_id, "switched on", by)
            return self._read(cursor, launch.campaign_id)

    def _locked(self, cursor: Any, launch: LaunchRecord) -> LaunchRecord:
        cursor.execute(self._sql["lock_launch"], {"campaign_id": launch.campaign_id})
        return self._read(cursor, launch.campaign_id)

    def _refuse_resume(self, cursor: Any, current: LaunchRecord) -> None:
        """Raise unless a launch that is locked may be switched on again."""
        refuse_resume(current)
        limits = lock_limits(cursor, current.account_id)
        live = read_commitments(cursor, current.account_id) if limits.any else []
        refuse_over_limit(current.plan, limits, live)

    def record_error(self, campaign_id: str, error: str, *, stopped: bool) -> None:
        """Keep the last error where people look for it; see `LaunchLedger.record_error`."""
        self._database.rows(
            self._sql["record_error"],
            {"campaign_id": campaign_id, "error": error, "stopped": stopped},
        )

    def note(self, campaign_id: str, event: str, detail: str) -> None:
        """Write what happened into the launch's history; see `LaunchLedger.note`."""
        with self._database.transaction() as cursor:
            self._note(cursor, campaign_id, event, detail)

    def unfinished(self, idle_seconds: float, watch_seconds: float) -> list[str]:
        """Return the launches to look at again; see `LaunchLedger.unfinished`."""
        rows = self._database.rows(
            self._sql["unfinished"], {"idle": idle_seconds, "watch": watch_seconds}
        )
        return [row["campaign_id"] for row in rows]

    def due(self, within_seconds: float, late_seconds: float) -> Mapping[str, float]:
        """Return the launches that go live soon; see `LaunchLedger.due`."""
        rows = self._database.rows(
            self._sql["due"], {"within": within_seconds, "late": late_seconds}
        )
        return {row["campaign_id"]: row["seconds_left"] for row in rows}

    def steps(self, campaign_id: str) -> list[dict[str, Any]]:
        """Return the steps of a launch in plan order: key, kind, state, object id, epoch, error."""
        return self._database.rows(self._sql["steps_of"], {"campaign_id": campaign_id})

    def launches(self) -> list[dict[str, Any]]:
        """Return every launch, newest first."""
        return self._database.rows(self._sql["launches"])

    def _note(self, cursor: Any, campaign_id: str, event: str, detail: str) -> None:
        cursor.execute(
            self._sql["add_event"],
            {"campaign_id": campaign_id, "event": event, "detail": detail},
        )

    def _read(self, cursor: Any, campaign_id: str) -> LaunchRecord:
        row = cursor.execute(self._sql["read_launch"], {"campaign_id": campaign_id}).fetchone()
        if row is None:
            raise UnknownLaunch(campaign_id)
        return _launch(row)


def _launch(row: dict[str, Any]) -> LaunchRecord:
    return LaunchRecord(
        account_id=row["account_id"],
        campaign_id=row["campaign_id"],
        state=LaunchState(row["state"]),
        plan=Plan.from_json(row["body"]),
        now=row["now"],
        activate_at=row["activate_at"],
        approved_hash=row["approved_hash"],
        withdrawn_at=row["withdrawn_at"],
        paused_at=row["paused_at"],
        resuming_at=row["resuming_at"],
        stopped=row["stopped"],
        decision=_decision(row),
        revision=Plan.from_json(row["revision"]) if row["revision"] else None,
        revision_begun=row["revision_begun"],
        revision_approved=row["revision_approved"],
    )


def _refuse_switch(launch: LaunchRecord, state: LaunchState) -> None:
    """Say what the database would refuse: it knows no errors of ours."""
    if state in (LaunchState.ACTIVATING, LaunchState.ACTIVE) and launch.revision is not None:
        raise NotAllowedToActivate(
            f"{launch.campaign_id} is changing to plan {launch.revision.hash[:12]}; "
            "that comes first."
        )
    if state in (LaunchState.ACTIVATING, LaunchState.ACTIVE) and not launch.approved:
        raise NotAllowedToActivate(missing_approval(launch))
    if state is LaunchState.ACTIVE:
        if launch.activate_at is None:
            raise NotAllowedToActivate(f"{launch.campaign_id} has no activation time any more.")
        if launch.now < launch.activate_at:
            raise WaitUntil(f"{launch.campaign_id} goes live later.", launch.activate_at)


def _decision(row: dict[str, Any]) -> Decision | None:
    if row["decided_by"] is None:
        return None
    return Decision(row["approved"], row["decided_by"], row["decided_at"], row["expires_at"])


def _known(row: dict[str, Any]) -> KnownStep:
    return KnownStep(
        row["key"],
        StepKind(row["kind"]),
        StepState(row["state"]),
        row["spec_hash"],
        row["object_id"],
        row["applied"],
        row["changing"],
    )


def _values(plan: Plan) -> dict[str, Any]:
    return {
        "hash": plan.hash,
        "account_id": plan.account_id,
        "campaign_id": plan.campaign_id,
        "body": Jsonb(plan.as_json()),
        # A campaign that is to stay paused never comes due.
        "activate_at": None if plan.paused else plan.activate_at,
        "daily_spend": plan.spend.daily,
        "lifetime_spend": plan.spend.lifetime,
        "spends_until": plan.spend.until,
    }
