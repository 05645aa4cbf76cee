"""A small launch on real Postgres and a fake Meta, for tests of the use cases."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from meta_ads.launching.activation import Activator
from meta_ads.launching.creation import Creator
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.reconciliation import Outcome, Reconciler
from meta_ads.launching.verification import verify
from meta_ads.launching.withdrawal import withdraw
from meta_ads.media.files import CreativeFiles
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import REFERENCE, Step, StepKind, marker, step_key
from meta_ads.store.database import Database
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.fakes.platform import ACCOUNT, FakePlatform

log = logging.getLogger(__name__)
LEVELS = (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD)
# A launch touched this long ago is nobody's, and every step's lease and quiescence are over.
LONG_AGO = timedelta(hours=1)


def plan(
    campaign_id: str = "spring",
    *,
    activates_in: timedelta | None = timedelta(seconds=-1),
    budget: int = 5000,
    **changes: bool,
) -> Plan:
    keys = {kind: step_key(ACCOUNT, campaign_id, kind, 0) for kind in LEVELS}

    def step(kind: StepKind, **params: object) -> Step:
        tag = marker(keys[kind])
        named = {
            "name": f"Spring [#{tag}]",
            "status": "PAUSED",
            "adlabels": [{"name": f"adlaunch:{tag}"}],
            **params,
        }
        return Step(key=keys[kind], kind=kind, params=named)

    return Plan(
        campaign_id=campaign_id,
        account_id=ACCOUNT,
        steps=(
            step(StepKind.CAMPAIGN, daily_budget=budget, bid_strategy="LOWEST_COST_WITHOUT_CAP"),
            step(StepKind.AD_SET, campaign_id={REFERENCE: keys[StepKind.CAMPAIGN]}),
            step(StepKind.AD, adset_id={REFERENCE: keys[StepKind.AD_SET]}),
        ),
        activate_at=datetime.now(UTC) + activates_in if activates_in is not None else None,
        approval_required=changes.get("approval_required", False),
        summary={"Campaign": "Spring"},
        declared=f"{activates_in} {budget} {changes}",
    )


class Launch:
    """One launch on real Postgres and a fake Meta."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.platform = FakePlatform()
        self.launches = PostgresLaunchLedger(database)
        self.steps = PostgresStepLedger(database)

    def create(self, plan: Plan) -> None:
        self.launches.pin(plan)
        creator = Creator(self.platform, self.steps, "worker", log.info)
        for step in plan.steps:
            creator.ensure(step, plan.account_id)
        launch = self.launches.launch(plan.campaign_id)
        if launch.state is LaunchState.PLANNED:
            self.launches.advance(launch, LaunchState.PAUSED, "complete")

    def activate(self) -> LaunchState:
        activator = Activator(self.platform, self.launches, self.steps, log.info)
        return activator.activate("spring").state

    def verify(self) -> LaunchState:
        return verify("spring", self.platform, self.launches, self.steps, log.info).state

    def withdraw(self) -> LaunchState:
        return withdraw("spring", "ann", self.platform, self.launches, self.steps, log.info).state

    @property
    def switched_on(self) -> list[str]:
        return [
            self.platform.objects[object_id].kind
            for object_id, params in self.platform.updates
            if params.get("status") == "ACTIVE"
        ]

    def live(self) -> bool:
        campaign = self.platform.of_kind(StepKind.CAMPAIGN)[0]
        return campaign.status == "ACTIVE"

    def reconcile(self, files: Path = Path("creatives")) -> Outcome:
        """One pass of the reconciler, by a worker of its own."""
        self.passes = getattr(self, "passes", 0) + 1
        reconciler = Reconciler(
            self.platform,
            self.launches,
            self.steps,
            CreativeFiles(files),
            f"reconciler-{self.passes}",
            log.info,
        )
        return reconciler.drive("spring")

    def later(self, by: timedelta = LONG_AGO) -> None:
        """Let time pass for the ledger: its own times move into the past."""
        self.database.rows(
            "UPDATE meta_ads.step SET attempt_at = attempt_at - %(by)s,"
            " not_before = not_before - %(by)s, lease_until = lease_until - %(by)s,"
            " swept_at = swept_at - %(by)s",
            {"by": by},
        )

    def alive(self, kind: StepKind) -> list[str]:
        """Return the ids of the objects of a kind that are not deleted."""
        return [item.object_id for item in self.platform.of_kind(kind) if item.status != "DELETED"]
