"""An account full of delivery at the emulator, and the sync of it as a task makes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from meta_ads.campaigns.insight_reports import BREAKDOWNS
from meta_ads.campaigns.insight_settings import InsightSettings
from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from meta_ads.store.database import Database
from meta_ads.store.insight_breakdowns import BreakdownStore
from meta_ads.store.insights import InsightStore
from meta_ads.store.report_runs import RunStore
from meta_ads.syncing.insight_slices import Slice
from meta_ads.syncing.insights import InsightSync, Outcome

WORLD = Path(__file__).parent / "world.yaml"
ACCOUNT = "act_100000000000778"
ZONE = "Asia/Singapore"
#: Everything the account has, and a week before it.
SETTINGS = InsightSettings(first_load_days=45, slice_days=10, slice_rows=1_000_000)
FACTS = (
    "SELECT * FROM meta_ads.ad_insight ORDER BY account_id, date, ad_id",
    "SELECT action.*, name FROM meta_ads.ad_insight_action AS action"
    " JOIN meta_ads.action_type ON action_type.id = action_type_id"
    " ORDER BY account_id, date, ad_id, name",
    "SELECT action.*, name FROM meta_ads.ad_insight_action_value AS action"
    " JOIN meta_ads.action_type ON action_type.id = action_type_id"
    " ORDER BY account_id, date, ad_id, name",
    "SELECT * FROM meta_ads.insight_ad ORDER BY ad_id",
    "SELECT account_id, date, read_on, rows, spend, impressions FROM meta_ads.insight_day"
    " ORDER BY account_id, date",
    "SELECT * FROM meta_ads.insight_load ORDER BY account_id",
    "SELECT * FROM meta_ads.insight_run",
)


def platform(url: str) -> MetaPlatform:
    return MetaPlatform(
        GraphSettings("emulator-token", app_secret="emulator-app-secret", base_url=url)
    )


def contents(database: Database) -> list[list[dict[str, Any]]]:
    """Return every row of the daily report, without moments and numbers of its own making."""
    return rows_of(database, FACTS)


def rows_of(database: Database, queries: Iterable[str]) -> list[list[dict[str, Any]]]:
    """Return the rows of each query, without the numbers of action types."""
    return [
        [{k: v for k, v in row.items() if k != "action_type_id"} for row in database.rows(query)]
        for query in queries
    ]


@dataclass
class Account:
    """The account, its database, and the emulator's clock."""

    server: Any
    database: Database
    settings: InsightSettings = SETTINGS
    told: list[str] = field(default_factory=list)
    zone: str = ZONE

    def __post_init__(self) -> None:
        self.meta = platform(self.server.url)
        self.store = InsightStore(self.database)
        self.runs = RunStore(self.database)
        self.begun = self.store.now()

    @property
    def now(self) -> datetime:
        """The emulator's time."""
        return datetime.fromisoformat(self.server.control("GET", "clock")["now"]).astimezone(UTC)

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def whole(self) -> Slice:
        """Every day with delivery, and some before it."""
        return Slice(self.today - timedelta(days=44), self.today)

    def order(self, **what: Any) -> None:
        """Have reports go wrong."""
        self.server.control("POST", "insights", what)

    def sync(self, wanted: Slice | None = None, **settings: Any) -> InsightSync:
        return InsightSync(
            ACCOUNT,
            self.meta,
            self.store,
            self.runs,
            replace(self.settings, **settings),
            self.begun,
            lambda: self.now,
            lambda text, *values: self.told.append(text % values),
            wanted,
        )

    def breakdown(self, name: str, wanted: Slice | None = None, **settings: Any) -> InsightSync:
        """Return the sync of an optional report."""
        report = BREAKDOWNS[name]
        sync = self.sync(wanted, **settings)
        return replace(
            sync,
            tables=BreakdownStore(self.database, report),
            run_tables=RunStore(self.database, report),
            report=report,
        )

    def begin_again(self) -> None:
        """Let what was read so far be of an earlier sync."""
        self.begun = self.store.now()

    def to_the_end(self, sync: InsightSync, passes: int = 60) -> set[date]:
        """Advance until nothing is left, while Meta's clock runs; return the changed days."""
        changed: set[date] = set()
        for _ in range(passes):
            outcome: Outcome = sync.advance()
            changed |= outcome.changed
            if outcome.complete:
                return changed
            self.server.pass_time(60)
        raise AssertionError(f"not complete after {passes} passes: {self.told[-20:]}")

    def totals(self) -> dict[str, Any]:
        """What the emulator itself says the ads delivered."""
        asked = f"account={ACCOUNT}&since={self.whole.since}&until={self.whole.until}"
        answer: dict[str, Any] = self.server.control("GET", f"insights/totals?{asked}")
        return answer
