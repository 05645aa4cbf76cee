"""Drift from the emulator's own pages to the table: found, kept, settled, and never made up."""

from __future__ import annotations

from typing import Any

import pytest

from meta_ads.launching.withdrawal import withdraw
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind
from meta_ads.store.drift import DriftStore
from tests.conftest import PROJECT
from tests.integration.drifting import drift
from tests.integration.launcher import Launcher, log

ACCOUNT = "act_100000000000101"
EXAMPLE = PROJECT / "include/campaigns/examples/spring_sale.yaml"


@pytest.fixture
def plan(launcher: Launcher) -> Plan:
    """A launch that is live and verified, without drift."""
    (launcher.home / "include/campaigns/spring_sale.yaml").write_text(EXAMPLE.read_text())
    made = launcher.check("spring_sale")
    launcher.create(made)
    launcher.go_live("spring_sale")
    assert drift(launcher, ACCOUNT) == []
    return made


def object_of(launcher: Launcher, plan: Plan, kind: StepKind) -> str:
    [step] = plan.of_kind(kind)
    return launcher.steps.object_ids([step.key])[step.key]


def meta_edits(launcher: Launcher, object_id: str, **details: Any) -> None:
    launcher.world.control("POST", f"meta_edits/{object_id}", details)


def rows(launcher: Launcher) -> list[dict[str, Any]]:
    return launcher.database.rows("SELECT * FROM meta_ads.drift ORDER BY id")


@pytest.mark.parametrize(
    ("kind", "edit", "words"),
    [
        (StepKind.CAMPAIGN, {"kind": "pause"}, " is paused at Meta, planned on"),
        (
            StepKind.CAMPAIGN,
            {"kind": "change_budget", "daily_budget": 8000},
            ", the daily budget: SGD 80.00 at Meta, planned SGD 50.00",
        ),
        (
            StepKind.CREATIVE,
            {"kind": "enable_creative_enhancement", "feature": "image_touchups"},
            ", the enhancement “image touchups”: on at Meta, planned off",
        ),
        (
            StepKind.AD_SET,
            {"kind": "set_advantage_audience", "value": 0},
            ", Advantage+ audience: off at Meta, planned on",
        ),
        (StepKind.AD, {"kind": "disapprove"}, None),
        (StepKind.AD, {"kind": "review_again"}, None),
    ],
)
def test_what_meta_or_a_person_changes_is_found_and_nothing_else(
    launcher: Launcher, plan: Plan, kind: StepKind, edit: dict[str, Any], words: str | None
) -> None:
    meta_edits(launcher, object_of(launcher, plan, kind), **edit)
    found = drift(launcher, ACCOUNT)
    assert len(found) == (words is not None)
    assert all(text.endswith(str(words)) for text in found)


def test_a_finding_keeps_when_it_was_first_seen_and_is_settled_when_it_is_gone(
    launcher: Launcher, plan: Plan
) -> None:
    campaign = object_of(launcher, plan, StepKind.CAMPAIGN)
    launcher.meta.update(campaign, {"daily_budget": 8000})
    drift(launcher, ACCOUNT)
    launcher.meta.update(campaign, {"daily_budget": 9000})
    drift(launcher, ACCOUNT)
    [row] = rows(launcher)
    assert (row["planned"], row["found"], row["settled_at"]) == ("5000", "9000", None)
    assert row["first_seen_at"] < row["last_seen_at"]
    assert [item["campaign_id"] for item in DriftStore(launcher.database).open([ACCOUNT])] == [
        "spring_sale"
    ]
    launcher.meta.update(campaign, {"daily_budget": 5000})
    assert drift(launcher, ACCOUNT) == []
    [row] = rows(launcher)
    assert row["settled_at"] is not None
    launcher.meta.update(campaign, {"daily_budget": 8000})
    drift(launcher, ACCOUNT)
    assert [row["settled_at"] is None for row in rows(launcher)] == [False, True]


def test_another_creative_and_a_deleted_ad_are_told(launcher: Launcher, plan: Plan) -> None:
    ad = object_of(launcher, plan, StepKind.AD)
    [creative] = plan.of_kind(StepKind.CREATIVE)
    params = launcher.meta.read(object_of(launcher, plan, StepKind.CREATIVE), ["object_story_spec"])
    other = launcher.meta.create(
        StepKind.CREATIVE,
        ACCOUNT,
        {"name": "Other", "object_story_spec": params["object_story_spec"]},
    )
    launcher.meta.update(ad, {"creative": {"creative_id": other}})
    [told] = drift(launcher, ACCOUNT)
    assert f"shows creative {other} at Meta" in told
    launcher.meta.update(ad, {"status": "DELETED"})
    [told] = drift(launcher, ACCOUNT)
    assert told.endswith("was deleted at Meta")
    # Known to be gone, it is not asked for again, and still told.
    assert drift(launcher, ACCOUNT) == [told]
    assert creative.key


def test_a_withdrawn_launch_has_no_drift_and_its_findings_are_settled(
    launcher: Launcher, plan: Plan
) -> None:
    launcher.meta.update(object_of(launcher, plan, StepKind.CAMPAIGN), {"daily_budget": 8000})
    assert len(drift(launcher, ACCOUNT)) == 1
    withdraw("spring_sale", "ann", launcher.meta, launcher.launches, launcher.steps, log.info)
    assert drift(launcher, ACCOUNT) == []
    assert [row["settled_at"] is None for row in rows(launcher)] == [False]


def test_an_edited_file_that_waits_is_no_drift_and_leaves_findings_as_they_are(
    launcher: Launcher, plan: Plan
) -> None:
    launcher.meta.update(object_of(launcher, plan, StepKind.CAMPAIGN), {"daily_budget": 8000})
    drift(launcher, ACCOUNT)
    file = launcher.home / "include/campaigns/spring_sale.yaml"
    file.write_text(EXAMPLE.read_text().replace("daily_budget: 5000", "daily_budget: 8000"))
    launcher.launches.pin(launcher.check("spring_sale"))
    assert launcher.launches.launch("spring_sale").revision is not None
    assert drift(launcher, ACCOUNT) == []
    assert [row["settled_at"] for row in rows(launcher)] == [None]


def test_what_was_changed_just_now_is_not_judged(launcher: Launcher, plan: Plan) -> None:
    tables = DriftStore(launcher.database)
    assert tables.sent(ACCOUNT, tables.now()) != []
    [step] = plan.of_kind(StepKind.CAMPAIGN)
    with launcher.steps.lease_done(step.key, "worker"):
        assert tables.sent(ACCOUNT, tables.now()) == []
