"""What an ad delivers adds up over levels, days, hours and breakdowns, and follows its budget."""

import pytest

from tests.emulator.insights.market import DAY, HOUR, NOON, Market, Row, action, number
from tests.emulator.launches import JP, SG, US

ADDITIVE = "spend,impressions,clicks,inline_link_clicks,actions,action_values,video_play_actions"
_EVERYTHING = [
    {
        "field": "ad.effective_status",
        "operator": "IN",
        "value": ["ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "ADSET_PAUSED", "CAMPAIGN_PAUSED"],
    }
]
BREAKDOWNS = (
    "age", "gender", "age,gender", "country", "region", "country,region", "device_platform",
    "impression_device", "publisher_platform", "publisher_platform,platform_position",
    "publisher_platform,platform_position,impression_device", "frequency_value",
)  # fmt: skip


def summed(rows: list[Row]) -> dict[str, float]:
    """Return the sums of all additive numbers, actions by type and window, to a hundredth."""
    sums: dict[str, float] = {}
    for row in rows:
        for name in ("spend", "impressions", "clicks", "inline_link_clicks"):
            sums[name] = sums.get(name, 0) + number(row, name)
        for name in ("actions", "action_values", "video_play_actions"):
            for entry in row.get(name, []):
                for key in entry.keys() - {"action_type"}:
                    place = f"{name} {entry['action_type']} {key}"
                    sums[place] = sums.get(place, 0) + float(entry[key])
    return {name: round(one, 2) for name, one in sums.items()}


@pytest.fixture
def busy(market: Market) -> Market:
    """Two campaigns, one sharing its budget over two ad sets; five ads, for nine days."""
    shared = market.campaign(daily_budget=90000)
    for country in ("SG", "JP"):
        ad_set = market.ad_set(
            shared,
            targeting={
                "geo_locations": {"countries": [country]},
                "targeting_automation": {"advantage_audience": 1},
            },
            regional_regulated_categories=None,
            regional_regulation_identities=None,
        ) if country == "JP" else market.ad_set(shared)  # fmt: skip
        for _ in range(2):
            market.ad(ad_set)
    market.ad(market.ad_set(market.campaign(daily_budget=30000)))
    market.pass_time(9 * DAY)
    return market


def test_levels_add_up_to_the_account(busy: Market) -> None:
    ask = {"fields": ADDITIVE, "date_preset": "last_7d", "time_increment": 1}
    by_level = {
        level: busy.rows(SG, level=level, **ask) for level in ("account", "campaign", "adset", "ad")
    }
    assert {level: len(rows) for level, rows in by_level.items()} == {
        "account": 7, "campaign": 14, "adset": 21, "ad": 35,
    }  # fmt: skip
    sums = {level: summed(rows) for level, rows in by_level.items()}
    assert sums["account"]["spend"] > 500
    assert action(by_level["account"][0], "link_click") > 0
    assert sums["ad"] == sums["adset"] == sums["campaign"] == sums["account"]


@pytest.mark.parametrize("increment", [1, 2, 7, "monthly"])
def test_days_add_up_to_the_whole_time(busy: Market, increment: object) -> None:
    ask = {"fields": ADDITIVE, "date_preset": "last_7d", "level": "campaign"}
    whole = busy.rows(SG, **ask)
    assert summed(busy.rows(SG, time_increment=increment, **ask)) == summed(whole)


@pytest.mark.parametrize("breakdowns", BREAKDOWNS)
def test_the_values_of_a_breakdown_add_up_to_the_row(busy: Market, breakdowns: str) -> None:
    columns = breakdowns.split(",")
    ask = {"date_preset": "last_7d", "level": "adset", "fields": ADDITIVE}
    ask["action_attribution_windows"] = ["1d_click", "28d_click", "1d_view"]
    whole = busy.rows(SG, **ask)
    parts = busy.rows(SG, breakdowns=breakdowns, **ask)
    assert len(parts) > len(whole) or breakdowns in ("country", "region", "country,region")
    for row in parts:
        assert all(row[column] for column in columns)
        assert number(row, "clicks") <= number(row, "impressions")
        for entry in row.get("actions", []):
            assert float(entry["1d_click"]) <= float(entry["28d_click"])
            assert float(entry.get("1d_view", 0)) <= float(entry["28d_click"])
    wanted = summed(whole)
    if "region" in columns:
        # Meta tells no conversions off its surfaces by region.
        wanted = {
            name: one
            for name, one in wanted.items()
            if not any(part in name for part in ("view_content", "cart", "check", "purchase"))
        }
    found = summed(parts)
    assert {name: one for name, one in found.items() if one} == {
        name: one for name, one in wanted.items() if one
    }


def test_hours_add_up_to_the_day(busy: Market) -> None:
    ask = {"date_preset": "yesterday", "level": "ad", "fields": "spend,impressions,clicks"}
    hour = "hourly_stats_aggregated_by_advertiser_time_zone"
    hours = busy.rows(SG, breakdowns=hour, **ask)
    assert {row[hour] for row in hours} == {
        f"{one:02d}:00:00 - {one:02d}:59:59" for one in range(24)
    }
    assert summed(hours) == summed(busy.rows(SG, **ask))


def test_people_do_not_add_up(busy: Market) -> None:
    ask = {"fields": "reach,impressions,frequency,unique_clicks,clicks", "date_preset": "last_7d"}
    [account] = busy.rows(SG, **ask)
    days = busy.rows(SG, time_increment=1, **ask)
    ads = busy.rows(SG, level="ad", **ask)
    for parts in (days, ads):
        for name in ("reach", "unique_clicks"):
            assert sum(number(row, name) for row in parts) > number(account, name)
    assert number(account, "reach") <= number(account, "impressions")
    frequency = number(account, "impressions") / number(account, "reach")
    assert number(account, "frequency") == pytest.approx(frequency, abs=1e-6)


def test_rates_follow_from_the_counts(busy: Market) -> None:
    fields = "spend,impressions,clicks,ctr,cpc,cpm,cost_per_action_type,actions,purchase_roas"
    for row in busy.rows(SG, level="ad", fields=f"{fields},action_values"):
        spend, shown, clicks = (number(row, one) for one in ("spend", "impressions", "clicks"))
        assert number(row, "ctr") == pytest.approx(clicks / shown * 100, abs=1e-6)
        assert number(row, "cpc") == pytest.approx(spend / clicks, abs=1e-6)
        assert number(row, "cpm") == pytest.approx(spend / shown * 1000, abs=1e-6)
        cost = action(row, "link_click", "cost_per_action_type")
        assert cost == pytest.approx(spend / action(row, "link_click"), abs=1e-6)
        worth = action(row, "omni_purchase", "action_values")
        roas = action(row, "omni_purchase", "purchase_roas")
        assert roas == pytest.approx(worth / spend, abs=1e-6)


def test_a_day_spends_about_its_budget_and_never_much_more(busy: Market) -> None:
    rows = busy.rows(SG, level="campaign", time_increment=1, date_preset="last_7d", fields="spend")
    spent = sorted(number(row, "spend") for row in rows)
    assert len(spent) == 14
    for one in spent[:7]:
        assert 300 * 0.8 <= one <= 300 * 1.75
    for one in spent[7:]:
        assert 900 * 0.8 <= one <= 900 * 1.75
    assert len(set(spent)) > 10, "days differ"


def test_a_shared_budget_is_shared(busy: Market) -> None:
    rows = busy.rows(SG, level="adset", date_preset="last_7d", fields="campaign_id,spend")
    spent: dict[str, list[float]] = {}
    for row in rows:
        spent.setdefault(row["campaign_id"], []).append(number(row, "spend"))
    assert sorted(len(one) for one in spent.values()) == [1, 2]
    for one in spent.values():
        assert all(part > 0 for part in one)


@pytest.mark.parametrize("pauses", [0, 3])
def test_a_lifetime_budget_is_spent_and_never_exceeded(market: Market, pauses: int) -> None:
    campaign = market.campaign(
        daily_budget=None, bid_strategy=None, is_adset_budget_sharing_enabled=False
    )
    ad_set = market.ad_set(campaign, lifetime_budget=70001, end_time=NOON + 10 * DAY)
    for _ in range(3):
        market.ad(ad_set)
    for _ in range(pauses):
        market.pass_time(DAY + HOUR)
        market.post(ad_set, status="PAUSED")
        market.pass_time(DAY)
        market.post(ad_set, status="ACTIVE")
    market.pass_time(NOON + 12 * DAY - market.now)
    rows = market.rows(SG, level="ad", time_increment=1, fields="spend")
    total = sum(number(row, "spend") for row in rows)
    assert 700.01 - 0.05 <= total <= 700.01, "what the pauses saved was spent later"
    remaining = int(market.get(ad_set, fields="budget_remaining")["budget_remaining"])
    assert remaining == round((700.01 - total) * 100)


def test_money_is_in_the_accounts_currency(market: Market) -> None:
    market.ad(market.ad_set(market.campaign(JP, daily_budget=5000), JP), JP)
    market.ad(market.ad_set(market.campaign(US, daily_budget=5000), US), US)
    market.pass_time(3 * DAY)
    for account, currency, offset in ((JP, "JPY", 1), (US, "USD", 100)):
        [row] = market.rows(account, date_preset="yesterday", fields="spend,account_currency")
        assert row["account_currency"] == currency
        assert 5000 * 0.8 <= number(row, "spend") * offset <= 5000 * 1.75
    assert "." not in market.rows(JP, date_preset="yesterday", fields="spend")[0]["spend"]


def test_an_account_shows_what_it_spent(busy: Market) -> None:
    [row] = busy.rows(SG, date_preset="maximum", fields="spend")
    shown = busy.get(SG, fields="amount_spent")["amount_spent"]
    assert int(shown) == round(number(row, "spend") * 100) > 0
    busy.post(SG, spend_cap_action="reset")
    assert busy.get(SG, fields="amount_spent")["amount_spent"] == "0"
    busy.pass_time(DAY)
    assert int(busy.get(SG, fields="amount_spent")["amount_spent"]) > 0


def test_only_targeted_people_are_reached(market: Market) -> None:
    campaign = market.campaign()
    ad_set = market.ad_set(
        campaign,
        targeting={
            "geo_locations": {"countries": ["SG"]},
            "age_min": 25,
            "age_max": 44,
            "genders": [2],
            "publisher_platforms": ["instagram"],
            "targeting_automation": {"advantage_audience": 0},
        },
    )
    market.ad(ad_set)
    market.pass_time(2 * DAY)
    ask = {"date_preset": "yesterday", "fields": "impressions"}
    people = market.rows(SG, breakdowns="age,gender", **ask)
    assert {(row["age"], row["gender"]) for row in people} == {
        ("25-34", "female"), ("35-44", "female"),
    }  # fmt: skip
    places = market.rows(SG, breakdowns="publisher_platform", **ask)
    assert {row["publisher_platform"] for row in places} == {"instagram"}
    rates = {
        row["age"]: number(row, "ctr")
        for row in market.rows(SG, breakdowns="age", date_preset="yesterday", fields="ctr")
    }
    assert len(set(rates.values())) == 2, "rates differ by age"
