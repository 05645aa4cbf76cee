"""Two tokens that serve one account, of which one may die or be full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from meta_ads.graph.token_pool import TokenPool
from meta_ads.graph.transport import _Bearer
from meta_ads.store.database import Database
from meta_ads.store.tokens import TokenStore
from tests.emulator.launches import SG

if TYPE_CHECKING:
    from tests.faults.world import World

# Tokens of the emulator's own world.
SECOND = "EAAemulator0000000000000000000000000000000000000000000000"
EXPIRED = "emulator-expired-token"
MINUTE = 60.0


class KeptTokenStore(TokenStore):
    """The real statements, on a session that is kept: opening one for each note takes long."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.database = Database(url)

    def _run(self, names: Sequence[str], **values: Any) -> list[dict[str, Any]]:
        with self.database.transaction() as cursor:
            for name in names:
                cursor.execute(self._sql[name], values)
            return cursor.fetchall() if cursor.description else []


class Tokens:
    """The tokens that workers of a world have: one, or two once `several` is set."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dead: set[str] = set()
        self._full: dict[str, float] = {}
        self._store = KeptTokenStore(world.url)
        self.several = False

    def pool(self, clock: Callable[[], datetime]) -> TokenPool | None:
        """Return what a new worker chooses from; None where there is but one token."""
        if not self.several:
            return None
        first = self._world.settings
        both = {"first": first, "second": replace(first, token=SECOND)}
        return TokenPool(SG, both, self._store, clock)

    def die(self, token: str) -> None:
        """Let Meta refuse the token from now on."""
        self._dead.add(token)

    def fill(self, token: str, minutes: int) -> None:
        """Let Meta ask whoever has the token to wait so long."""
        self._full[token] = self._world.elapsed + minutes * MINUTE

    def worn(self, token: str, auth: Any) -> Any:
        """Return what a call with the token is sent with; let Meta throttle it if it is full."""
        left = self._full.get(token, 0.0) - self._world.elapsed
        if left > 0:
            self._world.fail(action="throttle", minutes=-int(-left // MINUTE))
        return _Bearer(EXPIRED) if token in self._dead else auth

    def close(self) -> None:
        """Close the session of their store."""
        self._store.database.close()

    def renew(self) -> None:
        """Let every token work, and nothing be known of it."""
        if self.several:
            self._world.person.rows("DELETE FROM meta_ads.token_usage")
            self._world.person.rows("DELETE FROM meta_ads.access_token")
        self._dead.clear()
        self._full.clear()

    def forget(self) -> None:
        """Have one working token again."""
        self.renew()
        self.several = False
