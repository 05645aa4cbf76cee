"""Is every token in order that our accounts are launched and read with? Asked once a day."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from meta_ads.campaigns.account import Account
from meta_ads.errors import AccessLost, MetaAdsError, RejectedByMeta
from meta_ads.launching.diagnosis import Finding, Grade, TokenFacts, token_findings
from meta_ads.launching.tokens import DEAD_CODES, TokenState


class TokenReads(Protocol):
    """Meta with one token. Raises as `AdPlatform` reads do."""

    def token_facts(self) -> TokenFacts:
        """Return what Meta says of the token."""

    def read(self, object_id: str, fields: Sequence[str]) -> Mapping[str, object]:
        """Return the fields of one object."""


class TokenRecords(Protocol):
    """Where it is kept."""

    def checked(self, state: TokenState, facts: TokenFacts | None, dead_reason: str | None) -> None:
        """Keep what Meta said of a token itself."""

    def sees(self, account_id: str, state: TokenState, refused: str | None) -> None:
        """Keep whether Meta shows a token an account."""

    def forget_others(self, states: Iterable[TokenState], unread: Iterable[str]) -> None:
        """Forget all tokens but these, and those of connections that cannot be read now."""


@dataclass(frozen=True, slots=True)
class Token:
    """One connection's token: `problem` in place of `meta` where the connection is no good."""

    state: TokenState
    meta: TokenReads | None = None
    problem: str = ""


def check_tokens(
    accounts: Sequence[Account],
    tokens: Mapping[str, Token],
    records: TokenRecords,
    now: datetime,
) -> Iterator[Finding]:
    """Yield what is found of every token, then of every account that no living token serves.

    `tokens` are by connection, `now` is aware. One token that fails holds up no other: what cannot
    be known now is a warning, and changes nothing of what was known.
    """
    if tokens:
        records.forget_others(
            (token.state for token in tokens.values() if token.meta is not None),
            (name for name, token in tokens.items() if token.meta is None),
        )
    unusable = set()
    for connection, token in tokens.items():
        served = [account for account in accounts if connection in account.connections]
        works = yield from _token(connection, token, records, now)
        if not works:
            unusable |= {(connection, account.key) for account in served}
            continue
        for account in served:
            seen = yield from _sight(connection, token, account, records)
            if not seen:
                unusable.add((connection, account.key))
    for account in accounts:
        if all((connection, account.key) in unusable for connection in account.connections):
            names = ", ".join(account.connections)
            yield Finding(
                Grade.PROBLEM,
                account.key,
                f"no token serves it any more (connections: {names}); nothing of it can be "
                "launched, paused or read",
                "Repair one of these connections, or name another in `connections` of "
                "configs/accounts.yaml.",
            )


def _token(
    connection: str, token: Token, records: TokenRecords, now: datetime
) -> Generator[Finding, None, bool]:
    """Yield findings of the token itself; return whether it works."""
    subject = f"token of {connection}"
    if token.meta is None:
        yield Finding(Grade.PROBLEM, subject, token.problem, "Repair the Airflow connection.")
        return False
    try:
        facts = token.meta.token_facts()
    except AccessLost as lost:
        yield _dead(token, records, subject, lost)
        return False
    except MetaAdsError as error:
        yield Finding(Grade.WARNING, subject, f"could not be checked: {error}")
        return True
    records.checked(token.state, facts, _death(facts))
    yield from token_findings(facts, now, subject)
    return facts.valid


def _dead(token: Token, records: TokenRecords, subject: str, lost: AccessLost) -> Finding:
    records.checked(token.state, None, str(lost.fault))
    return Finding(
        Grade.PROBLEM,
        subject,
        f"Meta does not take it ({lost.fault})",
        "Generate a new one for the system user and put it into the connection.",
    )


def _death(facts: TokenFacts) -> str | None:
    return None if facts.valid else facts.reason or "it is not valid any more"


def _sight(
    connection: str, token: Token, account: Account, records: TokenRecords
) -> Generator[Finding, None, bool]:
    """Yield a finding where Meta does not show the account; return whether it may be used."""
    assert token.meta is not None, "only tokens that work are asked"
    try:
        token.meta.read(account.account_id, ["id"])
    except (RejectedByMeta, AccessLost) as refusal:
        if isinstance(refusal, AccessLost) and refusal.fault.code in DEAD_CODES:
            yield _dead(token, records, f"token of {connection}", refusal)
            return False
        records.sees(account.account_id, token.state, str(refusal.fault))
        yield Finding(
            Grade.PROBLEM,
            f"token of {connection}",
            f"Meta does not show it {account.key} ({account.account_id}: {refusal.fault})",
            "Give its system user access to the account in Business settings, or take "
            f"{connection} out of `connections` of {account.key} in configs/accounts.yaml.",
        )
        return False
    except MetaAdsError as error:
        yield Finding(Grade.WARNING, f"token of {connection}", f"{account.key}: {error}")
        return True
    records.sees(account.account_id, token.state, None)
    return True
