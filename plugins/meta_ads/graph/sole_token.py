"""The one token that serves an account: nothing to choose, and its death is told all the same."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from meta_ads.errors import GraphFault, MetaAdsError
from meta_ads.graph.settings import GraphSettings
from meta_ads.graph.usage import Usage
from meta_ads.launching.tokens import DEAD_CODES, TokenLives, TokenState, fingerprint

log = logging.getLogger(__name__)


class SoleToken:
    """Notes that Meta refused the token, and that it takes it again. See `TokenPool`.

    When Postgres is away, calls go on: what is noted is a help and no truth.
    """

    def __init__(
        self, account_id: str, connection: str, settings: GraphSettings, lives: TokenLives
    ) -> None:
        self.account_id = account_id
        self.connection = connection
        self.settings = settings
        self._lives = lives
        self._state = TokenState(connection, fingerprint(settings.token))
        self._known_to_live = False

    def __repr__(self) -> str:
        return f"SoleToken({self.account_id}, {self.connection})"

    def answered(self, usage: Usage) -> None:
        """Note once that the token works, and so that an earlier one of its connection is gone."""
        if not self._known_to_live:
            self._known_to_live = True
            self._note(lambda: self._lives.lives(self._state))

    def refused(self, fault: GraphFault) -> bool:
        """Note that Meta does not take the token any more; there is no other one."""
        if fault.code in DEAD_CODES:
            self._known_to_live = False
            log.warning("The token of the connection %s does not work: %s", self.connection, fault)
            self._note(lambda: self._lives.died(self._state, str(fault)))
        return False

    def throttled(self, until: datetime) -> bool:
        """Meta asks to wait until then: there is no other token."""
        return False

    def _note(self, write: Callable[[], None]) -> None:
        try:
            write()
        except MetaAdsError as error:
            log.warning("What was learned of a token could not be written down: %s", error)
