"""A launched file and the same file edited: each folder of `change/` is a case. No code needed.

A case is `before.yaml`, as launched, `after.yaml`, whose first line says why the case is there, and
`expected.txt`, what people are told, with what is sent. `# not live` as its second line: the launch
is at Meta and still paused. ADLAUNCH_UPDATE_GOLDEN=1 writes the expectations anew; read their diff.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from meta_ads.campaigns.loader import LoadedCampaign
from meta_ads.governance.loading import load_governed_campaigns
from meta_ads.launching.media_checks import media_paths
from meta_ads.planning.canonical import digest
from meta_ads.planning.changes import Action, Changes
from meta_ads.planning.comparison import KnownObject, compare, wanted_status
from meta_ads.planning.explain import explain, summary
from meta_ads.planning.plan import Plan
from meta_ads.planning.planner import build_plan
from meta_ads.planning.replacement import with_replacements
from meta_ads.planning.report import Report
from meta_ads.planning.updates import in_order, update_params
from tests.golden.test_launch import UPDATE, copy_configs

CASES = sorted((Path(__file__).parent / "change").iterdir())


def load(case: Path, name: str, home: Path) -> LoadedCampaign:
    (home / "include/campaigns").mkdir(parents=True)
    copy_configs(case, home)
    (home / "include/campaigns/campaign.yaml").write_text((case / name).read_text())
    campaigns = load_governed_campaigns(home)
    assert campaigns.problems == {}
    [loaded] = campaigns.declarations.values()
    return loaded


def plan_of(loaded: LoadedCampaign) -> Plan:
    digests = {path: digest(path) for path in media_paths(loaded.declaration)}
    return build_plan(loaded.declaration, digests, summary(loaded.declaration))


def launched(plan: Plan) -> dict[str, KnownObject]:
    """Return what the ledger knows once every step of the plan is done."""
    return {
        step.key: KnownObject(
            step.key,
            step.kind,
            f"1200000000000{number:02d}",
            step.spec_hash,
            {**step.params, **step.late_params},
            wanted_status(step),
        )
        for number, step in enumerate(plan.steps, start=1)
    }


def settled(plan: Plan, known: Mapping[str, KnownObject]) -> Plan:
    """Return the plan with keys of their own for creatives that replace others."""
    return with_replacements(plan, {key: item.params for key, item in known.items()})


def told(report: Report) -> str:
    """Return what people read, without the facts of the campaign, and what Meta is sent."""
    lines = explain(report).splitlines()
    shown = [line for line in lines if line[:4] in ("  + ", "  ~ ", "  = ", "  ! ", "    ")]
    shown = [line for line in shown if not line.startswith("    - ")]
    return "\n".join([*shown, f"  {report.counts}", *_sent(report.changes)]) + "\n"


def _sent(changes: Changes) -> Iterator[str]:
    if changes.refusals:
        return
    for change in in_order(changes):
        yield f"POST {change.object_id} {json.dumps(update_params(change), ensure_ascii=False)}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edited_file_changes_exactly_this(case: Path, tmp_path: Path) -> None:
    first, *rest = (case / "after.yaml").read_text().splitlines()
    assert first.startswith("# "), f"{case.name}: the first line says why the case is there"
    before = plan_of(load(case, "before.yaml", tmp_path / "before"))
    after = load(case, "after.yaml", tmp_path / "after")
    known = launched(before)
    plan = settled(plan_of(after), known)
    changes = compare(plan, known, live=rest[0] != "# not live")
    text = told(Report(plan, changes, after.declaration.account))
    expected = case / "expected.txt"
    if UPDATE:
        expected.write_text(text)
    assert text == expected.read_text(), first[2:]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_once_applied_the_same_file_changes_nothing(case: Path, tmp_path: Path) -> None:
    known = launched(plan_of(load(case, "before.yaml", tmp_path / "before")))
    plan = settled(plan_of(load(case, "after.yaml", tmp_path / "after")), known)
    applied = {**known, **launched(plan)}
    again = settled(plan_of(load(case, "after.yaml", tmp_path / "again")), known)
    assert again.hash == plan.hash
    changes = compare(again, {key: applied[key] for key in (s.key for s in plan.steps)}, live=True)
    assert changes.empty
    assert {change.action for change in changes.steps} == {Action.UNCHANGED}
