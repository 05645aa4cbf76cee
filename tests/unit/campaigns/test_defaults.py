"""What accounts and brands say for their campaigns, and where each value is told to stand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from meta_ads.campaigns.campaign_file import CampaignKeys
from meta_ads.campaigns.defaults import INHERITED, NOT_INHERITED
from meta_ads.campaigns.describe import as_markdown
from meta_ads.campaigns.loader import LoadedCampaigns, load_campaigns
from meta_ads.launching.media_checks import media_paths
from meta_ads.planning.explain import summary
from meta_ads.planning.plan import Plan
from meta_ads.planning.planner import build_plan
from meta_ads.planning.step import StepKind
from tests.conftest import PROJECT

CAMPAIGN = """\
campaign_id: spring_sale
client_account_id: sunrise_sg
brand: sunrise
name: Spring Sale
daily_budget: 5000
video: {file_path: samples/vertical.mp4}
primary_text: The spring collection is here.
headline: 20% off everything
destination_url: https://www.sunrise.example/spring
"""
BRANDS = """\
brands:
  sunrise:
    call_to_action: SHOP_NOW
    url_parameters: {utm_source: facebook}
    targeting: {age_min: 25}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "include/campaigns").mkdir(parents=True)
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    return tmp_path


def loaded(home: Path, campaign: str = CAMPAIGN, brands: str = BRANDS) -> LoadedCampaigns:
    (home / "include/campaigns/spring_sale.yaml").write_text(campaign)
    (home / "configs/brands.yaml").write_text(brands)
    return load_campaigns(home)


def plan(campaigns: LoadedCampaigns) -> Plan:
    declaration = campaigns.declarations["spring_sale"].declaration
    digests = dict.fromkeys(media_paths(declaration), "0" * 64)
    return build_plan(declaration, digests, summary(declaration))


def test_whether_a_key_is_inherited_is_decided_for_every_key() -> None:
    decided = [*INHERITED, *(key for keys in NOT_INHERITED.values() for key in keys)]
    assert len(decided) == len(set(decided))
    assert set(CampaignKeys.model_fields) <= set(decided)


def test_what_a_brand_says_makes_the_plan_that_the_file_itself_would_make(home: Path) -> None:
    inherited = plan(loaded(home))
    written = CAMPAIGN.replace("brand: sunrise\n", "") + (
        "call_to_action: SHOP_NOW\nurl_parameters: {utm_source: facebook}\n"
        "targeting: {age_min: 25}\n"
    )
    own = plan(loaded(home, written))
    assert inherited.steps == own.steps
    assert inherited.declared == own.declared


def test_a_changed_default_changes_the_plan_of_each_campaign_that_inherits_it(home: Path) -> None:
    before, after = (plan(loaded(home, brands=BRANDS.replace("25", age))) for age in ("25", "35"))
    [old], [new] = before.of_kind(StepKind.AD_SET), after.of_kind(StepKind.AD_SET)
    assert (old.key, old.spec_hash) != (new.key, new.spec_hash)
    assert old.key == new.key
    assert before.declared != after.declared
    assert before.hash != after.hash


def test_a_changed_default_leaves_campaigns_alone_that_say_it_themselves(home: Path) -> None:
    own = f"{CAMPAIGN}targeting: {{age_min: 30}}\n"
    before, after = (plan(loaded(home, own, BRANDS.replace("25", age))) for age in ("25", "35"))
    assert before.hash == after.hash


def test_the_dag_says_whose_each_value_is(home: Path) -> None:
    accounts = home / "configs/accounts.yaml"
    text = accounts.read_text()
    first = "    client_name: Sunrise Retail\n"
    assert first in text
    accounts.write_text(
        text.replace(
            first, f"{first}    defaults: {{targeting: {{languages: [6], age_min: 21}}}}\n"
        )
    )
    declaration = loaded(home).declarations["spring_sale"].declaration
    described = as_markdown(declaration)
    assert "| Brand | sunrise |" in described
    rows = dict(
        line.strip("| ").split(" | ", 1) for line in described.splitlines() if "| From " in line
    )
    assert rows == {
        "From brand sunrise": r"call\_to\_action, targeting.age\_min, url\_parameters",
        r"From account sunrise\_sg": "targeting.languages",
    }


def test_a_problem_of_an_inherited_value_names_the_line_where_it_stands(home: Path) -> None:
    campaigns = loaded(home, f"{CAMPAIGN}targeting: {{age_max: 20}}\n")
    [problem] = campaigns.problems["include/campaigns/spring_sale.yaml"]
    assert (problem.file, problem.line, problem.path) == (
        "configs/brands.yaml",
        5,
        "brands.sunrise.targeting.age_min",
    )
    assert "include/campaigns/spring_sale.yaml" in problem.message


def test_a_brand_with_errors_takes_only_its_own_campaigns_away(home: Path) -> None:
    other = CAMPAIGN.replace("spring_sale", "other").replace("brand: sunrise", "brand: dawn")
    (home / "include/campaigns/other.yaml").write_text(other)
    brands = "brands:\n  sunrise: {page_id: x}\n  dawn: {call_to_action: SHOP_NOW}\n"
    campaigns = loaded(home, brands=brands)
    assert list(campaigns.declarations) == ["other"]
    assert set(campaigns.problems) == {"configs/brands.yaml", "include/campaigns/spring_sale.yaml"}


def test_a_project_without_brands_has_none(home: Path) -> None:
    campaigns = loaded(home)
    (home / "configs/brands.yaml").unlink()
    campaigns = load_campaigns(home)
    problems = campaigns.problems["include/campaigns/spring_sale.yaml"]
    assert [item.remedy for item in problems if item.path == "brand"] == [
        "Add it to configs/brands.yaml."
    ]


def test_financial_products_without_an_identity_are_warned_of(home: Path) -> None:
    products = "special_ad_categories: [financial_products]\n"
    text = CAMPAIGN.replace("brand: sunrise\n", "call_to_action: LEARN_MORE\n") + products
    campaign = loaded(home, f"{text}targeting: {{countries: [SG, AU]}}\n").declarations
    [warning] = campaign["spring_sale"].warnings
    assert warning.path == "special_ad_categories"
    assert "regional.australia_financial" in warning.remedy
