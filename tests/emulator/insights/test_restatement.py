"""Conversions come in late: a day's numbers change for 28 days and never after."""

from tests.emulator.insights.market import DAY, Market, Row, action, number
from tests.emulator.launches import SG

_DAY = {"since": "2026-03-03", "until": "2026-03-03"}


def _read(market: Market) -> Row:
    fields = "spend,impressions,clicks,actions,action_values,purchase_roas"
    [row] = market.rows(SG, time_range=_DAY, fields=fields)
    return row


def test_conversions_are_restated_until_28_days_after_the_day_and_then_frozen(
    market: Market,
) -> None:
    market.running_ad(daily_budget=500000)
    market.pass_time(DAY + 12 * 3600)  # midnight after the 3rd
    seen = []
    for _ in range(40):
        seen.append(_read(market))
        market.pass_time(DAY)
    purchases = [action(row, "purchase") for row in seen]
    assert purchases == sorted(purchases), "they only grow"
    assert purchases[0] < purchases[7] < purchases[20] < purchases[27]
    carts = [action(row, "add_to_cart") for row in seen]
    assert carts[26] < carts[27], "the last change comes on the 28th day"
    assert all(row == seen[27] for row in seen[27:])


def test_what_happens_on_meta_itself_is_not_restated(market: Market) -> None:
    market.running_ad(daily_budget=500000)
    market.pass_time(2 * DAY)
    before = _read(market)
    market.pass_time(20 * DAY)
    after = _read(market)
    for name in ("spend", "impressions", "clicks"):
        assert number(after, name) == number(before, name)
    assert action(after, "link_click") == action(before, "link_click")
    assert action(after, "purchase", "action_values") > action(before, "purchase", "action_values")


def test_a_day_adds_up_while_it_is_restated(market: Market) -> None:
    market.running_ad(daily_budget=500000)
    for _ in range(12):
        market.pass_time(3 * DAY)
        whole = _read(market)
        parts = market.rows(SG, time_range=_DAY, breakdowns="age", fields="actions")
        for kind in ("purchase", "initiate_checkout", "add_to_cart", "view_content"):
            assert sum(action(row, kind) for row in parts) == action(whole, kind)
