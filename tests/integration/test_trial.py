"""Trying a launch at the emulator: every rule runs, and its journal stays as it was."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest

from meta_ads.errors import InvalidCampaign
from meta_ads.launching.preflight import Checked, check
from meta_ads.launching.trial import refuse_refused, trials
from meta_ads.media.inspection import MediaInspector
from meta_ads.planning.step import StepKind
from tests.conftest import PROJECT
from tests.integration.launcher import Launcher

DELETED = {"status": "DELETED"}


@pytest.fixture
def launcher(launcher: Launcher) -> Launcher:
    """The launcher of these tests, with one campaign file."""
    file = PROJECT / "include/campaigns/examples/spring_formats.yaml"
    shutil.copy(file, launcher.home / "include/campaigns")
    return launcher


def checked(launcher: Launcher) -> Checked:
    media = MediaInspector(launcher.home / "creatives")
    now = datetime.now(UTC)
    return check(launcher.home, "spring_formats", media, launcher.meta, None, now)


def known(launcher: Launcher, plan: Checked, *kinds: StepKind) -> dict[str, str]:
    """Return the ids of these kinds, as if the others were not created yet."""
    return dict(launcher.steps.object_ids([step.key for step in plan.plan.of_kind(*kinds)]))


def test_every_object_of_a_launch_can_be_tried_and_none_is_made(launcher: Launcher) -> None:
    found = checked(launcher)
    refuse_refused(found, {}, launcher.meta)
    assert launcher.journal() == []
    launcher.create(found.plan)
    before = launcher.journal()
    tried = set()
    for made in (
        (StepKind.VIDEO, StepKind.IMAGE),
        (StepKind.CAMPAIGN,),
        (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.CREATIVE),
    ):
        ids = known(launcher, found, *made)
        tried |= {step.key for step in trials(found.plan, ids)}
        refuse_refused(found, ids, launcher.meta)
    assert len(tried) == len(found.plan.steps) - len(
        found.plan.of_kind(StepKind.VIDEO, StepKind.IMAGE)
    )
    assert launcher.journal() == before


def test_what_meta_refuses_is_told_before_anything_is_made(launcher: Launcher) -> None:
    found = checked(launcher)
    launcher.create(found.plan)
    [campaign] = known(launcher, found, StepKind.CAMPAIGN).items()
    launcher.meta.update(campaign[1], DELETED)
    before = launcher.journal()
    with pytest.raises(InvalidCampaign) as caught:
        refuse_refused(found, dict([campaign]), launcher.meta)
    refused = [problem for problem in caught.value.problems if problem.is_error]
    assert [problem.path for problem in refused] == ["ad_sets[0]", "ad_sets[1]"]
    assert all("fbtrace_id" in problem.message for problem in refused)
    assert launcher.journal() == before
