"""Spend caps stop delivery before they are gone past, and raising one lets it go on."""

from typing import Any

import pytest

from tests.emulator.insights.market import DAY, Market, number
from tests.emulator.launches import SG


def spent(market: Market, node: str) -> int:
    """Return what a node's ads have spent so far, in minor units."""
    rows = market.rows(node, date_preset="maximum", fields="spend")
    return round(sum(number(row, "spend") for row in rows) * 100)


def test_an_account_stops_at_its_spend_cap_and_goes_on_when_it_is_raised(market: Market) -> None:
    market.running_ad(daily_budget=100000)
    market.running_ad(daily_budget=50000)
    market.post(SG, spend_cap=4000)  # whole dollars
    market.pass_time(20 * DAY)
    assert 390_000 <= spent(market, SG) <= 400_000
    assert market.get(SG, fields="amount_spent")["amount_spent"] == str(spent(market, SG))
    before = market.rows(SG, time_increment=1, level="ad", fields="spend")
    market.post(SG, spend_cap=8000)
    market.pass_time(2 * DAY)
    after = market.rows(SG, time_increment=1, level="ad", fields="spend")
    assert [row for row in after if row in before] == before
    assert 500_000 < spent(market, SG) <= 800_000
    market.post(SG, spend_cap_action="delete")
    market.pass_time(20 * DAY)
    assert spent(market, SG) > 2_000_000


def test_setting_the_counter_back_gives_the_whole_cap_again(market: Market) -> None:
    market.running_ad(daily_budget=100000)
    market.post(SG, spend_cap=2000)
    market.pass_time(10 * DAY)
    first = spent(market, SG)
    assert 190_000 <= first <= 200_000
    market.post(SG, spend_cap_action="reset")
    market.pass_time(10 * DAY)
    assert 2 * 190_000 <= spent(market, SG) <= first + 200_000
    assert int(market.get(SG, fields="amount_spent")["amount_spent"]) <= 200_000


@pytest.mark.parametrize("later", [{}, {"spend_cap": 600_000}])
def test_a_campaign_stops_at_its_own_cap(market: Market, later: dict[str, Any]) -> None:
    capped, _, _ = market.running_ad(daily_budget=100000, spend_cap=300_000)
    free, _, _ = market.running_ad(daily_budget=100000)
    market.pass_time(10 * DAY)
    assert 285_000 <= spent(market, capped) <= 300_000
    assert spent(market, free) > 800_000
    if later:
        market.post(capped, **later)
        market.pass_time(10 * DAY)
        assert 585_000 <= spent(market, capped) <= 600_000
