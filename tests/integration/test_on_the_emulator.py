"""Whole launches by the use cases: the real adapter, the emulator's rules, real Postgres and media.

Every example and every golden campaign of the emulator's accounts is launched, verified, read back
as a campaign file whose plan is the same, and launched again without a write.
"""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meta_ads.launching.activation import Activator
from meta_ads.launching.ports import LaunchState
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind
from meta_ads.store.statuses import StatusStore
from meta_ads.syncing.statuses import sync_account
from tests.conftest import PROJECT
from tests.integration.drifting import drift
from tests.integration.launcher import ORDER, Launcher
from tests.integration.reading_back import essence, imported, plan_of

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


@pytest.mark.parametrize(
    "file", [*EXAMPLES, *GOLDEN], ids=lambda file: f"{file.parent.name}-{file.stem}"
)
def test_a_campaign_is_launched_imported_and_launched_again_without_a_write(
    launcher: Launcher, file: Path
) -> None:
    shutil.copy(file, launcher.home / "include/campaigns")
    if (file.parent / "brands.yaml").exists():
        shutil.copy(file.parent / "brands.yaml", launcher.home / "configs")
    campaign_id = next(
        line.split()[1] for line in file.read_text().splitlines() if "campaign_id:" in line
    )
    plan = launcher.check(campaign_id)
    launcher.create(plan)
    launcher.go_live(campaign_id)
    assert launcher.launches.launch(campaign_id).state is LaunchState.VERIFIED
    assert drift(launcher, plan.account_id) == []
    found = imported(launcher, plan)
    assert found.differences == ()
    assert essence(plan_of(launcher, found)) == essence(plan)
    before = launcher.journal()
    created = [entry["object_kind"] for entry in before if entry["kind"] == "create"]
    wanted = [step.kind.replace("_", "") for step in plan.of_kind(*ORDER)]
    assert sorted(kind for kind in created if kind in wanted) == sorted(wanted)
    launcher.create(launcher.check(campaign_id, LaunchState.VERIFIED))
    activator = Activator(launcher.meta, launcher.launches, launcher.steps, log.info)
    activator.activate(campaign_id)
    assert launcher.journal() == before


def test_a_status_sync_of_an_account_costs_a_call_for_each_list_however_many_objects(
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
    assert len(calls) == 6


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
