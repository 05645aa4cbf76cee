"""What Airflow shows of a campaign in its list of DAGs."""

from __future__ import annotations

import shutil
from pathlib import Path

from meta_ads.airflow.campaign_doc import dag_options
from meta_ads.governance.loading import load_governed_campaigns
from tests.conftest import PROJECT


def test_the_tags_of_a_campaign_name_its_account_brand_and_market(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    (tmp_path / "include/campaigns").mkdir(parents=True)
    shutil.copy(
        PROJECT / "include/campaigns/examples/named_sale.yaml", tmp_path / "include/campaigns"
    )
    [loaded] = load_governed_campaigns(tmp_path).declarations.values()
    tags = dag_options(loaded)["tags"]
    assert tags == ["Sunrise Retail", "brand: SUN", "launch", "market: SG", "sunrise_sg"]
