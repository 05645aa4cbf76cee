"""What a launch must know of an ad account before it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meta_ads.graph.client import GraphClient, checked_id
from meta_ads.syncing.ad_accounts import AccountRow
from meta_ads.syncing.graph_values import minor, moment, number, text

# Source: Marketing API reference, Ad Account, `account_status` and `disable_reason`.
_STATUSES = {
    1: "active",
    2: "disabled",
    3: "unsettled",
    7: "pending risk review",
    8: "pending settlement",
    9: "in grace period",
    100: "pending closure",
    101: "closed",
}
_MAY_CREATE = {1, 9}
_DISABLE_REASONS = {
    0: "none",
    1: "ads integrity policy",
    2: "ads intellectual property review",
    3: "risk payment",
    4: "grey account shut down",
    5: "ads audience integrity check",
    6: "business integrity, retail",
    7: "permanent close",
    8: "unused reseller account",
    9: "unused account",
    10: "umbrella ad account",
    11: "business manager integrity policy",
    12: "misrepresented ad account",
    13: "ads over limit of disabled pages",
    14: "closed legacy account",
    16: "hacked account",
}
_FIELDS = (
    "id,name,account_status,disable_reason,currency,timezone_name,funding_source,"
    "default_dsa_beneficiary,default_dsa_payor"
)
_ROW_FIELDS = (
    "id,name,account_status,disable_reason,currency,timezone_name,timezone_offset_hours_utc,"
    "business_name,business_state,business_country_code,balance,amount_spent,spend_cap,"
    "min_daily_budget,created_time"
)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An ad account as Meta has it. `status` and `disable_reason` are words.

    `funding_source` is None when there is none, or when our token may not see it.
    """

    account_id: str
    name: str
    status: str
    may_create: bool
    currency: str
    timezone: str
    disable_reason: str | None = None
    funding_source: str | None = None
    dsa_beneficiary: str | None = None
    dsa_payor: str | None = None


def account_facts(client: GraphClient, account_id: str) -> AccountFacts:
    """Read the account; RejectedByMeta or AccessLost when our token does not see it."""
    body = client.get(f"read account {account_id}", checked_id(account_id), fields=_FIELDS)
    return AccountFacts(
        account_id=text(body.get("id")) or account_id,
        name=text(body.get("name")) or account_id,
        status=_status(body),
        may_create=body.get("account_status") in _MAY_CREATE,
        currency=text(body.get("currency")) or "",
        timezone=text(body.get("timezone_name")) or "",
        disable_reason=_disabled(body),
        funding_source=text(body.get("funding_source")),
        dsa_beneficiary=text(body.get("default_dsa_beneficiary")),
        dsa_payor=text(body.get("default_dsa_payor")),
    )


def account_row(client: GraphClient, account_id: str) -> AccountRow:
    """Read what a sync keeps of the account; raises as `account_facts` does."""
    body = client.get(f"read account {account_id}", checked_id(account_id), fields=_ROW_FIELDS)
    return AccountRow(
        account_id=text(body.get("id")) or account_id,
        name=text(body.get("name")) or account_id,
        status=_status(body),
        currency=text(body.get("currency")) or "",
        timezone=text(body.get("timezone_name")) or "",
        disable_reason=_disabled(body),
        timezone_offset_hours=number(body.get("timezone_offset_hours_utc")),
        business_name=text(body.get("business_name")),
        business_state=text(body.get("business_state")),
        business_country_code=text(body.get("business_country_code")),
        balance=minor(body.get("balance")),
        amount_spent=minor(body.get("amount_spent")),
        # Meta says 0 for no limit.
        spend_cap=minor(body.get("spend_cap")) or None,
        min_daily_budget=minor(body.get("min_daily_budget")),
        created_time=moment(body.get("created_time")),
    )


def _status(body: Mapping[str, Any]) -> str:
    status = body.get("account_status")
    return _STATUSES.get(status, f"unknown ({status})")  # type: ignore[arg-type]


def _disabled(body: Mapping[str, Any]) -> str | None:
    reason = body.get("disable_reason")
    return _DISABLE_REASONS.get(reason, f"reason {reason}") if reason else None


def minimum_daily_budget(client: GraphClient, account_id: str, currency: str) -> int | None:
    """Return the least daily budget for impressions, in minor units; None when Meta names none.

    Source: `/act_X/minimum_budgets`, `min_daily_budget_imp`.
    """
    doing = f"read the minimum budgets of {account_id}"
    for item in client.pages(doing, checked_id(account_id), "minimum_budgets"):
        if item.get("currency") == currency and isinstance(item.get("min_daily_budget_imp"), int):
            return int(item["min_daily_budget_imp"])
    return None
