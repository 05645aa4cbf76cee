from __future__ import annotations

import json

import pytest

from meta_ads.graph.usage import Usage, parse_usage


def business(**entry: object) -> str:
    return json.dumps({"1": [{"type": "ads_management", **entry}]})


def test_the_wait_of_the_business_header_is_in_minutes() -> None:
    usage = parse_usage(
        {"X-Business-Use-Case-Usage": business(call_count=100, estimated_time_to_regain_access=7)}
    )
    assert usage.regain_seconds == 420
    assert usage.business_percent == 100


def test_the_business_header_is_understood_under_its_other_spelling() -> None:
    usage = parse_usage({"x-business-use-case": business(estimated_time_to_regain_access=1)})
    assert usage.regain_seconds == 60


def test_the_reset_time_of_an_account_is_a_wait_only_once_its_quota_is_spent() -> None:
    def header(percent: float) -> dict[str, str]:
        value = {"acc_id_util_pct": percent, "reset_time_duration": 90}
        return {"X-Ad-Account-Usage": json.dumps(value)}

    assert parse_usage(header(99.9)).regain_seconds is None
    assert parse_usage(header(100)).regain_seconds == 90


def test_the_longest_wait_wins() -> None:
    usage = parse_usage(
        {
            "X-Business-Use-Case-Usage": business(estimated_time_to_regain_access=2),
            "Retry-After": "5",
        }
    )
    assert usage.regain_seconds == 120


def test_percents_and_tier_are_read_from_every_header() -> None:
    usage = parse_usage(
        {
            "X-App-Usage": '{"call_count":28,"total_time":25,"total_cputime":31}',
            "X-Ad-Account-Usage": '{"acc_id_util_pct":9.67,"ads_api_access_tier":"full"}',
            "X-FB-Ads-Insights-Throttle": '{"app_id_util_pct":40,"acc_id_util_pct":10}',
        }
    )
    assert usage == Usage(app_percent=40, account_percent=10, tier="full")
    assert usage.highest_percent == 40


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "null",
        "7",
        '{"1": 7}',
        '{"1": [7]}',
        '{"1": [{"call_count": "NaN"}]}',
        '{"1": [{"estimated_time_to_regain_access": [1]}]}',
        '{"1": {"call_count": null}}',
        '{"acc_id_util_pct": 1e999}',
        '{"acc_id_util_pct": true}',
        '{"acc_id_util_pct": -5}',
    ],
)
def test_a_header_that_makes_no_sense_counts_as_nothing(text: str) -> None:
    for name in ("X-App-Usage", "X-Ad-Account-Usage", "X-Business-Use-Case-Usage"):
        assert parse_usage({name: text, "Retry-After": text}).regain_seconds in (None, 7)
