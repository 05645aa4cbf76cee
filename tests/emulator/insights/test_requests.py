"""Each rule of a report's request: the right one passes, the wrong one gets Meta's numbers."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from emulator.policy.rules import all_rules
from tests.emulator.insights.market import Market
from tests.emulator.launches import SG

Params = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A rule, what breaks it, and the nearest request that does not."""

    rule: str
    wrong: Params
    right: Params = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule}: {self.wrong}"


def _range(since: str, until: str) -> Params:
    return {"time_range": {"since": since, "until": until}}


_AGE = {"breakdowns": "age", "fields": "reach"}
_HOURLY = "hourly_stats_aggregated_by_audience_time_zone"
# The clock of these tests stands on 2 March 2026.
CASES = (
    Case("unknown_param", {"time_increments": 1}, {"time_increment": 1}),
    Case("insights_level", {"level": "adgroup"}, {"level": "ad"}),
    Case("insights_enum", {"breakdowns": "ages"}, {"breakdowns": "age"}),
    Case("insights_enum", {"action_breakdowns": "type"}, {"action_breakdowns": "action_type"}),
    Case("insights_enum", {"date_preset": "last_5d"}, {"date_preset": "last_7d"}),
    Case("insights_enum", {"date_preset": "lifetime"}, {"date_preset": "maximum"}),
    Case(
        "insights_enum",
        {"action_attribution_windows": ["2d_click"]},
        {"action_attribution_windows": ["1d_click", "7d_view"]},
    ),
    Case("insights_enum", {"action_report_time": "now"}, {"action_report_time": "mixed"}),
    Case("insights_field", {"fields": "spend,cost"}, {"fields": "spend,cpc"}),
    Case("insights_field", {"summary": ["cost"]}, {"summary": ["spend"]}),
    Case("insights_combination", {"breakdowns": "age,country"}, {"breakdowns": "age,gender"}),
    Case(
        "insights_combination",
        {"breakdowns": "platform_position"},
        {"breakdowns": "publisher_platform,platform_position"},
    ),
    Case(
        "insights_combination",
        {"breakdowns": "country", "action_breakdowns": "action_device"},
        {"breakdowns": "publisher_platform", "action_breakdowns": "action_device"},
    ),
    Case(
        "insights_combination",
        {"breakdowns": "image_asset,body_asset"},
        {"breakdowns": "image_asset,age"},
    ),
    Case("insights_increment", {"time_increment": 0}, {"time_increment": 1}),
    Case("insights_increment", {"time_increment": 91}, {"time_increment": 90}),
    Case("insights_increment", {"time_increment": "weekly"}, {"time_increment": "monthly"}),
    Case(
        "insights_range_keys",
        {"time_range": {"since": "2026-01-01"}},
        _range("2026-01-01", "2026-01-02"),
    ),
    Case("insights_range_dates", _range("01.01.2026", "2026-01-02"), {}),
    Case(
        "insights_range_order",
        _range("2026-01-02", "2026-01-01"),
        _range("2026-01-02", "2026-01-02"),
    ),
    Case(
        "insights_too_old", _range("2023-02-01", "2023-03-01"), _range("2023-02-02", "2023-03-01")
    ),
    Case(
        "insights_breakdown_too_old",
        {**_AGE, **_range("2025-02-01", "2025-02-02")},
        {**_AGE, **_range("2025-02-02", "2025-02-02")},
    ),
    Case(
        "insights_breakdown_too_old",
        {**_AGE, **_range("2025-02-01", "2025-02-02")},
        {**_AGE, **_range("2025-02-01", "2025-02-02"), "fields": "spend"},
    ),
    Case(
        "insights_breakdown_too_old",
        {"breakdowns": _HOURLY, "fields": "spend", **_range("2025-02-01", "2025-02-02")},
        {"breakdowns": _HOURLY, "fields": "spend", **_range("2025-02-02", "2025-02-02")},
    ),
    Case(
        "insights_breakdown_too_old",
        {"breakdowns": "frequency_value", **_range("2025-09-01", "2025-09-02")},
        {"breakdowns": "frequency_value", **_range("2025-09-02", "2025-09-02")},
    ),
    Case("insights_sort", {"sort": ["cost"]}, {"sort": ["spend"]}),
    Case("insights_sort", {"sort": ["cost_ascending"]}, {"sort": "impressions_ascending"}),
    Case("wrong_type", {"time_ranges": "2026-01-01"}, {"time_ranges": "[]"}),
    Case("filtering_no_array", {"filtering": "spend"}, {"filtering": "[]"}),
    Case(
        "bad_filter",
        {"filtering": [{"field": "cost", "operator": "GREATER_THAN", "value": 1}]},
        {"filtering": [{"field": "spend", "operator": "GREATER_THAN", "value": 1}]},
    ),
    Case(
        "bad_filter",
        {"filtering": [{"field": "ad.colour", "operator": "IN", "value": ["red"]}]},
        {"filtering": [{"field": "ad.name", "operator": "IN", "value": ["red"]}]},
    ),
    Case(
        "bad_filter",
        {"filtering": [{"field": "ad.id", "operator": "IN", "value": "1"}]},
        {"filtering": [{"field": "ad.id", "operator": "IN", "value": ["1"]}]},
    ),
    Case(
        "missing_param",
        {"filtering": [{"field": "ad.id", "value": ["1"]}]},
        {"filtering": [{"field": "ad.id", "operator": "NOT_IN", "value": ["1"]}]},
    ),
)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_wrong_request_is_refused_at_once_and_in_a_run(
    market: Market, case: Case, method: str
) -> None:
    path, rule = f"{SG}/insights", all_rules()[case.rule]
    before = market.emulator.state.journal_length()
    error = market.error(path, method, **case.wrong)
    assert error.rule == case.rule, error.message
    assert (error.code, error.subcode) == (rule.code, rule.subcode)
    assert market.emulator.state.journal_length() == before
    market.call(method, path, **case.right)


