"""A ledger of many launches in every situation, each with steps, history, requests and insights."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from meta_ads.campaigns.accounts import load_accounts
from meta_ads.governance.loading import load_governed_campaigns
from meta_ads.launching.media_checks import media_paths
from meta_ads.media.files import CreativeFiles
from meta_ads.planning.explain import summary
from meta_ads.planning.plan import Plan
from meta_ads.planning.planner import build_plan
from meta_ads.planning.step import StepKind, marker
from tests.conftest import PROJECT
from tests.speed.files import FULL, make_project

DAYS = 90
# Of a hundred launches: state, hours until it goes live, and what else is so.
Shape = tuple[str, int, dict[str, Any]]
SHAPES: tuple[tuple[int, Shape], ...] = (
    (55, ("VERIFIED", -400, {})),
    (5, ("VERIFIED", -300, {"paused": True})),
    (2, ("VERIFIED", -300, {"last_error": "The daily budget is SGD 80.00 at Meta."})),
    (1, ("VERIFIED", -2000, {"over": True})),
    (14, ("PAUSED", 90, {})),
    (6, ("PAUSED", 200, {"decision": None})),
    (2, ("PAUSED", 220, {"decision": False})),
    (3, ("PAUSED", -2, {})),
    (4, ("PAUSED", 50, {"last_error": "Meta refused: the budget is too low.", "stopped": True})),
    (2, ("PLANNED", 50, {"held": True, "stopped": True, "last_error": "No trace of it."})),
    (6, ("WITHDRAWN", -900, {})),
)


@dataclass(frozen=True, slots=True)
class Launched:
    """One launch: its plan, and what became of it."""

    number: int
    plan: Plan
    state: str
    more: dict[str, Any]


def launched(count: int) -> Iterator[Launched]:
    """Yield launches of the full example, over all accounts."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_project(home, FULL, 1)
        [loaded] = load_governed_campaigns(home).declarations.values()
        files = CreativeFiles(home / "creatives")
        digests = {path: files.sha256(path) for path in media_paths(loaded.declaration)}
        plan = build_plan(loaded.declaration, digests, summary(loaded.declaration))
    accounts = [account.account_id for account in load_accounts(PROJECT).by_key.values()]
    text = json.dumps(plan.as_json())
    shapes = [shape for often, shape in SHAPES for _ in range(often)]
    now = datetime.now(UTC).replace(microsecond=0)
    for number in range(count):
        # 37 and 100 have no common factor: every shape, in an order that looks like none.
        state, hours, more = shapes[number * 37 % 100]
        body = json.loads(
            text.replace("campaign_0", f"campaign_{number}").replace(
                plan.account_id, accounts[number % len(accounts)]
            )
        )
        body["activate_at"] = (now + timedelta(hours=hours, minutes=number)).isoformat()
        body["approval_required"] = True
        body["summary"][0][1] = f"{SEASONS[number % len(SEASONS)]} sale {number}"
        yield Launched(number, Plan.from_json(body), state, more)


SEASONS = ("Spring", "Summer", "Autumn", "Winter", "Lunar New Year", "Mid-Autumn", "Double Eleven")


