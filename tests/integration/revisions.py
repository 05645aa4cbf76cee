"""A launch of two ad sets on real Postgres and a fake Meta whose file is edited, for tests."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from meta_ads.governance.loading import load_governed_campaigns
from meta_ads.launching.media_checks import media_paths
from meta_ads.launching.ports import LaunchRecord, LaunchState
from meta_ads.launching.reconciliation import Outcome, Reconciler
from meta_ads.launching.revising import Reviser
from meta_ads.media.files import CreativeFiles
from meta_ads.planning.explain import summary
from meta_ads.planning.plan import Plan
from meta_ads.planning.planner import build_plan
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.conftest import PROJECT
from tests.fakes.platform import FakePlatform, MetaObject

log = logging.getLogger(__name__)
NAME = "spring_sale"
FILE = """campaign_id: spring_sale
client_account_id: sunrise_sg
name: Spring Sale
image: {file_path: samples/thumbnail.jpg}
primary_text: The spring collection is here.
headline: 20% off everything
call_to_action: SHOP_NOW
destination_url: https://www.sunrise.example/spring
ad_sets:
  - {id: women, name: Women, daily_budget: 5000, targeting: {genders: [women]}}
  - {id: men, name: Men, daily_budget: 3000, targeting: {genders: [men]}}
"""
# Less here, more there, another creative, something new, something off.
EDITED = (
    FILE.replace("5000", "4000").replace("3000", "4500").replace("name: Men", "name: Gentlemen")
    + "  - {id: all, name: Everybody, daily_budget: 500, headline: New}\n"
).replace("targeting: {genders: [women]}", "headline: For you, targeting: {genders: [women]}")


class Revised:
    """One launch, driven by the reconciler's own steps."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.home = home
        self.platform = FakePlatform()
        self.launches = PostgresLaunchLedger(database)
        self.steps = PostgresStepLedger(database)
        self.workers = 0
        self.moment = datetime.now(UTC) - timedelta(minutes=1)
        (home / "include/campaigns").mkdir(parents=True)
        shutil.copytree(PROJECT / "configs", home / "configs")

    def plan(
        self, text: str = FILE, *, approval: bool = False, activate_at: datetime | None = None
    ) -> Plan:
        (self.home / "include/campaigns/campaign.yaml").write_text(text)
        campaigns = load_governed_campaigns(self.home)
        assert campaigns.problems == {}
        [loaded] = campaigns.declarations.values()
        wanted = loaded.declaration
        digests = {
            path: sha256((PROJECT / "creatives" / path).read_bytes()).hexdigest()
            for path in media_paths(wanted)
        }
        plan = build_plan(wanted, digests, summary(wanted))
        return replace(plan, approval_required=approval, activate_at=activate_at or self.moment)

    def edit(self, text: str, *, approval: bool = False) -> LaunchRecord:
        return self.launches.pin(self.plan(text, approval=approval))

    def drive(self, platform: Any = None, launches: Any = None, steps: Any = None) -> Outcome:
        """One pass by a worker of its own, with what stands in for its ports."""
        self.workers += 1
        return Reconciler(
            platform or self.platform,
            launches or self.launches,
            steps or self.steps,
            CreativeFiles(PROJECT / "creatives"),
            f"worker-{self.workers}",
            log.info,
        ).drive(NAME)

    def go_live(self, text: str = FILE, *, approval: bool = False) -> None:
        pinned = self.launches.pin(self.plan(text, approval=approval))
        if approval:
            self.launches.approve(pinned, True, "ann")
        assert self.drive().problems == []
        assert self.record.state is LaunchState.VERIFIED

    def apply(self) -> LaunchRecord:
        self.workers += 1
        owner = f"worker-{self.workers}"
        return Reviser(self.platform, self.launches, self.steps, owner, log.info).apply(NAME)

    @property
    def record(self) -> LaunchRecord:
        return self.launches.launch(NAME)

    def named(self, kind: StepKind, name: str) -> MetaObject:
        """Return the one object of a kind whose name begins so."""
        [found] = [item for item in self.platform.of_kind(kind) if item.name.startswith(name)]
        return found

    def state(self) -> Mapping[str, Any]:
        """Return everything at Meta that matters, by name."""
        return {
            f"{item.kind} {item.name}": (item.status, item.params)
            for item in self.platform.objects.values()
            if item.kind not in (StepKind.VIDEO, StepKind.IMAGE)
        }

    def spending(self) -> int:
        """Return what may be spent a day at this moment, in minor units."""
        [campaign] = self.platform.of_kind(StepKind.CAMPAIGN)
        if campaign.status != "ACTIVE":
            return 0
        return sum(
            item.params["daily_budget"]
            for item in self.platform.of_kind(StepKind.AD_SET)
            if item.status == "ACTIVE"
        )

    def later(self) -> None:
        """Let every lease and every quiescence be over."""
        self.database.rows(
            "UPDATE meta_ads.step SET attempt_at = attempt_at - interval '1 hour',"
            " lease_until = lease_until - interval '1 hour'"
        )


class Killed(BaseException):
    """The worker is gone."""


class Mortal:
    """Stands before a port; the worker dies before or after its nth call to any of them."""

    def __init__(self, port: Any, call: Callable[[Callable[[], Any]], Any]) -> None:
        self._port = port
        self._call = call

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        return lambda *args, **kwargs: self._call(lambda: found(*args, **kwargs))
