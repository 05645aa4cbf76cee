"""Whether an object at Meta is what a step would make: what differs, and how it is told."""

from __future__ import annotations

from typing import Any

import pytest

from meta_ads.planning.changes import FieldChange
from meta_ads.planning.likeness import unlike
from meta_ads.planning.step import REFERENCE, Step, StepKind


def compared(
    planned: dict[str, Any], live: dict[str, Any], late: dict[str, Any] | None = None
) -> list[FieldChange]:
    return list(unlike(Step("k", StepKind.AD_SET, planned, late_params=late or {}), live))


@pytest.mark.parametrize(
    ("planned", "live"),
    [
        ({"daily_budget": 5000}, {"daily_budget": "5000"}),
        ({"multi": False}, {}),
        ({"advantage_audience": 0}, {}),
        ({}, {"destination_type": "UNDEFINED"}),
        ({}, {"daily_budget": "0"}),
        ({}, {"spend_cap": "922337203685478"}),
        ({}, {"targeting": {"age_min": 18, "age_max": 65}}),
        ({"targeting": {"age_min": 18}}, {"targeting": {"age_min": 18}}),
        ({"countries": ["SG", "MY"]}, {"countries": ["MY", "SG"]}),
        ({"interests": [{"id": "1"}]}, {"interests": [{"id": "1", "name": "Tea"}]}),
        ({"campaign_id": {REFERENCE: "a/b/campaign/0"}}, {"campaign_id": "42"}),
        ({"special_ad_categories": []}, {}),
        ({"name": "A [#ABCDEFGHIJ]", "status": "PAUSED"}, {"name": "B", "status": "ACTIVE"}),
    ],
)
def test_what_means_the_same_is_no_difference(
    planned: dict[str, Any], live: dict[str, Any]
) -> None:
    assert compared(planned, live) == []


@pytest.mark.parametrize(
    ("planned", "live", "change"),
    [
        ({"daily_budget": 5000}, {"daily_budget": "6000"}, ("daily_budget", "6000", "5000")),
        ({"daily_budget": 5000}, {}, ("daily_budget", None, "5000")),
        ({}, {"bid_amount": 7}, ("bid_amount", "7", None)),
        ({"multi": True}, {}, ("multi", None, "true")),
        (
            {"targeting": {"age_min": 25}},
            {"targeting": {"age_min": 18}},
            ("targeting.age_min", None, "25"),
        ),
        (
            {"targeting": {"geo_locations": {"countries": ["SG"]}}},
            {"targeting": {"geo_locations": {"countries": ["SG", "MY"]}}},
            ("targeting.geo_locations.countries", '["MY", "SG"]', '["SG"]'),
        ),
        (
            {"interests": [{"id": "1"}]},
            {"interests": [{"id": "2"}]},
            ("interests", '["2"]', '["1"]'),
        ),
        (
            {"cards": [{"link": "a"}, {"link": "b"}]},
            {"cards": [{"link": "b"}, {"link": "b"}]},
            ("cards.0.link", "b", "a"),
        ),
        ({"campaign_id": {REFERENCE: "a/b/campaign/0"}}, {}, None),
        ({}, {"pacing_type": ["no_pacing"]}, ("pacing_type", '["no_pacing"]', None)),
    ],
)
def test_a_difference_is_told_leaf_by_leaf(
    planned: dict[str, Any], live: dict[str, Any], change: tuple[str, Any, Any] | None
) -> None:
    [found] = compared(planned, live)
    if change is not None:
        assert (found.name, found.before, found.after) == change


def test_a_moment_is_the_same_in_any_offset() -> None:
    late = {"start_time": "2027-03-01T09:00:00+08:00"}
    assert compared({}, {"start_time": "2027-03-01T01:00:00+0000"}, late) == []
    assert len(compared({}, {"start_time": "2027-03-01T02:00:00+0000"}, late)) == 1


def test_many_differences_of_one_parameter_are_told_by_their_number() -> None:
    planned = {"degrees": {f"feature_{number}": "OPT_OUT" for number in range(80)}}
    assert compared(planned, {}) == [FieldChange("degrees", None, "80 values")]
    assert compared({}, planned) == [FieldChange("degrees", "80 values", None)]