def fill(url: str, count: int = 1000) -> None:
    """Write the launches into an empty ledger. Guards are off meanwhile: this is their outcome."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        for item in launched(count):
            _write(connection, item)
        for statement in _HISTORY:
            connection.execute(statement)
        connection.execute(
            "SELECT meta_ads.ensure_insight_months(current_date - %(days)s::int, current_date)",
            {"days": DAYS},
        )
        for statement in _INSIGHTS:
            connection.execute(statement, {"days": DAYS})
        connection.execute("REFRESH MATERIALIZED VIEW meta_ads.campaign_day")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _write(connection: psycopg.Connection[Any], item: Launched) -> None:
    plan, more, live = item.plan, item.more, item.state in ("VERIFIED", "WITHDRAWN")
    connection.execute(
        "INSERT INTO meta_ads.plan (hash, account_id, campaign_id, body, daily_spend, spends_until)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (
            plan.hash,
            plan.account_id,
            plan.campaign_id,
            Jsonb(plan.as_json()),
            5000 + item.number,
            plan.activate_at + timedelta(days=20) if plan.activate_at and "over" in more else None,
        ),
    )
    connection.execute(
        "INSERT INTO meta_ads.launch (campaign_id, account_id, plan_hash, state, activate_at,"
        " activated_at, verified_at, withdrawn_at, withdrawn_by, paused_at, paused_by, last_error,"
        " stopped, created_at, updated_at) VALUES (%(campaign_id)s, %(account_id)s, %(hash)s,"
        " %(state)s, %(at)s, %(on)s, %(on)s, %(off)s, %(by)s, %(paused)s, %(pauser)s, %(error)s,"
        " %(stopped)s, %(at)s - interval '5 days', %(at)s)",
        {
            "campaign_id": plan.campaign_id,
            "account_id": plan.account_id,
            "hash": plan.hash,
            "state": item.state,
            "at": plan.activate_at,
            "on": plan.activate_at if live else None,
            "off": plan.activate_at if item.state == "WITHDRAWN" else None,
            "by": "ann" if item.state == "WITHDRAWN" else None,
            "paused": plan.activate_at if "paused" in more else None,
            "pauser": "ann" if "paused" in more else None,
            "error": more.get("last_error"),
            "stopped": more.get("stopped", False),
        },
    )
    if (decision := more.get("decision", True)) is not None:
        connection.execute(
            "INSERT INTO meta_ads.approval (campaign_id, plan_hash, approved, decided_by)"
            " VALUES (%s, %s, %s, 'bob')",
            (plan.campaign_id, plan.hash, decision),
        )
    with connection.cursor() as cursor:
        cursor.executemany(_STEP, list(_steps(item)))


_STEP = """
INSERT INTO meta_ads.step (key, account_id, kind, marker, spec_hash, state, epoch, attempt_at,
    object_id, last_error)
