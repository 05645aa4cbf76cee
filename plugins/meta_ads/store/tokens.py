"""The tables of access tokens: digests, expiry, use. No token is ever written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

import psycopg

from meta_ads.errors import TryAgain
from meta_ads.launching.diagnosis import TokenFacts
from meta_ads.launching.tokens import TokenState
from meta_ads.store.database import Database
from meta_ads.store.queries import queries


class TokenStore:
    """`TokenTables` on Postgres; raises nothing but TryAgain.

    Calls to Meta are made in the middle of other transactions, and from several threads: what is
    noted goes by a connection of its own, opened for the moment. Notes are seconds apart.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._sql = queries("tokens")

    def states(self, account_id: str, fingerprints: Mapping[str, str]) -> Sequence[TokenState]:
        """Return what is known of each connection's token; see `TokenTables.states`."""
        rows = self._run(
            ("states",),
            account_id=account_id,
            connections=list(fingerprints),
            fingerprints=list(fingerprints.values()),
        )
        return [
            TokenState(
                connection=row["connection"],
                fingerprint=row["fingerprint"],
                used_percent=float(row["used_percent"] or 0),
                used_at=row["used_at"],
                full_until=row["full_until"],
                dead=bool(row["dead"]),
                blind=bool(row["blind"]),
            )
            for row in rows
        ]

    def used(
        self, account_id: str, state: TokenState, percent: float, full_until: datetime | None
    ) -> None:
        """Note what an answer's headers said; see `TokenTables.used`."""
        self._run(
            ("known", "replaced", "used"),
            account_id=account_id,
            fingerprint=state.fingerprint,
            connection=state.connection,
            used_percent=percent,
            full_until=full_until,
        )

    def lives(self, state: TokenState) -> None:
        """Note that Meta takes a token; see `TokenLives.lives`."""
        self._run(
            ("revived", "replaced"), fingerprint=state.fingerprint, connection=state.connection
        )

    def died(self, state: TokenState, reason: str) -> None:
        """Note that Meta does not take a token any more; see `TokenTables.died`."""
        self._run(
            ("died",),
            fingerprint=state.fingerprint,
            connection=state.connection,
            reason=reason,
        )

    def checked(self, state: TokenState, facts: TokenFacts | None, dead_reason: str | None) -> None:
        """Keep what Meta said of a token itself; `facts` are None when it said nothing."""
        self._run(
            ("checked",),
            fingerprint=state.fingerprint,
            connection=state.connection,
            application=facts.application if facts else None,
            scopes=sorted(facts.scopes) if facts else None,
            expires_at=facts.expires_at if facts else None,
            dead_reason=dead_reason,
        )

    def sees(self, account_id: str, state: TokenState, refused: str | None) -> None:
        """Keep whether Meta shows a token an account: `refused` says why not."""
        self._run(
            ("remember", "sees"),
            account_id=account_id,
            fingerprint=state.fingerprint,
            connection=state.connection,
            refused=refused,
        )

    def forget_others(self, states: Iterable[TokenState], unread: Iterable[str]) -> None:
        """Forget all tokens but these, and those of connections that cannot be read now."""
        self._run(
            ("forget",),
            fingerprints=[state.fingerprint for state in states],
            unread=list(unread),
        )

    def dead(self) -> list[str]:
        """Return a sentence for each token that does not work any more."""
        return [
            f"The token of the connection {row['connection']} does not work since "
            f"{row['dead_since']:%F %H:%M} UTC: {row['dead_reason']}. Generate a new one for the "
            "system user and put it into the connection."
            for row in self._run(("dead",))
        ]

    def _run(self, names: Sequence[str], **values: Any) -> list[dict[str, Any]]:
        """Run statements in one transaction; return the rows of the last."""
        try:
            with closing(Database(self._url)) as database, database.transaction() as cursor:
                for name in names:
                    cursor.execute(self._sql[name], values)
                return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise TryAgain(f"What is known of tokens is out of reach: {error}") from None
