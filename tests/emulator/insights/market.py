"""An emulator in this process: calls go straight to its answers, and its clock stands still."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from emulator.calls import graph
from emulator.calls.errors import GraphError
from emulator.calls.protocol import make_call
from emulator.clock import Clock
from emulator.emulator import Emulator
from emulator.objects.nodes import ALL_KINDS
from emulator.settings import DEFAULT_WORLD, Settings
from emulator.state import State
from emulator.world import read_world
from tests.emulator.launches import SG, ad_set, campaign, changed

Row = dict[str, Any]
#: Noon of 2 March 2026 in Singapore.
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC).timestamp()
HOUR, DAY = 3600.0, 86400.0


class StandingClock(Clock):
    """A clock that moves only when it is told to."""

    def __init__(self, moment: float) -> None:
        super().__init__()
        self.moment = moment

    def now(self) -> float:
        return self.moment


class Market:
    """One server's state and the calls a test makes on it."""

    def __init__(self, state: Path, world: Path = DEFAULT_WORLD, now: float = NOON) -> None:
        self._folder, self._world = state, world
        self._open(now)

    def _open(self, now: float) -> None:
        settings = Settings(state=self._folder, world=self._world)
        world, state = read_world(self._world), State(self._folder)
        self.emulator = Emulator(settings, world, state, ALL_KINDS, StandingClock(now))

    def restart(self) -> None:
        """Go on with the same folder in a new server."""
        now = self.now
        self.close()
        self._open(now)

    def close(self) -> None:
        self.emulator.state.close()

    @property
    def now(self) -> float:
        return self.emulator.clock.now()

    def pass_time(self, seconds: float) -> None:
        self.emulator.clock.moment += seconds  # type: ignore[attr-defined]

    def call(self, method: str, path: str, **params: Any) -> Any:
        params = {"access_token": "emulator-token", **params}
        return graph.answer(
            self.emulator, make_call(method, f"/v26.0/{path}", params, "http://meta")
        )

    def get(self, path: str, **params: Any) -> Any:
        return self.call("GET", path, **params)

    def post(self, path: str, **params: Any) -> Any:
        return self.call("POST", path, **params)

    def error(self, path: str, method: str = "GET", **params: Any) -> GraphError:
        try:
            answer = self.call(method, path, **params)
        except GraphError as error:
            return error
        raise AssertionError(f"no error, but {answer}")

    def rows(self, path: str, **params: Any) -> list[Row]:
        """Return all rows of all pages."""
        found: list[Row] = []
        after: dict[str, Any] = {"limit": 500}
        while True:
            page = self.get(f"{path}/insights", **{**after, **params})
            found += page["data"]
            if "next" not in page.get("paging", {}):
                return found
            after = {**after, "after": page["paging"]["cursors"]["after"]}

    def campaign(self, account: str = SG, **changes: Any) -> str:
        made = self.post(f"{account}/campaigns", **campaign(**{"status": "ACTIVE", **changes}))
        return str(made["id"])

    def ad_set(self, campaign_id: str, account: str = SG, **changes: Any) -> str:
        changes = {"status": "ACTIVE", **changes}
        return str(self.post(f"{account}/adsets", **ad_set(account, campaign_id, **changes))["id"])

    def ad(self, ad_set_id: str, account: str = SG, **changes: Any) -> str:
        page = f"200000000000{account[-3:]}"
        story = {"page_id": page, "link_data": {"link": "https://example.com/", "message": "New"}}
        params = {
            "name": "Ad",
            "adset_id": ad_set_id,
            "creative": {"object_story_spec": story},
            "status": "ACTIVE",
        }
        return str(self.post(f"{account}/ads", **changed(params, changes))["id"])

    def running_ad(self, **changes: Any) -> tuple[str, str, str]:
        """Return the ids of a campaign, its ad set and its ad, all on, and reviewed."""
        campaign_id = self.campaign(**changes)
        ad_set_id = self.ad_set(campaign_id)
        ad = self.ad(ad_set_id)
        self.pass_time(10)
        return campaign_id, ad_set_id, ad


def number(row: Row, name: str) -> float:
    """Return a row's number; one that is not there counts nothing."""
    return float(row.get(name, 0))


def action(row: Row, kind: str, field: str = "actions", window: str = "value") -> float:
    """Return how often something happened in a row."""
    return sum(float(one[window]) for one in row.get(field, []) if one["action_type"] == kind)
