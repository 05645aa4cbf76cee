"""A campaign's text is shown in Airflow as it stands in the file, and never run."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from meta_ads.campaigns.account import ApprovalPolicy
from meta_ads.campaigns.declaration import Declaration
from meta_ads.campaigns.describe import as_markdown, plain
from meta_ads.campaigns.loader import load_campaigns
from tests.conftest import PROJECT
from tests.unit.campaigns.test_loader import GOOD, changed


def declared(home: Path, key: str = "headline", value: str = "20% off") -> Declaration:
    (home / "include/campaigns").mkdir(parents=True)
    (home / "configs").symlink_to(PROJECT / "configs")
    (home / "include/campaigns/a.yaml").write_text(changed(GOOD, (key,), value))
    return load_campaigns(home).declarations["spring_sale"].declaration


@pytest.mark.parametrize("key", ["name", "primary_text", "headline", "description"])
@pytest.mark.parametrize(
    ("text", "active"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("[free](javascript:alert(1))", "](javascript"),
        ("![x](https://track.example/p.png)", "![x]"),
        ("a | b", " | b"),
        ("`code` **bold** # title", "**bold**"),
        ("&lt;b&gt;", " &lt;b&gt;"),
    ],
)
def test_text_of_the_file_cannot_become_markup(
    tmp_path: Path, key: str, text: str, active: str
) -> None:
    assert active not in as_markdown(declared(tmp_path, key, text)).split("Trigger this DAG")[0]


def test_a_text_of_several_lines_stays_in_its_row() -> None:
    assert plain("one\n\n| two |\r\n# three") == r"one \| two \| \# three"


def test_a_media_buyer_reads_money_time_in_both_zones_and_the_words(tmp_path: Path) -> None:
    text = as_markdown(declared(tmp_path))
    assert "| Budget | SGD 50.00 a day |" in text
    assert (
        "| Goes live | Monday, 01 March 2027, 09:00 Asia/Singapore (2027-03-01 01:00 UTC) |" in text
    )
    assert "| Headline | 20% off |" in text
    assert "| Description | Until Sunday |" in text
    assert "| Approval | not needed |" in text


def test_an_approval_is_announced(tmp_path: Path) -> None:
    declaration = declared(tmp_path)
    account = replace(declaration.account, approval=ApprovalPolicy.REQUIRED)
    text = as_markdown(replace(declaration, account=account))
    assert "| Approval | a person, before it goes live |" in text


def test_every_ad_set_and_ad_has_a_row_of_its_own(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    (tmp_path / "include/campaigns").mkdir(parents=True)
    shutil.copy(
        PROJECT / "include/campaigns/examples/spring_formats.yaml", tmp_path / "include/campaigns"
    )
    declaration = load_campaigns(tmp_path).declarations["spring_formats"].declaration
    text = as_markdown(declaration)
    for ad_set in declaration.ad_sets:
        assert f"| **{plain(ad_set.name)}** ({ad_set.part_id}) |" in text
        for ad in ad_set.ads:
            assert f"| {plain(ad.name)} ({plain(ad.part_id)}) |" in text
    assert "suggested: women" in text
