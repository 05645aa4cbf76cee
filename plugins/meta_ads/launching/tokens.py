"""Which access token a call is made with, where several serve an account: decisions without I/O.

Meta counts calls for each app on each account, so that tokens of several apps have quotas of their
own. Every answer says how much of them is used ("Rate Limits"); the token with the most left is
next. A token is known by a digest: the token itself is in no table, log or error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Protocol

from meta_ads.errors import AccessLost, MetaAdsError

#: Meta's quotas count the last hour; what was used is free again after it.
WINDOW = timedelta(hours=1)
FULL = 100.0
#: Meta's codes about the token itself: expired, revoked, malformed, no session, no proof. Source:
#: Graph API, "Handle Errors".
DEAD_CODES = frozenset({102, 104, 190})
_DIGITS = 16
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TokenState:
    """What is known of one token for one account.

    `connection` is the Airflow connection that holds it. `used_percent` of its fullest quota was
    used at `used_at` (aware; None: it was never used). `full_until` is when Meta lets it in again,
    where Meta named a time. `dead`: Meta no longer takes it. `blind`: Meta does not show it the
    account.
    """

    connection: str
    fingerprint: str
    used_percent: float = 0.0
    used_at: datetime | None = None
    full_until: datetime | None = None
    dead: bool = False
    blind: bool = False

    @property
    def living(self) -> bool:
        """Whether a call with it can work."""
        return not self.dead and not self.blind


class TokenLives(Protocol):
    """Whether tokens work, as remembered between processes. Whatever is written may be lost."""

    def lives(self, state: TokenState) -> None:
        """Note that Meta takes the token, and that the connection holds no dead one any more."""

    def died(self, state: TokenState, reason: str) -> None:
        """Note that Meta does not take the token any more, and Meta's words."""


class TokenTables(Protocol):
    """What is remembered of tokens between processes. Whatever is written may be lost."""

    def states(self, account_id: str, fingerprints: Mapping[str, str]) -> Sequence[TokenState]:
        """Return what is known of each connection's token, in the order given."""

    def used(
        self, account_id: str, state: TokenState, percent: float, full_until: datetime | None
    ) -> None:
        """Note what an answer's headers said; a token that was answered is not dead."""

    def died(self, state: TokenState, reason: str) -> None:
        """Note that Meta does not take the token any more, and Meta's words."""


def is_dead_token(error: MetaAdsError) -> bool:
    """Whether Meta refused the token itself, and no other was left to try."""
    return isinstance(error, AccessLost) and error.fault.code in DEAD_CODES


def fingerprint(token: str) -> str:
    """Return the digest a token is known by, 16 hex characters; it cannot be turned back."""
    return sha256(token.encode()).hexdigest()[:_DIGITS]


def expected_percent(token: TokenState, now: datetime) -> float:
    """Return how much of its fullest quota a token has used by now, as far as can be known."""
    if token.full_until is not None and token.full_until > now:
        return FULL
    if token.used_at is None:
        return 0.0
    left = 1 - max(now - token.used_at, timedelta(0)) / WINDOW
    return token.used_percent * max(0.0, left)


def ranked(tokens: Sequence[TokenState], now: datetime) -> list[TokenState]:
    """Return the tokens, the one to use first.

    Living ones come before others, then counts what is left of their quotas, then whose last use is
    longest ago, then the order given. Dead ones come last and not never: with nothing else left,
    Meta's own answer tells people more than we could.
    """
    return sorted(
        tokens,
        key=lambda token: (
            token.dead,
            token.blind,
            expected_percent(token, now),
            token.used_at or _LONG_AGO,
        ),
    )


def next_token(
    tokens: Sequence[TokenState], tried: frozenset[str], now: datetime
) -> TokenState | None:
    """Return the best token that may still work; None when there is none.

    `tried` are the fingerprints of those that were refused for what is being done.
    """
    left = [token for token in tokens if token.living and token.fingerprint not in tried]
    return next(iter(ranked(left, now)), None)
