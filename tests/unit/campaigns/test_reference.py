"""The reference of campaign files names exactly the keys there are, with examples that work."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from meta_ads.campaigns.budget_checks import BUDGETS
from meta_ads.campaigns.campaign_file import CampaignKeys
from meta_ads.campaigns.cross_checks import NEEDED
from meta_ads.campaigns.goals import OBJECTIVES
from meta_ads.campaigns.loader import load_campaigns
from meta_ads.campaigns.money import WITHOUT_CENTS
from meta_ads.campaigns.regional_keys import IdentityKeys, PartyKeys
from meta_ads.campaigns.scopes import MEDIA
from tests.conftest import PROJECT

REFERENCE = (PROJECT / "include/campaigns/README.md").read_text()
TABLE = REFERENCE[: REFERENCE.index("\n## ")]
ROWS = [line.split("|")[1:-1] for line in TABLE.splitlines() if line.startswith("| `")]
EXAMPLES = [
    (key, example)
    for row in ROWS
    for key in re.findall(r"`([a-z_.]+)`", row[0])
    for example in re.findall(r"`([^`]+)`", row[-1])
]


def _keys(model: type[BaseModel], prefix: str = "") -> dict[str, bool]:
    """Return every key with its path, and whether a file must have it."""
    found: dict[str, bool] = {}
    for name, field in model.model_fields.items():
        kinds: tuple[Any, ...] = getattr(field.annotation, "__args__", (field.annotation,))
        inner = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        # Who benefits and who pays are one value to whoever reads the table.
        if inner and inner[0] not in (IdentityKeys, PartyKeys):
            below = _keys(inner[0], f"{prefix}{name}.")
            found |= {key: must and field.is_required() for key, must in below.items()}
        else:
            found[f"{prefix}{name}"] = field.is_required()
    return found


def _named(word: str) -> dict[str, bool]:
    return {
        key: row[1].strip() == word for row in ROWS for key in re.findall(r"`([a-z_.]+)`", row[0])
    }


def test_the_reference_names_every_key_and_no_other_and_what_is_required() -> None:
    assert _named("required") == _keys(CampaignKeys)


def test_the_reference_names_the_budgets_of_which_a_file_needs_one() -> None:
    assert {key for key, must in _named("a budget").items() if must} == set(BUDGETS)


def test_the_reference_lists_objectives_with_their_goals_in_order() -> None:
    [section] = re.findall(r"## Objectives\n(.*?)\n## ", REFERENCE, re.DOTALL)
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| `")]
    listed = {re.findall(r"`(\w+)`", row[0])[0]: re.findall(r"`(\w+)`", row[1]) for row in rows}
    assert listed == {name: list(one.goals) for name, one in OBJECTIVES.items()}


def test_the_reference_names_what_each_ad_needs() -> None:
    needed = {key for key, must in _named("each ad").items() if must}
    media = {"cards", "image.file_path", "video.file_path"}
    assert {key.partition(".")[0] for key in media} == set(MEDIA)
    assert needed == {*NEEDED, *media}


@pytest.mark.parametrize(("key", "example"), EXAMPLES)
def test_an_example_of_the_reference_can_be_copied(tmp_path: Path, key: str, example: str) -> None:
    text = (PROJECT / "include/campaigns/examples/spring_sale.yaml").read_text()
    campaign = yaml.load(text, yaml.BaseLoader)
    outer, _, inner = key.partition(".")
    value = yaml.load(example, yaml.BaseLoader)
    if outer in MEDIA and outer != "video":
        del campaign["video"]
    campaign[outer] = {**campaign.get(outer, {}), inner: value} if inner else value
    folder = tmp_path / "include/campaigns"
    folder.mkdir(parents=True)
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    (folder / "campaign.yaml").write_text(yaml.safe_dump(campaign))
    campaigns = load_campaigns(tmp_path)
    assert campaigns.problems == {}
    assert len(campaigns.declarations) == 1


def test_the_reference_lists_the_currencies_without_minor_units() -> None:
    [money] = re.findall(r"## Money\n(.*?)\n## ", REFERENCE, re.DOTALL)
    assert set(re.findall(r"\b[A-Z]{3}\b", money)) - {"SGD"} == WITHOUT_CENTS
