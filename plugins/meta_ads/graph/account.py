"""What a launch must know of an ad account before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from meta_ads.graph.client import GraphClient, checked_id

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
    status, reason = body.get("account_status"), body.get("disable_reason")

    def text(name: str) -> str | None:
        value = body.get(name)
        return str(value) if value not in (None, "") else None

    return AccountFacts(
        account_id=text("id") or account_id,
        name=text("name") or account_id,
        status=_STATUSES.get(status, f"unknown ({status})"),  # type: ignore[arg-type]
        may_create=status in _MAY_CREATE,
        currency=text("currency") or "",
        timezone=text("timezone_name") or "",
        disable_reason=_DISABLE_REASONS.get(reason, f"reason {reason}") if reason else None,
        funding_source=text("funding_source"),
        dsa_beneficiary=text("default_dsa_beneficiary"),
        dsa_payor=text("default_dsa_payor"),
    )


def minimum_daily_budget(client: GraphClient, account_id: str, currency: str) -> int | None:
    """Return the least daily budget for impressions, in minor units; None when Meta names none.

    Source: `/act_X/minimum_budgets`, `min_daily_budget_imp`.
    """
    doing = f"read the minimum budgets of {account_id}"
    for item in client.pages(doing, checked_id(account_id), "minimum_budgets"):
        if item.get("currency") == currency and isinstance(item.get("min_daily_budget_imp"), int):
            return int(item["min_daily_budget_imp"])
    return None
