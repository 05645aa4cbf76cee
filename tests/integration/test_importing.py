"""What is at Meta and a campaign file cannot say is told, and such a file cannot be launched.

That every example and golden campaign is imported as it was launched: test_on_the_emulator.
"""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from meta_ads.campaigns.accounts import load_accounts
from meta_ads.campaigns.loader import load_text
from meta_ads.errors import FixInput, InvalidCampaign, RejectedByMeta
from meta_ads.launching.importing import Imported, import_campaign
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import StepKind
from tests.conftest import PROJECT
from tests.integration.launcher import Launcher
from tests.integration.reading_back import imported, now


@pytest.fixture
def plan(launcher: Launcher) -> Plan:
    """A campaign of two ad sets and three ads, launched and left paused."""
    shutil.copy(
        PROJECT / "include/campaigns/examples/spring_formats.yaml",
        launcher.home / "include/campaigns",
    )
    plan = launcher.check("spring_formats")
    launcher.create(plan)
    return plan


def change(launcher: Launcher, plan: Plan, kind: StepKind, number: int, **params: Any) -> None:
    """Change an object as a person in Ads Manager would."""
    key = plan.of_kind(kind)[number].key
    launcher.meta.update(launcher.steps.object_ids([key])[key], params)


def told(found: Imported) -> str:
    [difference] = found.differences
    return difference


def test_what_is_shared_is_written_once_and_parts_keep_their_names(
    launcher: Launcher, plan: Plan
) -> None:
    text = imported(launcher, plan).text
    assert text.count("primary_text:") == 1
    assert text.count("destination_url:") == 1
    assert [line.strip() for line in text.splitlines() if "name:" in line] == [
        "name: Spring in three formats",
        "- name: Singapore",
        "- name: Film",
        "- name: Picture",
        "- name: Singapore, women",
        "- name: Singapore, women",
    ]


def test_the_file_says_what_launching_it_does_and_which_media_it_lacks(
    launcher: Launcher, plan: Plan
) -> None:
    found = imported(launcher, plan)
    assert "# Launching this file creates a NEW campaign" in found.text
    assert len(found.media) == 4
    assert all(f"#   {name}\n" in found.text for name in found.media)


def test_targeting_without_a_word_in_campaign_files_is_told(launcher: Launcher, plan: Plan) -> None:
    targeting = dict(plan.of_kind(StepKind.AD_SET)[0].params["targeting"])
    targeting["excluded_geo_locations"] = {"countries": ["MY"]}
    change(launcher, plan, StepKind.AD_SET, 0, targeting=targeting)
    found = imported(launcher, plan)
    assert told(found) == (
        "ad set “Singapore”: targeting.excluded_geo_locations.countries is "
        '["MY"] at Meta, and not set by this file'
    )
    assert f"#   - {told(found)}\n" in found.text


def test_a_file_that_does_not_say_everything_cannot_be_launched_by_accident(
    launcher: Launcher, plan: Plan
) -> None:
    change(launcher, plan, StepKind.AD_SET, 0, pacing_type=["no_pacing"])
    found = imported(launcher, plan)
    accounts = load_accounts(launcher.home)
    with pytest.raises(InvalidCampaign, match="campaign_id: is missing"):
        load_text(found.text, "a.yaml", accounts)
    decided = found.text.replace("# campaign_id:", "campaign_id:")
    assert load_text(decided, "a.yaml", accounts).declaration.campaign_id == "again"


@pytest.mark.parametrize("name", ["start_time", "end_time"])
def test_a_time_of_one_ad_set_only_is_told(launcher: Launcher, plan: Plan, name: str) -> None:
    change(launcher, plan, StepKind.AD_SET, 1, **{name: "2028-01-01T00:00:00+0000"})
    assert f"“Singapore, women”: {name} is 2028-01-01" in told(imported(launcher, plan))


def test_a_part_that_is_off_in_a_live_campaign_stays_off_in_the_file(
    launcher: Launcher, plan: Plan
) -> None:
    assert "status:" not in imported(launcher, plan).text
    change(launcher, plan, StepKind.CAMPAIGN, 0, status="ACTIVE")
    for number in range(2):
        change(launcher, plan, StepKind.AD_SET, number, status="ACTIVE")
    for number in range(2):
        change(launcher, plan, StepKind.AD, number, status="ACTIVE")
    found = imported(launcher, plan)
    assert found.differences == ()
    loaded = load_text(found.text, "a.yaml", load_accounts(launcher.home))
    ad_sets = loaded.declaration.ad_sets
    assert [ad_set.paused for ad_set in ad_sets] == [False, False]
    assert [ad.paused for ad_set in ad_sets for ad in ad_set.ads] == [False, False, True]


def test_an_ad_that_was_deleted_is_not_imported(launcher: Launcher, plan: Plan) -> None:
    change(launcher, plan, StepKind.AD, 0, status="DELETED")
    assert "Film" not in imported(launcher, plan).text


def test_an_ad_set_whose_ads_were_deleted_is_told(launcher: Launcher, plan: Plan) -> None:
    change(launcher, plan, StepKind.AD, 2, status="DELETED")
    assert told(imported(launcher, plan)) == ("ad set “Singapore, women” has no ad and is left out")


def test_two_ads_of_one_name_are_told_apart_by_ids(launcher: Launcher, plan: Plan) -> None:
    change(launcher, plan, StepKind.AD, 1, name="Film")
    found = imported(launcher, plan)
    assert found.differences == ()
    assert "id: film-1" in found.text
    assert "id: film-2" in found.text


def test_a_campaign_of_another_account_is_refused(launcher: Launcher, plan: Plan) -> None:
    accounts = load_accounts(launcher.home)
    other = next(one for one in accounts.by_key.values() if one.account_id != plan.account_id)
    [campaign] = plan.of_kind(StepKind.CAMPAIGN)
    tree = launcher.meta.campaign_tree(launcher.steps.object_ids([campaign.key])[campaign.key])
    with pytest.raises(FixInput, match=plan.account_id):
        import_campaign(tree, other, accounts, "again", now())


def test_a_campaign_that_does_not_exist_is_refused_by_meta(launcher: Launcher) -> None:
    with pytest.raises(RejectedByMeta):
        launcher.meta.campaign_tree("999999999999999")
