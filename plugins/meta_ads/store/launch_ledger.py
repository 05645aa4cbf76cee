"""The ledger of launches in Postgres: which plan is pinned, who approved it, how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meta_ads.errors import FixInput, NotAllowedToActivate, TryAgain
from meta_ads.launching.activation import refuse_switch
from meta_ads.launching.approval import missing_approval
from meta_ads.launching.pinning import Choice, KnownStep, changes_left, choose_plan
from meta_ads.launching.ports import LaunchRecord, LaunchState, Trigger
from meta_ads.launching.spending import refuse_over_limit
from meta_ads.planning.changes import Changes, missing
from meta_ads.planning.plan import Plan
from meta_ads.store.launch_rows import known_step, plan_values
from meta_ads.store.launch_tables import UnknownLaunch
from meta_ads.store.pause_ledger import PauseLedger
from meta_ads.store.queries import queries
from meta_ads.store.spending import lock_limits, read_commitments

__all__ = ["ORDER", "PostgresLaunchLedger", "UnknownLaunch"]

# How far a launch is; it never goes back.
ORDER = (
    LaunchState.PLANNED,
    LaunchState.PAUSED,
    LaunchState.ACTIVATING,
    LaunchState.ACTIVE,
    LaunchState.VERIFIED,
)


class PostgresLaunchLedger(PauseLedger):
    """`LaunchLedger` on Postgres. All times are the database's clock."""

    def pin(self, plan: Plan, trigger: Trigger | None = None) -> LaunchRecord:
        """Store the plan and make it the launch's; see `LaunchLedger.pin`."""
        with self._database.transaction() as cursor:
            values = plan_values(plan)
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
        target = plan_values(choice.target)
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
            cursor.execute(self._sql["begin_revision"], plan_values(current.target))
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
            cursor.execute(self._sql["promote"], plan_values(current.target))
            self._note(cursor, launch.campaign_id, "changed", current.target.hash)
            return self._read(cursor, launch.campaign_id)

    def _locked_revision(self, cursor: Any, launch: LaunchRecord) -> LaunchRecord:
        """Lock the launch; return it when it still has the same revision to change to."""
        current = self._locked(cursor, launch)
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
        return [known_step(row) for row in rows]

    def advance(self, launch: LaunchRecord, state: LaunchState, note: str) -> LaunchRecord:
        """Commit the next state; see `LaunchLedger.advance`."""
        with self._database.transaction() as cursor:
            current = self._locked(cursor, launch)
            if current.state is LaunchState.WITHDRAWN:
                raise NotAllowedToActivate(f"{launch.campaign_id} was withdrawn.")
            if current.plan.hash != launch.plan.hash:
                raise NotAllowedToActivate(
                    f"{launch.campaign_id}: the plan changed from {launch.plan.hash[:12]} to "
                    f"{current.plan.hash[:12]} meanwhile. Trigger the launch again."
                )
            if ORDER.index(current.state) < ORDER.index(state):
                refuse_switch(current, state)
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
