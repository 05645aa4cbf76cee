"""Deadlines that Airflow's scheduler watches: people are told from the triggerer, without a worker.

Whoever misses one is told by the ledger, which the callback asks first: Airflow knows that a run
has not succeeded by then, not whether its launch is live.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import (
    BaseDeadlineReference,
    DeadlineAlert,
    DeadlineReference,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# The ledger calls a launch late after two minutes; its clock may be another one than Airflow's.
LATE_AFTER = timedelta(seconds=150)
_OVER = frozenset({"success", "failed"})


class ActivationTime(BaseDeadlineReference):
    """When the launch of a run is to be live: the file's time, or the later one of the trigger.

    Registered by the plugin. A dry run has no such time, and neither has a run that began after it:
    what it changes is live already, or refused.

    :param moment: the file's time, aware UTC
    :param timezone: the account's zone, which a trigger's time without an offset is in
    """

    required_kwargs = frozenset({"dag_id", "run_id"})

    def __init__(self, moment: datetime, timezone: str) -> None:
        self.moment = moment
        self.timezone = timezone

    def serialize_reference(self) -> dict[str, Any]:
        """Return what the scheduler keeps of it."""
        return {
            **super().serialize_reference(),
            "moment": self.moment.isoformat(),
            "timezone": self.timezone,
        }

    @classmethod
    def deserialize_reference(cls, reference_data: dict[str, Any]) -> ActivationTime:
        """Return the reference that was kept."""
        return cls(datetime.fromisoformat(reference_data["moment"]), reference_data["timezone"])

    def _evaluate_with(self, *, session: Session, dag_id: str, run_id: str) -> datetime | None:
        """Return the time of one run; called in Airflow's process that makes the run."""
        from airflow.models import DagRun
        from sqlalchemy import select

        run = select(DagRun.conf).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        return self.of_run(session.scalar(run) or {}, datetime.now(UTC))

    def of_run(self, conf: Mapping[str, Any], now: datetime) -> datetime | None:
        """Return when a run with this conf is to be live (aware UTC); None for one without a time.

        A time that nobody can read is for `preflight` to refuse.
        """
        if conf.get("dry_run"):
            return None
        # The plugin loads this module into every process of Airflow: the rest comes when needed.
        from meta_ads.launching.override import moment_at_trigger

        moment, asked = self.moment, conf.get("activate_at")
        if asked:
            try:
                moment = moment_at_trigger(str(asked), self.timezone)
            except ValueError:
                return None
        return moment if moment > now else None


def live_by(campaign_id: str, moment: datetime, timezone: str, home: Path) -> DeadlineAlert:
    """Return the alert of a launch DAG: its launch is not live soon after its time."""
    return DeadlineAlert(
        reference=ActivationTime(moment, timezone),
        interval=LATE_AFTER,
        callback=AsyncCallback(
            launch_is_late, kwargs={"home": str(home), "campaign_id": campaign_id}
        ),
        name="Live at its time",
    )


def ended_within(longest: timedelta, subject: str, home: Path) -> DeadlineAlert:
    """Return the alert of a DAG whose runs take no longer than `longest` from their queueing on."""
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=longest,
        callback=AsyncCallback(run_is_overdue, kwargs={"home": str(home), "subject": subject}),
        name=f"Done within {longest}",
    )


async def launch_is_late(home: str, campaign_id: str, context: Mapping[str, Any]) -> None:
    """Tell people what the ledger calls late, and that a run has not even planned its launch."""
    from meta_ads.airflow.notifying import tell_late_launch

    run = context["dag_run"]
    waiting = None if run["state"] in _OVER else str(run["dag_run_id"])
    moment = _missed(context) - LATE_AFTER
    await asyncio.to_thread(tell_late_launch, Path(home), campaign_id, moment, waiting)


async def run_is_overdue(home: str, subject: str, context: Mapping[str, Any]) -> None:
    """Tell people that a run of one of our own DAGs has not ended in its time."""
    from meta_ads.airflow.notifying import tell_overdue_run

    run = context["dag_run"]
    if run["state"] in _OVER:
        return
    await asyncio.to_thread(
        tell_overdue_run, Path(home), subject, run["dag_id"], run["dag_run_id"], _missed(context)
    )


def _missed(context: Mapping[str, Any]) -> datetime:
    """Return the deadline's time; Airflow hands it over as it is, or as text."""
    return datetime.fromisoformat(str(context["deadline"]["deadline_time"])).astimezone(UTC)
