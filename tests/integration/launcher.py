"""The chain of a launch without Airflow: real adapter, real Postgres, real media."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from meta_ads.errors import NotReadyYet
from meta_ads.graph.platform import MetaPlatform
from meta_ads.launching.activation import Activator
from meta_ads.launching.creation import Creator
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.preflight import check
from meta_ads.launching.uploading import Uploader
from meta_ads.launching.verification import verify
from meta_ads.media.files import CreativeFiles
from meta_ads.media.inspection import MediaInspector
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.contract.worlds import EmulatedWorld

log = logging.getLogger(__name__)
ORDER = (StepKind.CREATIVE, StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD)


class Launcher:
    """The chain of a launch without Airflow. `now` is where the emulator's clock may be."""

    def __init__(self, world: EmulatedWorld, database: Database, home: Path) -> None:
        self.world = world
        self.meta: MetaPlatform = world.meta
        self.database = database
        self.home = home
        self.steps = PostgresStepLedger(database)
        self.launches = PostgresLaunchLedger(database)

    def check(self, campaign_id: str, state: LaunchState | None = None) -> Plan:
        media = MediaInspector(self.home / "creatives")
        return check(self.home, campaign_id, media, self.meta, state, datetime.now(UTC)).plan

    def create(self, plan: Plan) -> None:
        self.launches.pin(plan)
        files = CreativeFiles(self.home / "creatives")
        uploader = Uploader(self.meta, self.steps, files, "worker", log.info)
        for step in plan.of_kind(StepKind.VIDEO):
            uploader.ensure_video(step, plan.account_id)
            try:
                uploader.confirm_video(step, plan.account_id)
            except NotReadyYet:
                self.world.settle()
                uploader.confirm_video(step, plan.account_id)
        for step in plan.of_kind(StepKind.IMAGE):
            uploader.ensure_image(step, plan.account_id)
        creator = Creator(self.meta, self.steps, "worker", log.info)
        for kind in ORDER:
            for step in plan.of_kind(kind):
                creator.keep_current(step, creator.ensure(step, plan.account_id), datetime.now(UTC))
        launch = self.launches.launch(plan.campaign_id)
        if launch.state is LaunchState.PLANNED:
            self.launches.advance(launch, LaunchState.PAUSED, "complete")

    def go_live(self, campaign_id: str) -> None:
        """Let the activation time come for the ledger, and switch the launch on."""
        self.database.rows(
            "UPDATE meta_ads.launch SET activate_at = now() - interval '1 second'"
            " WHERE campaign_id = %(id)s",
            {"id": campaign_id},
        )
        self.world.settle()
        Activator(self.meta, self.launches, self.steps, log.info).activate(campaign_id)
        self.world.settle()
        verify(campaign_id, self.meta, self.launches, self.steps, log.info)

    def journal(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.world.control("GET", "journal")["data"]
        return rows
