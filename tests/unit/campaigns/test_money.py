"""Money is counted as Meta counts it, for every currency it knows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meta_ads.campaigns.money import CURRENCIES, WITHOUT_CENTS, Money, amount_text, parse_money

currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(1, 10**12 - 1)


@settings(derandomize=True)
@given(amounts, currencies)
def test_an_integer_is_minor_units(amount: int, currency: str) -> None:
    assert parse_money(str(amount), currency) == Money(amount, currency)


@settings(derandomize=True)
@given(amounts, currencies)
def test_an_amount_with_its_currency_is_the_same_money(amount: int, currency: str) -> None:
    assert parse_money(amount_text(amount, currency), currency) == Money(amount, currency)


@settings(derandomize=True)
@given(amounts, currencies)
def test_what_people_are_shown_is_the_amount_itself(amount: int, currency: str) -> None:
    code, text = str(Money(amount, currency)).split(" ")
    offset = 1 if currency in WITHOUT_CENTS else 100
    assert code == currency
    assert Decimal(text.replace(",", "")) * offset == amount


@settings(derandomize=True)
@given(st.text(max_size=20), currencies)
def test_any_text_is_refused_or_read_exactly(text: str, currency: str) -> None:
    try:
        money = parse_money(text, currency)
    except ValueError:
        return
    assert money.amount_minor > 0
    assert text in {str(money.amount_minor), f"{text.split(' ')[0]} {currency}"}


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("SGD", "SGD 50.00"), ("JPY", "JPY 5,000"), ("IDR", "IDR 5,000"), ("USD", "USD 50.00")],
)
def test_the_same_integer_is_other_money_in_other_currencies(currency: str, shown: str) -> None:
    assert str(Money(5000, currency)) == shown
