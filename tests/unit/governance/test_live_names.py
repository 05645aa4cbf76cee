"""What is wrong with names at Meta: each row is one object and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from meta_ads.campaigns.account import Account
from meta_ads.governance.findings import Level
from meta_ads.governance.live_names import LiveObject, live_findings
from meta_ads.governance.taxonomy import Taxonomy
from meta_ads.governance.taxonomy_file import load_taxonomy

ACCOUNT = Account("sunrise_sg", "act_1", "Sunrise", "SGD", "Asia/Singapore", naming_required=True)
FREE = replace(ACCOUNT, naming_required=False)
TAXONOMY = """
brands: {SUN: Sunrise, OLD: {label: Old, active: false}}
markets: {SG: Singapore}
channels: {META: Meta}
names: {campaign: "[Brand]_[Market]_[Campaign]"}
rules:
  - {id: no_test, level: campaign, field: name, message: no tests, pattern: "[^T].*"}
  - {id: upper, level: ad_set, field: name, message: code first, starts_with: SUN, holds_for: named}
"""
TAG = " [#AB12CD34EF]".replace("1", "2")


@pytest.fixture
def taxonomy(tmp_path: Path) -> Taxonomy:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs/taxonomy.yaml").write_text(TAXONOMY)
    found = load_taxonomy(tmp_path)
    assert found.problems == ()
    return found


@pytest.mark.parametrize(
    ("account", "level", "name", "launched_as", "said"),
    [
        (ACCOUNT, Level.CAMPAIGN, "SUN_SG_Spring", None, []),
        (ACCOUNT, Level.CAMPAIGN, f"SUN_SG_Spring{TAG}", None, []),
        (ACCOUNT, Level.CAMPAIGN, "OLD_SG_Spring", None, []),
        (ACCOUNT, Level.CAMPAIGN, "Spring", None, ["taxonomy: does not read as"]),
        (ACCOUNT, Level.CAMPAIGN, f"SUN_SG_Spring{TAG} - Copy_2", None, ["taxonomy: does not"]),
        (ACCOUNT, Level.CAMPAIGN, "SAN_SG_Spring", None, ["taxonomy: has no brand"]),
        (ACCOUNT, Level.CAMPAIGN, "T_SG_Spring", None, ["taxonomy: has no brand", "no_test: br"]),
        (ACCOUNT, Level.AD, "anything", None, []),
        (ACCOUNT, Level.AD_SET, "anything", None, ["upper: breaks"]),
        (FREE, Level.CAMPAIGN, "Spring", None, []),
        (FREE, Level.CAMPAIGN, "Test", None, ["no_test: breaks"]),
        (FREE, Level.AD_SET, "anything", None, []),
        (None, Level.CAMPAIGN, "Spring", None, []),
        (FREE, Level.CAMPAIGN, f"SUN_SG_A{TAG}", f"SUN_SG_A{TAG}", []),
        (FREE, Level.CAMPAIGN, "SUN_SG_A", f"SUN_SG_A{TAG}", []),
        (FREE, Level.CAMPAIGN, f"SUN_SG_B{TAG}", f"SUN_SG_A{TAG}", ["renamed: was launched as"]),
        (FREE, Level.AD_SET, "x", "x", ["upper: breaks"]),
    ],
)
def test_a_live_name_is_judged(
    taxonomy: Taxonomy,
    account: Account | None,
    level: Level,
    name: str,
    launched_as: str | None,
    said: list[str],
) -> None:
    found = list(live_findings([LiveObject("1", level, name, launched_as)], account, taxonomy))
    texts = [f"{finding.rule}: {finding.message}" for _, finding in found]
    assert len(texts) == len(said)
    assert all(text.startswith(begin) for text, begin in zip(texts, said, strict=True)), texts
