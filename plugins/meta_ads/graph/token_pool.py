"""The tokens that serve one account, and the one in use."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from meta_ads.errors import GraphFault, MetaAdsError
from meta_ads.graph.settings import GraphSettings
from meta_ads.graph.usage import Usage
from meta_ads.launching.tokens import (
    DEAD_CODES,
    TokenState,
    TokenTables,
    fingerprint,
    next_token,
    ranked,
)

log = logging.getLogger(__name__)
# Codes about what a token may do or see: another one may be allowed to.
_NOT_ALLOWED = frozenset({3, 10, 294, *range(200, 294), *range(295, 300)})
# How often usage is written down at most, unless it rose by so many points.
_EVERY = timedelta(seconds=30)
_STEP = 5.0


class Tokens(Protocol):
    """The tokens behind one client: the one in use, and what follows from Meta's answers."""

    @property
    def account_id(self) -> str:
        """The account the tokens are for."""

    @property
    def connection(self) -> str:
        """The Airflow connection whose token is in use."""

    @property
    def settings(self) -> GraphSettings:
        """The settings with the token in use."""

    def answered(self, usage: Usage) -> None:
        """Note what a good answer said of quotas. Called after reads only."""

    def refused(self, fault: GraphFault) -> bool:
        """Go on to another token after Meta refused this one; False when there is no other."""

    def throttled(self, until: datetime) -> bool:
        """Go on to a token with room after Meta asked this one to wait; False without one."""


class TokenPool:
    """Chooses a token when it is made, and another one when Meta refuses that.

    What it notes for other processes is a help and no truth: when Postgres is away, calls go on.
    `connections` maps ids of Airflow connections to their settings, in order of preference.
    """

    def __init__(
        self,
        account_id: str,
        connections: Mapping[str, GraphSettings],
        tables: TokenTables,
        clock: Callable[[], datetime],
    ) -> None:
        self._account_id = account_id
        self._connections = connections
        self._tables = tables
        self._clock = clock
        self._tried: frozenset[str] = frozenset()
        self._states = list(self._known())
        self._current = ranked(self._states, clock())[0]
        self._noted: tuple[float, datetime] | None = None

    def __repr__(self) -> str:
        return f"TokenPool({self._account_id}, {list(self._connections)})"

    @property
    def account_id(self) -> str:
        """The account the tokens are for."""
        return self._account_id

    @property
    def connection(self) -> str:
        """The Airflow connection whose token is in use."""
        return self._current.connection

    @property
    def settings(self) -> GraphSettings:
        """The settings with the token in use."""
        return self._connections[self.connection]

    def answered(self, usage: Usage) -> None:
        """Note what an answer said of quotas. Only after reads: a write must not wait for notes."""
        now = self._clock()
        wait = usage.regain_seconds
        until = now + timedelta(seconds=wait) if wait else None
        percent = usage.highest_percent
        if self._noted is not None and until is None:
            noted, at = self._noted
            if now - at < _EVERY and abs(percent - noted) < _STEP:
                return
        self._noted = (percent, now)
        state = self._current
        self._note(lambda: self._tables.used(self._account_id, state, percent, until))

    def refused(self, fault: GraphFault) -> bool:
        """Go on to another token after Meta refused this one; False when there is no other."""
        if fault.code in DEAD_CODES:
            self._change(dead=True)
            state, reason = self._current, str(fault)
            self._note(lambda: self._tables.died(state, reason))
            log.warning("The token of the connection %s does not work: %s", self.connection, fault)
        elif fault.code not in _NOT_ALLOWED and (fault.code, fault.subcode) != (100, 33):
            return False
        return self._go_on()

    def throttled(self, until: datetime) -> bool:
        """Go on to a token with room after Meta asked this one to wait; False without one."""
        self._change(full_until=until)
        state = self._current
        self._note(lambda: self._tables.used(self._account_id, state, 100.0, until))
        now = self._clock()
        room = [s for s in self._states if s.full_until is None or s.full_until <= now]
        return self._go_on(room)

    def _go_on(self, among: Sequence[TokenState] | None = None) -> bool:
        self._tried |= {self._current.fingerprint}
        following = next_token(self._states if among is None else among, self._tried, self._clock())
        if following is None:
            return False
        log.info("Going on with the connection %s.", following.connection)
        self._current, self._noted = following, None
        return True

    def _change(self, **changes: object) -> None:
        number = self._states.index(self._current)
        self._current = self._states[number] = replace(self._current, **changes)  # type: ignore[arg-type]

    def _known(self) -> Sequence[TokenState]:
        prints = {name: fingerprint(item.token) for name, item in self._connections.items()}
        try:
            return self._tables.states(self._account_id, prints)
        except MetaAdsError as error:
            log.warning("What is known of tokens cannot be read; the first one is used: %s", error)
            return [TokenState(name, digest) for name, digest in prints.items()]

    def _note(self, write: Callable[[], None]) -> None:
        try:
            write()
        except MetaAdsError as error:
            log.warning("What was learned of a token could not be written down: %s", error)