@pytest.mark.parametrize(
    "spelling",
    [
        "age,gender",
        '["age","gender"]',
        ["age", "gender"],
        '"age,gender"',
        {"0": "age", "1": "gender"},
        "['age','gender']",
    ],
)
def test_a_list_may_be_spelt_in_every_way_clients_do(market: Market, spelling: Any) -> None:
    market.running_ad()
    market.pass_time(86400)
    rows = market.rows(SG, breakdowns=spelling, date_preset="today", fields=["spend"])
    assert {"age", "gender", "spend"} <= rows[0].keys()


def test_insights_stand_inside_fields(market: Market) -> None:
    campaign, ad_set, ad = market.running_ad()
    market.pass_time(2 * 86400)
    range_text = "{'since':'2026-03-02','until':'2026-03-03'}"
    fields = (
        "name,insights.date_preset(yesterday){spend,impressions},"
        f"adsets{{insights.time_range({range_text}).time_increment(1){{spend}},ads{{insights}}}}"
    )
    shown = market.get(campaign, fields=fields)
    [row] = shown["insights"]["data"]
    assert set(row) == {"spend", "impressions", "date_start", "date_stop"}
    [inner] = shown["adsets"]["data"]
    assert [one["date_start"] for one in inner["insights"]["data"]] == ["2026-03-02", "2026-03-03"]
    [deepest] = inner["ads"]["data"]
    assert deepest["insights"]["data"][0]["ad_id"] == ad
    error = market.error(campaign, fields="insights.date_preset(today){cost}")
    assert error.rule == "insights_field"
    assert ad_set


def test_without_fields_meta_shows_ids_impressions_and_spend(market: Market) -> None:
    campaign, ad_set, ad = market.running_ad()
    market.pass_time(2 * 86400)
    [row] = market.rows(ad)
    assert row.keys() == {
        "account_id", "campaign_id", "adset_id", "ad_id", "impressions", "spend", "date_start",
        "date_stop",
    }  # fmt: skip
    assert (row["campaign_id"], row["adset_id"], row["ad_id"]) == (campaign, ad_set, ad)
    assert "adset_id" not in market.rows(campaign)[0]
    assert (row["date_start"], row["date_stop"]) == ("2026-02-02", "2026-03-03")
    assert market.rows(campaign, date_preset="last_week_mon_sun") == []
