"""Clients by ad account, made of connections that were read before: for threads of one task."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from meta_ads.errors import FixInput
from meta_ads.graph.settings import GraphSettings
from meta_ads.store.tokens import TokenStore

if TYPE_CHECKING:
    from meta_ads.graph.platform import MetaPlatform

log = logging.getLogger(__name__)


class AccountPlatforms:
    """Makes the client of each account once. Not for use by several threads at once.

    `connections` are the ids that serve each account, the preferred one first; an account that is
    not among them is served by `default`. `settings` holds each connection that can be used,
    `problems` what is wrong with the others. What is learned of tokens, and with several of an
    account their use, is remembered at `database_url`.
    """

    def __init__(
        self,
        connections: Mapping[str, Sequence[str]],
        default: str,
        settings: Mapping[str, GraphSettings],
        problems: Mapping[str, str],
        database_url: str,
    ) -> None:
        self._connections = connections
        self._default = default
        self._settings = settings
        self._problems = problems
        self._database_url = database_url
        self._made: dict[str, MetaPlatform] = {}

    def for_account(self, account_id: str) -> MetaPlatform:
        """Return the client that serves an account; the same one each time.

        FixInput when no connection of the account can be used.
        """
        if account_id not in self._made:
            self._made[account_id] = self._make(account_id)
        return self._made[account_id]

    def _make(self, account_id: str) -> MetaPlatform:
        from meta_ads.graph.platform import MetaPlatform
        from meta_ads.graph.sole_token import SoleToken
        from meta_ads.graph.token_pool import TokenPool

        names = self._connections.get(account_id, (self._default,))
        for name in names:
            if name in self._problems:
                log.warning("The connection %s cannot be used: %s", name, self._problems[name])
        usable = {name: self._settings[name] for name in names if name in self._settings}
        if not usable:
            said = "; ".join(f"{name}: {self._problems.get(name, 'unknown')}" for name in names)
            raise FixInput(f"No connection to Meta serves {account_id}. {said}")
        tables = TokenStore(self._database_url)
        if len(names) == 1:
            sole = SoleToken(account_id, names[0], usable[names[0]], tables)
            return MetaPlatform(sole.settings, tokens=sole)
        pool = TokenPool(account_id, usable, tables, lambda: datetime.now(UTC))
        log.info("Using the connection %s for %s.", pool.connection, account_id)
        return MetaPlatform(pool.settings, tokens=pool)
