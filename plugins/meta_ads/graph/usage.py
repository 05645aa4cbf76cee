"""What Meta's usage headers say: how much of each quota is used, and when it comes back.

Source: Graph API "Rate Limits", Marketing API "Rate Limiting". Every value is read defensively:
headers are missing, misspelt or oddly typed in the field, and must never fail a call.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# The documentation spells the second one both ways.
_BUSINESS = ("x-business-use-case-usage", "x-business-use-case")
_FULL_PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class Usage:
    """Quota use at one answer: percents of 100, and seconds until access comes back.

    `regain_seconds` is None unless Meta named a wait. `tier` is the app's access tier.
    """

    app_percent: float = 0.0
    account_percent: float = 0.0
    business_percent: float = 0.0
    regain_seconds: int | None = None
    tier: str | None = None

    @property
    def highest_percent(self) -> float:
        """The fullest quota."""
        return max(self.app_percent, self.account_percent, self.business_percent)


def parse_usage(headers: Mapping[str, str]) -> Usage:
    """Return the usage that an answer's headers tell; zeros where they tell nothing."""
    named = {name.lower(): value for name, value in headers.items()}
    app = _object(named.get("x-app-usage"))
    account = _object(named.get("x-ad-account-usage"))
    insights = _object(named.get("x-fb-ads-insights-throttle"))
    entries = [entry for name in _BUSINESS for entry in _entries(_object(named.get(name)))]

    account_percent = max(
        _number(account.get("acc_id_util_pct")), _number(insights.get("acc_id_util_pct"))
    )
    waits = [
        # Minutes, unlike every other time in these headers.
        60 * _number(entry.get("estimated_time_to_regain_access"))
        for entry in entries
    ]
    if _number(account.get("acc_id_util_pct")) >= _FULL_PERCENT:
        # Present at any use; it is a wait only once the quota is spent.
        waits.append(_number(account.get("reset_time_duration")))
    waits.append(_number(named.get("retry-after")))
    longest = max(waits)

    tiers = (account, insights, *entries)
    return Usage(
        app_percent=max(_percent(app), _number(insights.get("app_id_util_pct"))),
        account_percent=account_percent,
        business_percent=max((_percent(entry) for entry in entries), default=0.0),
        regain_seconds=int(longest) if longest > 0 else None,
        tier=next((t for part in tiers if (t := part.get("ads_api_access_tier"))), None),
    )


def _object(text: str | None) -> Mapping[str, Any]:
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _entries(business: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for value in business.values():
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, dict):
                yield entry


def _percent(entry: Mapping[str, Any]) -> float:
    names = ("call_count", "total_cputime", "total_time")
    return max(_number(entry.get(name)) for name in names)


def _number(value: Any) -> float:
    if isinstance(value, bool):
        return 0.0
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    # Not a number and infinity are no waits.
    return number if 0 < number < 10**9 else 0.0
