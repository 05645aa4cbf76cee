"""Complete, paused launches in a real ledger and the emulator, and how late each went live."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from meta_ads.graph.platform import MetaPlatform
from meta_ads.launching.creation import Creator
from meta_ads.launching.ports import LaunchState, VideoState
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import REFERENCE, Step, StepKind, marker, step_key
from meta_ads.store.database import Database
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.conftest import PROJECT
from tests.emulator import launches as wanted

log = logging.getLogger(__name__)
# An agency's launches are spread over its clients' accounts; Meta's limits hold for each.
ACCOUNTS = (wanted.SG, wanted.US, wanted.DE, wanted.JP)
SAMPLES = PROJECT / "creatives" / "samples"
OCCASION = "bench"


def campaign_id(number: int) -> str:
    """Return the name of one of the launches."""
    return f"{OCCASION}_{number:03}"


@dataclass(frozen=True, slots=True)
class Lateness:
    """How long after their time launches went live, in seconds, when Meta had answered.

    `missing` never did. `early` are those that Meta's own journal shows before their time.
    """

    seconds: Sequence[float]
    missing: int
    early: int

    def at(self, share: float) -> float:
        """Return the lateness that this share of the launches keeps within."""
        if not self.seconds:
            return math.nan
        ordered = sorted(self.seconds)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    def __str__(self) -> str:
        return (
            f"{len(self.seconds)} live, {self.missing} missing, {self.early} early; "
            f"p50 {self.at(0.5):.2f} s, p99 {self.at(0.99):.2f} s, max {self.at(1):.2f} s"
        )


class Launches:
    """`count` launches, each a campaign, an ad set and an ad, complete and paused."""

    def __init__(self, database_url: str, meta: MetaPlatform, count: int) -> None:
        self.count = count
        self._meta = meta
        self._database = Database(database_url)
        self._launches = PostgresLaunchLedger(self._database)
        self._steps = PostgresStepLedger(self._database)

    def make(self) -> None:
        """Create everything at Meta, by the product's own use cases."""
        creatives = {account: self._creative(account) for account in ACCOUNTS}
        someday = datetime.now(UTC) + timedelta(days=30)
        creator = Creator(self._meta, self._steps, OCCASION, log.info)
        for number in range(self.count):
            account = ACCOUNTS[number % len(ACCOUNTS)]
            plan = _plan(campaign_id(number), account, creatives[account], someday)
            launch = self._launches.pin(plan)
            for step in plan.steps:
                creator.ensure(step, account)
            self._launches.advance(launch, LaunchState.PAUSED, "complete and paused")

    def become_due(self, in_seconds: float) -> datetime:
        """Let all of them be due at the same whole second, and return it."""
        due = (datetime.now(UTC) + timedelta(seconds=in_seconds)).replace(microsecond=0)
        self._database.rows("UPDATE meta_ads.launch SET activate_at = %(due)s", {"due": due})
        return due

    def live(self) -> int:
        """Return how many are live, by the ledger."""
        return int(
            self._database.rows(
                "SELECT count(*) AS n FROM meta_ads.launch WHERE activated_at IS NOT NULL"
            )[0]["n"]
        )

    def wait_until_live(self, seconds: float) -> None:
        """Return when all are live, or after so many seconds."""
        deadline = time.monotonic() + seconds
        while self.live() < self.count and time.monotonic() < deadline:
            time.sleep(0.5)

    def lateness(
        self, journal: Iterable[tuple[str, str, Mapping[str, Any]]], due: datetime
    ) -> Lateness:
        """Return how late they were; `journal` are Meta's writes: object, time, parameters.

        The journal has whole seconds, which is enough to tell what is early: `due` is one, too.
        """
        rows = self._database.rows(
            "SELECT EXTRACT(EPOCH FROM activated_at - activate_at)::float8 AS late,"
            " launch_step.object_id FROM meta_ads.launch JOIN meta_ads.launch_step"
            " USING (campaign_id) WHERE launch_step.kind = 'campaign'"
        )
        ours = {row["object_id"] for row in rows}
        early = sum(
            object_id in ours
            and params.get("status") == "ACTIVE"
            and datetime.fromisoformat(moment) < due
            for object_id, moment, params in journal
        )
        on = [row["late"] for row in rows if row["late"] is not None]
        return Lateness(on, len(rows) - len(on), early)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()
        self._meta.close()

    def _creative(self, account: str) -> str:
        """Create what all ads of an account show; how media get to Meta is not measured here."""
        clip = (SAMPLES / "square.mp4").read_bytes()
        session = self._meta.start_video(account, len(clip))
        while not session.complete:
            chunk = clip[session.start_offset : session.end_offset]
            session = self._meta.send_chunk(account, session, chunk)
        self._meta.finish_video(account, session, OCCASION)
        while self._meta.video_status(session.video_id).state is not VideoState.READY:
            time.sleep(0.2)
        picture = (SAMPLES / "thumbnail.jpg").read_bytes()
        image = self._meta.upload_image(account, "bench.jpg", picture)
        params = wanted.creative(account, session.video_id, image)
        return self._meta.create(StepKind.CREATIVE, account, params)


def _plan(owner: str, account: str, creative: str, activate_at: datetime) -> Plan:
    def step(kind: StepKind, params: dict[str, Any]) -> Step:
        key = step_key(account, owner, kind, 0)
        tag = marker(key)
        names = {"name": f"{owner} [#{tag}]", "adlabels": [{"name": f"adlaunch:{tag}"}]}
        return Step(key=key, kind=kind, params=params | names)

    def made_of(before: Step) -> Any:
        return {REFERENCE: before.key}

    campaign = step(StepKind.CAMPAIGN, wanted.campaign())
    ad_set = step(StepKind.AD_SET, wanted.ad_set(account, made_of(campaign)))
    ad = step(StepKind.AD, wanted.ad(made_of(ad_set), creative))
    return Plan(
        campaign_id=owner,
        account_id=account,
        steps=(campaign, ad_set, ad),
        activate_at=activate_at,
        approval_required=False,
        summary={"Campaign": owner},
        declared=owner,
    )
