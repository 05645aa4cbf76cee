"""Campaign file in, plan out: each folder of `launch/` is a case. Adding one needs no code.

A case is `campaign.yaml`, whose first line says why it is there, `expected.json`, and `plan.txt`,
the plan as people read it. After a change that is meant, ADLAUNCH_UPDATE_GOLDEN=1 writes the
expectations anew; read their diff.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from meta_ads.campaigns.enhancements import ENHANCEMENTS
from meta_ads.campaigns.loader import LoadedCampaign
from meta_ads.governance.loading import load_governed_campaigns
from meta_ads.launching.media_checks import media_paths
from meta_ads.planning.canonical import digest
from meta_ads.planning.changes import missing
from meta_ads.planning.explain import explain, summary
from meta_ads.planning.plan import Plan
from meta_ads.planning.planner import build_plan
from meta_ads.planning.report import Report
from meta_ads.planning.report_json import as_json
from meta_ads.planning.step import StepKind
from tests.conftest import PROJECT

CASES = sorted((Path(__file__).parent / "launch").iterdir())
SCHEMA = PROJECT / "plugins/meta_ads/planning/plan.schema.json"
OFF = {"enroll_status": "OPT_OUT"}
CONFIGS = ("accounts.yaml", "brands.yaml", "taxonomy.yaml")
UPDATE = os.environ.get("ADLAUNCH_UPDATE_GOLDEN") == "1"


def copy_configs(case: Path, home: Path) -> None:
    """Give a project the case's own configuration, and ours where it has none."""
    (home / "configs").mkdir()
    for name in CONFIGS:
        own = case / name
        shutil.copy(own if own.exists() else PROJECT / "configs" / name, home / "configs")


def loaded_of(case: Path, home: Path) -> LoadedCampaign:
    """Return the campaign of a case, loaded from a folder of its own."""
    (home / "include/campaigns").mkdir(parents=True)
    copy_configs(case, home)
    shutil.copy(case / "campaign.yaml", home / "include/campaigns/campaign.yaml")
    campaigns = load_governed_campaigns(home)
    assert campaigns.problems == {}
    [loaded] = campaigns.declarations.values()
    return loaded


def plan_of(case: Path, home: Path) -> Plan:
    """Return the plan of a case; each media file's digest is that of its path."""
    return report_of(case, home).plan


def shown(plan: Plan) -> dict[str, Any]:
    """Return the plan for a reader: the long list of switched-off features is one word."""
    body = plan.as_json()
    del body["declared"]
    for step in body["steps"]:
        if step["kind"] == StepKind.CREATIVE:
            spec = step["params"]["degrees_of_freedom_spec"]["creative_features_spec"]
            assert set(spec) == set(ENHANCEMENTS), "every switch is sent"
            wanted = [name for name, status in spec.items() if status != OFF]
            said = f"opted into {', '.join(wanted)}" if wanted else "all opted out"
            step["params"] = {**step["params"], "degrees_of_freedom_spec": said}
    return body


def report_of(case: Path, home: Path) -> Report:
    """Return what people are told of the plan of a case before its first launch."""
    loaded = loaded_of(case, home)
    digests = {path: digest(path) for path in media_paths(loaded.declaration)}
    plan = build_plan(loaded.declaration, digests, summary(loaded.declaration))
    return Report(plan, missing(plan, {}), loaded.declaration.account, loaded.warnings)


def reason(case: Path) -> str:
    """Return why the case is there."""
    first = (case / "campaign.yaml").read_text().splitlines()[0]
    assert first.startswith("# "), f"{case.name}: the first line says why the case is there"
    return first[2:]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_campaign_file_becomes_exactly_this_plan(case: Path, tmp_path: Path) -> None:
    plan = shown(plan_of(case, tmp_path))
    expected = case / "expected.json"
    if UPDATE:
        expected.write_text(json.dumps(plan, indent=2, ensure_ascii=False) + "\n")
    assert plan == json.loads(expected.read_text()), reason(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_plan_reads_exactly_so(case: Path, tmp_path: Path) -> None:
    text = explain(report_of(case, tmp_path)) + "\n"
    expected = case / "plan.txt"
    if UPDATE:
        expected.write_text(text)
    assert text == expected.read_text(), reason(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_plan_as_json_has_the_documented_shape(case: Path, tmp_path: Path) -> None:
    shown = json.loads(json.dumps(as_json(report_of(case, tmp_path))))
    jsonschema.validate(shown, json.loads(SCHEMA.read_text()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_plan_survives_the_ledger(case: Path, tmp_path: Path) -> None:
    plan = plan_of(case, tmp_path)
    stored = Plan.from_json(json.loads(json.dumps(plan.as_json())))
    assert stored.hash == plan.hash
    assert [step.spec_hash for step in stored.steps] == [step.spec_hash for step in plan.steps]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_plan_keeps_what_must_hold_of_every_launch(case: Path, tmp_path: Path) -> None:
    plan = plan_of(case, tmp_path)
    seen: set[str] = set()
    for step in plan.steps:
        assert set(step.parents) <= seen, "a step stands after those it needs"
        seen.add(step.key)
        if step.kind in (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD):
            assert step.params["status"] == "PAUSED"
        if step.kind not in (StepKind.VIDEO, StepKind.IMAGE):
            assert step.params["name"].endswith(f" [#{step.marker}]")
            assert len(step.params["name"]) <= 400
            assert step.params["adlabels"] == [{"name": f"adlaunch:{step.marker}"}]
    [campaign] = plan.of_kind(StepKind.CAMPAIGN)
    for ad_set in plan.of_kind(StepKind.AD_SET):
        budgets = [
            name in step.params
            for step in (campaign, ad_set)
            for name in ("daily_budget", "lifetime_budget")
        ]
        assert budgets.count(True) == 1, "one budget, at one level"
        assert ("bid_strategy" in campaign.params) is any(budgets[:2]), "where the budget is"
        assert ad_set.params["targeting"]["targeting_automation"]["advantage_audience"] in (0, 1)