VALUES (%s, %s, %s, %s, repeat('a', 64), %s, 1, now(), %s, %s) ON CONFLICT DO NOTHING
"""


def _steps(item: Launched) -> Iterator[tuple[Any, ...]]:
    for position, step in enumerate(item.plan.steps):
        held = "held" in item.more and step.kind is StepKind.AD
        media = step.kind in (StepKind.VIDEO, StepKind.IMAGE)
        # What accounts share is at Meta once.
        number = 0 if media else item.number + 1
        account = int(item.plan.account_id[-1])
        object_id = 120_000_000_000_000_000 + account * 10**12 + number * 10_000 + position
        yield (
            step.key,
            item.plan.account_id,
            step.kind,
            marker(step.key),
            "HELD" if held else "DONE",
            None if held else str(object_id),
            "No trace of it." if held else None,
        )


_HISTORY = (
    """
    INSERT INTO meta_ads.attempt (step_key, epoch, event, owner, detail, at)
    SELECT key, 1, event, 'worker', object_id, now() - interval '9 days'
    FROM meta_ads.step, unnest(ARRAY['intent', 'searched', 'created', 'swept']) AS event
    """,
    """
    INSERT INTO meta_ads.launch_event (campaign_id, plan_hash, event, detail, at)
    SELECT campaign_id, plan_hash, event, 'complete and paused', now() - interval '8 days'
    FROM meta_ads.launch, unnest(ARRAY['planned', 'triggered', 'paused', 'activating', 'active',
        'verified', 'switched off', 'switched on', 'changed', 'verified']) AS event
    """,
    """
    INSERT INTO meta_ads.request (campaign_id, run_id, requested_by, note, state, plan_hash, reason)
    SELECT launch.campaign_id, 'manual__' || times, 'ann', 'for the sale',
           CASE WHEN times < 3 THEN 'QA_FAILED' WHEN launch.stopped THEN 'TRAFFICKED_FAILED'
                ELSE 'TRAFFICKED_SUCCESS' END,
           CASE WHEN times = 3 THEN launch.plan_hash END,
           CASE WHEN times < 3 THEN 'samples/x.mp4: there is no such file'
                WHEN launch.stopped THEN 'Meta refused: the budget is too low.' END
    FROM generate_series(1, 3) AS times, meta_ads.launch ORDER BY times, launch.campaign_id
    """,
    """
    INSERT INTO meta_ads.request_event (request_id, state, reason, findings)
    SELECT id, unnest(ARRAY['DRAFT', 'QA_TESTING', state]), reason, findings FROM meta_ads.request
    """,
    """
    INSERT INTO meta_ads.object_status (object_id, account_id, kind, parent_id, name, status,
        effective_status, daily_budget, currency, changed_at, synced_at)
    SELECT step.object_id, step.account_id, step.kind, NULL, step.owner, 'ACTIVE', 'ACTIVE',
           CASE WHEN step.kind = 'campaign' THEN 5000 END, 'SGD', now(), now() - interval '3 hours'
    FROM meta_ads.step WHERE step.kind IN ('campaign', 'ad_set', 'ad') AND step.state = 'DONE'
    """,
    """
    INSERT INTO meta_ads.drift (account_id, campaign_id, step_key, kind, object_id, parameter,
        planned, found, message)
    SELECT account_id, owner, key, kind, object_id, 'daily_budget', '5000', '8000',
           'campaign: the daily budget: SGD 80.00 at Meta, planned SGD 50.00'
    FROM meta_ads.step WHERE kind = 'campaign' AND owner LIKE '%7' AND object_id IS NOT NULL
    """,
)
_INSIGHTS = (
    """
    INSERT INTO meta_ads.insight_ad (ad_id, account_id, ad_set_id, campaign_id, ad_name,
        ad_set_name, campaign_name, objective, seen_on)
    SELECT ad.object_id::bigint, substr(ad.account_id, 5)::bigint, 2, campaign.object_id::bigint,
           'ad', 'set', ad.owner, 'OUTCOME_SALES', current_date
    FROM meta_ads.step AS ad
    JOIN meta_ads.step AS campaign ON campaign.account_id = ad.account_id
         AND campaign.owner = ad.owner AND campaign.kind = 'campaign'
    WHERE ad.kind = 'ad' AND ad.object_id IS NOT NULL AND campaign.object_id IS NOT NULL
    """,
    """
    INSERT INTO meta_ads.ad_insight (account_id, ad_id, impressions, clicks, inline_link_clicks,
        reach, date, spend, frequency, currency)
    SELECT ad.account_id, ad.ad_id, 4000 + 90 * d, 60 + d, 30, 900, current_date - d,
           4 + (d * 7 + ad.ad_id) %% 23, 1.1, 'SGD'
    FROM meta_ads.insight_ad AS ad, generate_series(1, %(days)s) AS d
    """,
    "INSERT INTO meta_ads.action_type (name) VALUES ('omni_purchase') ON CONFLICT DO NOTHING",
    """
    INSERT INTO meta_ads.ad_insight_action (account_id, ad_id, date, action_type_id, value)
    SELECT account_id, ad_id, date, action_type.id, 3
    FROM meta_ads.ad_insight, meta_ads.action_type WHERE action_type.name = 'omni_purchase'
    """,
    """
    INSERT INTO meta_ads.ad_insight_action_value (account_id, ad_id, date, action_type_id, value,
        currency)
    SELECT account_id, ad_id, date, action_type_id, 120, 'SGD' FROM meta_ads.ad_insight_action
    """,
    """
    INSERT INTO meta_ads.insight_day (account_id, date, read_at, read_on, changed_at, rows, spend,
        impressions)
    SELECT account_id, date, now() - interval '2 hours', current_date, now(), count(*), sum(spend),
           sum(impressions) FROM meta_ads.ad_insight GROUP BY account_id, date
    """,
)
