"""The JSON Schema of campaign files is the one the models make, and refuses no good file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from meta_ads.campaigns.campaign_file import CampaignKeys
from meta_ads.campaigns.json_schema import FILE, campaign_schema
from tests.conftest import PROJECT

SCHEMA = json.loads((PROJECT / FILE).read_text())
GOOD = [
    *sorted((PROJECT / "include/campaigns/examples").glob("*.yaml")),
    *sorted((PROJECT / "tests/golden/launch").glob("*/campaign.yaml")),
]
# Mistakes of form, which an editor can see without knowing the account or a second value.
SEEN_BY_EDITORS = [
    "age_word",
    "eleven_cards",
    "id_with_a_dot",
    "unknown_key",
    "one_card",
    "special_category_in_metas_words",
    "targeting_in_an_ad",
    "typo_in_an_ad",
    "unknown_enhancement",
    "unknown_objective",
    "unknown_platform",
]


class _EditorLoader(yaml.SafeLoader):
    """Reads scalars as YAML 1.2 does, and editors with it: no dates, no `yes` and `no`."""


_EditorLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"true|false", "tf"),
    ("int", r"[-+]?\d+", "-+0123456789"),
    ("float", r"[-+]?\d+\.\d+", "-+0123456789"),
    ("null", r"null|~|", "n~\0"),
):
    _EditorLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}",
        re.compile(f"^(?:{pattern})$"),
        [*first, ""] if tag == "null" else list(first),
    )


def errors(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8-sig")
    value: Any = yaml.load(text, _EditorLoader)
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(SCHEMA).iter_errors(value)
    ]


def test_the_file_is_what_the_models_and_the_reference_make() -> None:
    reference = (PROJECT / "include/campaigns/README.md").read_text()
    assert campaign_schema(reference) == SCHEMA, f"run `adlaunch schema > {FILE}`"
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_editor_underlines_nothing_in_a_good_file(path: Path) -> None:
    assert errors(path) == []


@pytest.mark.parametrize("case", SEEN_BY_EDITORS)
def test_an_editor_underlines_a_mistake_of_form(case: str) -> None:
    assert errors(PROJECT / "tests/golden/bad" / case / "campaign.yaml") != []


def test_every_key_is_explained_to_whoever_writes_it() -> None:
    silent = [
        name
        for name in CampaignKeys.model_fields
        if "description" not in SCHEMA["properties"][name]
    ]
    # These hold keys, which are explained one by one.
    assert set(silent) == {
        "naming",
        "video",
        "image",
        "schedule",
        "targeting",
        "placements",
        "regional",
    }
