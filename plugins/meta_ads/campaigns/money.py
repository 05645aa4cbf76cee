"""Money in minor units, by Meta's own offsets, and as text for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

# Currencies whose minor unit is the currency itself. Not ISO's exponents: IDR, COP, HUF and TWD
# have cents there and none at Meta. Source: Marketing API, "Currencies".
WITHOUT_CENTS = frozenset(("CLP COP CRC HUF ISK IDR JPY KRW PYG TWD VND").split())
WITH_CENTS = frozenset(
    (
        "AED ARS AUD BDT BGN BHD BOB BRL CAD CHF CNY CZK DKK DZD EGP EUR GBP GTQ HKD HNL ILS "
        "INR JOD KES KWD LKR MAD MOP MXN MYR NGN NIO NOK NZD OMR PEN PHP PKR PLN QAR RON RSD "
        "RUB SAR SEK SGD THB TND TRY TZS UAH USD UYU ZAR"
    ).split()
)
CURRENCIES = WITHOUT_CENTS | WITH_CENTS

_INTEGER = re.compile(r"[1-9]\d{0,14}", re.ASCII)
_TEXT = re.compile(r"(?P<amount>\d{1,12}(\.\d{1,12})?) (?P<currency>[A-Z]{3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of `currency` (ISO 4217), as Meta counts them."""

    amount_minor: int
    currency: str

    def __str__(self) -> str:
        if self.currency in WITHOUT_CENTS:
            return f"{self.currency} {self.amount_minor:,}"
        return f"{self.currency} {self.amount_minor // 100:,}.{self.amount_minor % 100:02d}"


def parse_money(text: str, currency: str) -> Money:
    """Return `50.00 SGD`, or an integer of minor units, as Money of `currency`.

    ValueError, with a sentence for people, for anything else: another currency, more decimals
    than the currency has, a sign, a thousands separator.
    """
    if _INTEGER.fullmatch(text):
        return Money(int(text), currency)
    if text.startswith("-") or text == "0":
        raise ValueError("is not more than zero")
    if text.isascii() and text.isdigit() and not text.startswith("0"):
        raise ValueError("is more than any budget")
    match = _TEXT.fullmatch(text)
    if match is None:
        raise ValueError("is neither a whole number of minor units nor an amount with its currency")
    if match["currency"] != currency:
        raise ValueError(f"is in {match['currency']}, but the account is in {currency}")
    amount = Decimal(match["amount"]) * (1 if currency in WITHOUT_CENTS else 100)
    if amount != amount.to_integral_value():
        raise ValueError(f"has more decimals than {currency} has at Meta")
    if amount <= 0:
        raise ValueError("is not more than zero")
    return Money(int(amount), currency)


def amount_text(amount_minor: int, currency: str) -> str:
    """Return an amount as a campaign file may say it: `50.00 SGD`."""
    if currency in WITHOUT_CENTS:
        return f"{amount_minor} {currency}"
    return f"{amount_minor // 100}.{amount_minor % 100:02d} {currency}"
