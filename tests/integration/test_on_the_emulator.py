"""Whole launches by the use cases: the real adapter, the emulator's rules, real Postgres and media.

Every example and every golden campaign of the emulator's accounts is launched, verified, and
launched again without a write.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

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
from meta_ads.store.statuses import StatusStore
from meta_ads.store.step_ledger import PostgresStepLedger
from meta_ads.syncing.statuses import sync_account
from tests.conftest import PROJECT
from tests.contract.worlds import EmulatedWorld, emulator

log = logging.getLogger(__name__)
# Golden campaigns with accounts of their own name identities that the emulator does not know, and
# two name a page and a pixel of nobody.
GOLDEN = [
    case / "campaign.yaml"
    for case in sorted((PROJECT / "tests/golden/launch").iterdir())
    if not (case / "accounts.yaml").exists()
    and case.name not in ("own_page_and_pixel", "identities_of_parts")
]
EXAMPLES = sorted((PROJECT / "include/campaigns/examples").glob("*.yaml"))
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


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedWorld]:
    with emulator(tmp_path_factory.mktemp("emulator") / "state") as url:
        yield EmulatedWorld(url)


@pytest.fixture
def launcher(world: EmulatedWorld, database: Database, tmp_path: Path) -> Launcher:
    world.control("POST", "reset")
    world.control("POST", "clock", {"offset_seconds": 0})
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    (tmp_path / "creatives").symlink_to(PROJECT / "creatives")
    (tmp_path / "include/campaigns").mkdir(parents=True)
    return Launcher(world, database, tmp_path)


@pytest.mark.parametrize(
    "file", [*EXAMPLES, *GOLDEN], ids=lambda file: f"{file.parent.name}-{file.stem}"
)
def test_a_campaign_is_launched_and_launched_again_without_a_write(
    launcher: Launcher, file: Path
) -> None:
    shutil.copy(file, launcher.home / "include/campaigns")
    campaign_id = next(
        line.split()[1] for line in file.read_text().splitlines() if "campaign_id:" in line
    )
    plan = launcher.check(campaign_id)
    launcher.create(plan)
    launcher.go_live(campaign_id)
    assert launcher.launches.launch(campaign_id).state is LaunchState.VERIFIED
    before = launcher.journal()
    created = [entry["object_kind"] for entry in before if entry["kind"] == "create"]
    wanted = [step.kind.replace("_", "") for step in plan.of_kind(*ORDER)]
    assert sorted(kind for kind in created if kind in wanted) == sorted(wanted)
    launcher.create(launcher.check(campaign_id, LaunchState.VERIFIED))
    activator = Activator(launcher.meta, launcher.launches, launcher.steps, log.info)
    activator.activate(campaign_id)
    assert launcher.journal() == before


def test_a_status_sync_of_an_account_costs_a_call_for_each_level_however_many_objects(
    launcher: Launcher,
) -> None:
    for number in range(12):
        launcher.meta.create(
            StepKind.CAMPAIGN,
            "act_100000000000101",
            {
                "name": f"Campaign {number}",
                "objective": "OUTCOME_SALES",
                "status": "PAUSED",
                "special_ad_categories": [],
                "daily_budget": 5000,
                "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
            },
        )
    calls: list[str] = []
    transport = launcher.meta._client.transport
    send = transport.send

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls.append(str(args))
        return send(*args, **kwargs)

    transport.send = counted  # type: ignore[method-assign]
    store = StatusStore(launcher.database)
    assert sync_account("act_100000000000101", launcher.meta, store).seen == 12
    assert len(calls) == 4


def test_a_rescheduled_launch_moves_its_start_at_meta(launcher: Launcher) -> None:
    def commit(hours: int) -> Plan:
        moment = datetime.now(UTC) + timedelta(hours=hours)
        text = (PROJECT / "include/campaigns/examples/spring_sale.yaml").read_text()
        body = text[: text.index("schedule:")]
        (launcher.home / "include/campaigns/spring_sale.yaml").write_text(
            f"{body}schedule:\n  activate_at: {moment.isoformat(timespec='seconds')}\n"
        )
        return launcher.check("spring_sale")

    launcher.create(commit(3))
    moved = commit(5)
    launcher.create(moved)
    [step] = moved.of_kind(StepKind.AD_SET)
    object_id = launcher.steps.object_ids([step.key])[step.key]
    shown = datetime.fromisoformat(launcher.meta.read(object_id, ["start_time"])["start_time"])
    assert shown == moved.activate_at
