"""Is everything at Meta in order for the accounts we launch for? Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.money import Money
from meta_ads.errors import AccessLost, RejectedByMeta
from meta_ads.launching.preflight import AccountFacts, AccountReads

# Without the first two nothing can be launched or read; without the others, single calls fail.
NEEDED_SCOPES = ("ads_management", "ads_read")
USEFUL_SCOPES = ("business_management", "pages_read_engagement", "pages_show_list")
EXPIRES_SOON = timedelta(days=14)


class Grade(StrEnum):
    """How a finding is meant."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what it is about, how it is, and what to do when it is not well."""

    grade: Grade
    subject: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.grade:8} {self.subject}: {self.message}"
        return f"{text}\n         → {self.remedy}" if self.remedy else text


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What Meta says of our token. `expires_at` is aware UTC, None when it never expires."""

    valid: bool
    scopes: frozenset[str]
    expires_at: datetime | None = None
    application: str | None = None
    reason: str | None = None


class DiagnosisReads(AccountReads, Protocol):
    """Meta, as a diagnosis sees it. Raises as `AdPlatform` reads do."""

    def token_facts(self) -> TokenFacts:
        """Return what Meta says of our own token."""

    def account_facts(self, account_id: str) -> FundedAccountFacts:
        """Return status, currency, time zone and funding."""


class FundedAccountFacts(AccountFacts, Protocol):
    """What Meta says of an account, its way to pay included."""

    @property
    def funding_source(self) -> str | None:
        """How it pays; None when there is none, or when our token may not see it."""


def diagnose(
    accounts: Iterable[Account], meta: DiagnosisReads, now: datetime, subject: str = "token"
) -> Iterator[Finding]:
    """Yield a finding for everything looked at: the token first, then each account.

    `now` is aware. Nothing more is asked once Meta does not take the token.
    """
    try:
        facts = meta.token_facts()
    except AccessLost as lost:
        yield Finding(
            Grade.PROBLEM,
            subject,
            f"Meta does not take it ({lost.fault})",
            "Generate a new one for the system user and put it into the connection.",
        )
        return
    yield from token_findings(facts, now, subject)
    if not facts.valid:
        return
    for account in accounts:
        yield from _account(account, meta)


def token_findings(facts: TokenFacts, now: datetime, subject: str = "token") -> Iterator[Finding]:
    """Yield what Meta says of a token: validity, expiry, permissions. `now` is aware."""
    renew = "Generate a new one for the system user and put it into the connection."
    if not facts.valid:
        yield Finding(Grade.PROBLEM, subject, facts.reason or "is not valid any more", renew)
        return
    whose = f"of the app {facts.application}" if facts.application else "valid"
    if facts.expires_at is None:
        yield Finding(Grade.OK, subject, f"{whose}, never expires")
    else:
        left = facts.expires_at - now
        grade = Grade.WARNING if left < EXPIRES_SOON else Grade.OK
        yield Finding(
            grade,
            subject,
            f"{whose}, expires {facts.expires_at:%Y-%m-%d %H:%M} UTC, in {left.days} days",
            renew if grade is Grade.WARNING else "",
        )
    for grade, scopes in ((Grade.PROBLEM, NEEDED_SCOPES), (Grade.WARNING, USEFUL_SCOPES)):
        missing = [scope for scope in scopes if scope not in facts.scopes]
        if missing:
            yield Finding(
                grade,
                subject,
                f"lacks {', '.join(missing)}",
                "Generate it anew with these permissions ticked.",
            )


def _account(account: Account, meta: DiagnosisReads) -> Iterator[Finding]:
    try:
        facts = meta.account_facts(account.account_id)
    except (RejectedByMeta, AccessLost) as refusal:
        yield Finding(
            Grade.PROBLEM,
            account.key,
            f"Meta does not show {account.account_id} to this token ({refusal.fault})",
            "Check account_id in configs/accounts.yaml, and give the system user access to the "
            "account in Business settings.",
        )
        return
    yield from _state(account, facts)
    yield from _settings(account, facts)
    for what, object_id in (
        ("page", account.page_id),
        ("pixel", account.pixel_id),
        ("Instagram account", account.instagram_user_id),
    ):
        if object_id is not None and not meta.exists(object_id):
            yield Finding(
                Grade.PROBLEM,
                account.key,
                f"Meta shows no {what} {object_id} to this token",
                "Check the id, and give the system user access to it in Business settings.",
            )
    minimum = meta.minimum_daily_budget(account.account_id, facts.currency)
    if minimum is not None:
        least = Money(minimum, facts.currency)
        yield Finding(Grade.OK, account.key, f"the least budget of an ad set is {least} a day")
    if account.regional:
        yield Finding(
            Grade.OK,
            account.key,
            f"names who is behind the ads for {', '.join(sorted(account.regional))}; Meta checks "
            "these identities only when an ad set is created",
        )


def _state(account: Account, facts: FundedAccountFacts) -> Iterator[Finding]:
    if facts.may_create:
        yield Finding(Grade.OK, account.key, f"{account.account_id} is {facts.status}")
    else:
        why = " ".join(word for word in (facts.status, facts.disable_reason) if word)
        yield Finding(
            Grade.PROBLEM,
            account.key,
            f"the ad account cannot run ads: {why}",
            "Open the account in Ads Manager and settle what it asks for.",
        )
    if facts.funding_source is None:
        yield Finding(
            Grade.WARNING,
            account.key,
            "has no way to pay that this token can see",
            "Look at Billing in Ads Manager; without one, ads are created and never delivered.",
        )


def _settings(account: Account, facts: AccountFacts) -> Iterator[Finding]:
    for name, ours, theirs in (
        ("currency", account.currency, facts.currency),
        ("timezone", account.timezone, facts.timezone),
    ):
        if ours != theirs:
            yield Finding(
                Grade.PROBLEM,
                account.key,
                f"configs/accounts.yaml says {name} {ours}, the account at Meta has {theirs}",
                f"Set {name}: {theirs} for {account.key} in configs/accounts.yaml.",
            )
