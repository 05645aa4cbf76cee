"""Objects that a person archived or deleted at Meta: before, while and after a launch is live.

Real Postgres, and the emulator for Meta's rules.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from meta_ads.errors import NotAllowedToActivate, VerificationFailed
from meta_ads.launching.activation import Activator
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.reconciliation import Outcome, Reconciler
from meta_ads.launching.verification import verify
from meta_ads.launching.withdrawal import withdraw
from meta_ads.media.files import CreativeFiles
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind
from meta_ads.store.statuses import StatusStore
from meta_ads.syncing.statuses import sync_account
from tests.conftest import PROJECT
from tests.integration.launcher import Launcher

log = logging.getLogger(__name__)
LAUNCH = "spring_sale"
LEVELS = (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD)
Person = Callable[[StepKind, str], None]
fates = pytest.mark.parametrize("fate", ["ARCHIVED", "DELETED"])
kinds = pytest.mark.parametrize("kind", LEVELS)


@pytest.fixture
def plan(launcher: Launcher) -> Plan:
    """A launch that is complete at Meta, paused, and waits for its time."""
    text = (PROJECT / f"include/campaigns/examples/{LAUNCH}.yaml").read_text()
    moment = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")
    body = text[: text.index("schedule:")]
    file = launcher.home / f"include/campaigns/{LAUNCH}.yaml"
    file.write_text(f"{body}schedule:\n  activate_at: {moment}\n")
    plan = launcher.check(LAUNCH)
    launcher.create(plan)
    return plan


@pytest.fixture
def person(launcher: Launcher, plan: Plan) -> Person:
    """Somebody in Ads Manager, who gives an object of the launch another status."""

    def act(kind: StepKind, status: str) -> None:
        launcher.meta.update(object_id(launcher, plan, kind), {"status": status})

    return act


def object_id(launcher: Launcher, plan: Plan, kind: StepKind) -> str:
    [step] = plan.of_kind(kind)
    return launcher.steps.object_ids([step.key])[step.key]


def come_due(launcher: Launcher) -> None:
    launcher.database.rows("UPDATE meta_ads.launch SET activate_at = now() - interval '1 second'")
    launcher.world.settle()


def reconcile(launcher: Launcher) -> Outcome:
    files = CreativeFiles(launcher.home / "creatives")
    ports = (launcher.meta, launcher.launches, launcher.steps, files)
    return Reconciler(*ports, "reconciler", log.info).drive(LAUNCH)


def take_back(launcher: Launcher) -> LaunchState:
    ports = (launcher.meta, launcher.launches, launcher.steps, log.info)
    return withdraw(LAUNCH, "ann", *ports).state


def seen(launcher: Launcher, plan: Plan, kind: StepKind) -> str:
    """Sync the account; return what the status table then says of an object."""
    sync_account(plan.account_id, launcher.meta, StatusStore(launcher.database))
    [row] = launcher.database.rows(
        "SELECT effective_status FROM meta_ads.object_status WHERE object_id = %(id)s",
        {"id": object_id(launcher, plan, kind)},
    )
    status: str = row["effective_status"]
    return status


@fates
@kinds
def test_a_waiting_launch_is_not_switched_on_and_the_error_says_what_to_do(
    launcher: Launcher, plan: Plan, person: Person, kind: StepKind, fate: str
) -> None:
    person(kind, fate)
    come_due(launcher)
    written = len(launcher.journal())
    activator = Activator(launcher.meta, launcher.launches, launcher.steps, log.info)
    with pytest.raises(VerificationFailed) as refused:
        activator.activate(LAUNCH)
    text = str(refused.value)
    assert f"{kind.replace('_', ' ')} “" in text
    assert f"effective status is {fate}" in text
    assert f"adlaunch withdraw {LAUNCH}" in text
    assert "another campaign_id" in text
    assert len(launcher.journal()) == written


@fates
def test_the_second_activator_says_so_once_and_leaves_the_launch_to_a_person(
    launcher: Launcher, plan: Plan, person: Person, fate: str
) -> None:
    person(StepKind.AD_SET, fate)
    come_due(launcher)
    [problem] = reconcile(launcher).problems
    assert f"effective status is {fate}" in problem
    assert reconcile(launcher).problems == []
    assert launcher.launches.launch(LAUNCH).state is LaunchState.PAUSED


@fates
@kinds
def test_a_launch_whose_object_is_gone_can_be_taken_back_and_never_goes_live(
    launcher: Launcher, plan: Plan, person: Person, kind: StepKind, fate: str
) -> None:
    person(kind, fate)
    assert take_back(launcher) is LaunchState.WITHDRAWN
    come_due(launcher)
    assert reconcile(launcher).problems == []
    activator = Activator(launcher.meta, launcher.launches, launcher.steps, log.info)
    with pytest.raises(NotAllowedToActivate, match="withdrawn"):
        activator.activate(LAUNCH)


@fates
@kinds
def test_what_is_gone_of_a_live_launch_is_seen_by_sync_and_verify_and_made_by_nobody(
    launcher: Launcher, plan: Plan, person: Person, kind: StepKind, fate: str
) -> None:
    launcher.go_live(LAUNCH)
    assert seen(launcher, plan, kind) != fate
    person(kind, fate)
    written = len(launcher.journal())
    assert seen(launcher, plan, kind) == fate
    with pytest.raises(VerificationFailed, match=f"live, but not as planned[^$]*{fate}"):
        verify(LAUNCH, launcher.meta, launcher.launches, launcher.steps, log.info)
    assert reconcile(launcher).problems == []
    launcher.create(launcher.check(LAUNCH, LaunchState.VERIFIED))
    assert len(launcher.journal()) == written
    assert take_back(launcher) is LaunchState.WITHDRAWN
