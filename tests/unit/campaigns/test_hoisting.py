"""What parts say alike is written once above them, and reads back as it was."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from meta_ads.campaigns.hoisting import hoisted
from meta_ads.campaigns.yaml_source import parse_yaml
from meta_ads.campaigns.yaml_text import as_yaml

OWN = ("name", "id", "daily_budget")


def test_what_all_ads_say_stands_at_the_top_and_what_some_say_at_their_ad_set() -> None:
    ad_sets = [
        {"name": "A", "goal": "x", "ads": [{"name": "1", "text": "t", "url": "a"}]},
        {
            "name": "B",
            "goal": "x",
            "ads": [{"name": "2", "text": "t", "url": "b"}, {"name": "3", "text": "t", "url": "b"}],
        },
    ]
    assert hoisted({"name": "C"}, ad_sets, OWN) == {
        "name": "C",
        "goal": "x",
        "text": "t",
        "ad_sets": [
            {"name": "A", "url": "a", "ads": [{"name": "1"}]},
            {"name": "B", "url": "b", "ads": [{"name": "2"}, {"name": "3"}]},
        ],
    }


def test_a_key_that_one_part_leaves_out_stays_below() -> None:
    ads = [{"name": "1", "description": "d"}, {"name": "2"}]
    [ad_set] = hoisted({}, [{"name": "A", "ads": ads}], OWN)["ad_sets"]
    assert ad_set["ads"] == ads


def test_names_and_budgets_never_move() -> None:
    ad_sets = [{"name": "A", "daily_budget": "1", "ads": [{"name": "A"}]} for _ in range(2)]
    assert hoisted({}, ad_sets, OWN) == {"ad_sets": ad_sets}


def test_a_medium_stays_where_another_ad_shows_another_kind() -> None:
    ads = [{"video": {"file_path": "a"}}, {"image": {"file_path": "b"}}]
    [ad_set] = hoisted({}, [{"ads": ads}], OWN)["ad_sets"]
    assert ad_set["ads"] == ads


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "50.00 SGD",
        "no",
        "010",
        "12:30:00",
        "Today: 20% off",
        "#spring is here #now",
        "- a list",
        "two\nlines #here\n",
        "trailing \nspaces ",
        "'quoted' and \"quoted\"",
        "Frühling 春",
        "null",
        "~",
        "*star &and",
        "",
        "x" * 5000,
    ],
)
def test_a_text_is_read_back_as_it_was_written(text: str) -> None:
    values: dict[str, Any] = {"a": text, "b": [text, text], "c": {"d": text}}
    source = parse_yaml(as_yaml(values), "a.yaml")
    assert source.value == values
    assert source.problems == ()
    assert source.hashtags == {}


def test_values_used_twice_become_no_aliases() -> None:
    shared = {"file_path": "a"}
    text = as_yaml({"a": shared, "b": shared})
    assert not any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text))
