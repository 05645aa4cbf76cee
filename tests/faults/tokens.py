"""Two tokens that serve one account, of which one may die or be full."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from meta_ads.graph.token_pool import TokenPool
from meta_ads.graph.transport import _Bearer
from meta_ads.store.tokens import TokenStore
from tests.emulator.launches import SG

if TYPE_CHECKING:
    from tests.faults.world import World

# Tokens of the emulator's own world.
SECOND = "EAAemulator0000000000000000000000000000000000000000000000"
EXPIRED = "emulator-expired-token"
MINUTE = 60.0


class Tokens:
    """The tokens that workers of a world have: one, or two once `several` is set."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dead: set[str] = set()
        self._full: dict[str, float] = {}
        self.several = False

    def pool(self, clock: Callable[[], datetime]) -> TokenPool | None:
        """Return what a new worker chooses from; None where there is but one token."""
        if not self.several:
            return None
        first = self._world.settings
        both = {"first": first, "second": replace(first, token=SECOND)}
        return TokenPool(SG, both, TokenStore(self._world.url), clock)

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

    def forget(self) -> None:
        """Have one working token again, of which nothing is known."""
        if self.several:
            self._world.person.rows("DELETE FROM meta_ads.token_usage")
            self._world.person.rows("DELETE FROM meta_ads.access_token")
        self._dead.clear()
        self._full.clear()
        self.several = False
