"""Rows of the ledger as the values that pages and API share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import HTTPException

from meta_ads.campaigns.account import DEFAULT_TIMEZONE
from meta_ads.graph.ads_manager import ads_manager_url
from meta_ads.launching.ports import LaunchRecord
from meta_ads.launching.spending import daily_commitment
from meta_ads.planning.plan import Plan
from meta_ads.planning.report import Report
from meta_ads.store.launch_ledger import UnknownLaunch
from meta_ads.store.pages import Readable, Wanted
from meta_ads.web.desk import Desk, Ledger
from meta_ads.web.models import Campaign, Kpis, Picture, StepItem
from meta_ads.web.pictures import media
from meta_ads.web.shown import ratio
from meta_ads.web.situations import SITUATIONS, URGENCY

LEVELS = {"campaign": "campaigns", "ad_set": "adsets", "ad": "ads"}


def campaigns(
    desk: Desk, ledger: Ledger, readable: Readable, wanted: Wanted
) -> tuple[list[Campaign], int]:
    """Return one page of campaigns, and how many there are."""
    rows, total = ledger.pages.campaigns(readable, wanted, URGENCY)
    return [_campaign(desk, row) for row in rows], total


def campaign(desk: Desk, ledger: Ledger, campaign_id: str) -> Campaign:
    """Return a campaign that the person may read. 404 when there is neither file nor launch."""
    found, _ = campaigns(desk, ledger, desk.only(campaign_id), Wanted(only=campaign_id))
    if not found:
        raise HTTPException(404, f"There is no campaign {campaign_id}.")
    return found[0]


def steps(desk: Desk, ledger: Ledger, campaign: Campaign) -> Sequence[StepItem]:
    """Return the steps of a campaign's launch, with links to Ads Manager."""
    base = desk.graph_url()
    return [
        StepItem(
            step_key=row["step_key"],
            kind=row["kind"],
            name=row["name"] or row["source"] or "the frame that Meta prefers",
            state=row["state"],
            attempts=row["epoch"] or 0,
            object_id=row["object_id"],
            effective_status=row["effective_status"],
            last_error=row["last_error"],
            updated_at=row["updated_at"],
            link=_link(base, campaign.account_id, row["kind"], row["object_id"]),
        )
        for row in ledger.pages.steps(campaign.campaign_id)
    ]


def plan(ledger: Ledger, campaign_id: str) -> Plan:
    """Return the plan a launch is to have. 404 without one."""
    return _launch(ledger, campaign_id).target


def pictures(desk: Desk, plan: Plan) -> list[Picture]:
    """Return the pictures and videos of a plan."""
    return [
        Picture(
            kind=item.kind,
            file=f"creatives/{item.source}",
            path=f"/c/{plan.campaign_id}/picture/{item.digest}",
            missing=desk.pictures.missing(item),
        )
        for item in media(plan)
    ]


def report(desk: Desk, ledger: Ledger, campaign_id: str) -> Report:
    """Return the plan a launch is to have, and what is left to do for it. 404 without one."""
    launch = _launch(ledger, campaign_id)
    return Report(
        launch.target,
        ledger.launches.changes(launch),
        desk.account(launch.account_id),
        committed=daily_commitment(launch.target, ledger.spending),
    )


def _launch(ledger: Ledger, campaign_id: str) -> LaunchRecord:
    try:
        return ledger.launches.launch(campaign_id)
    except UnknownLaunch:
        raise HTTPException(404, f"{campaign_id} has no plan: it was never launched.") from None


def _link(base: str, account_id: str | None, kind: str, object_id: str | None) -> str | None:
    if object_id is None or account_id is None or kind not in LEVELS:
        return None
    return ads_manager_url(base, account_id, LEVELS[kind], object_id)


def _campaign(desk: Desk, row: Mapping[str, Any]) -> Campaign:
    situation = SITUATIONS[row["situation"]]
    account = desk.account(row["account_id"])
    asks = bool(row["asks"])
    return Campaign(
        campaign_id=row["campaign_id"],
        title=row["title"],
        account_id=row["account_id"],
        account_name=account.client_name if account else None,
        currency=account.currency if account else None,
        timezone=account.timezone if account else DEFAULT_TIMEZONE,
        brand=row["brand"],
        market=row["market"],
        situation=row["situation"],
        label=situation.label,
        tone=situation.tone,
        means=situation.means,
        next=situation.next,
        state=row["state"],
        activate_at=row["activate_at"],
        daily_budget_minor=row["daily_spend"],
        lifetime_budget_minor=row["lifetime_spend"],
        approval_needed=asks,
        approved=bool(row["is_approved"]) and asks,
        plan=row["target_hash"],
        meta_campaign_id=row["object_id"],
        last_error=row["error"],
        run_id=row["run_id"],
        drift=row["drift"] or 0,
        kpis=kpis(row),
        actions=list(situation.actions),
    )


def kpis(row: Mapping[str, Any]) -> Kpis:
    """Return the rates of sums. What is divided by nothing is None."""
    clicks = ratio(row["clicks"], row["impressions"])
    return Kpis(
        currency=row["currency"],
        spend=row["spend"],
        impressions=row["impressions"],
        clicks=row["clicks"],
        conversions=row["conversions"],
        purchase_amount=row["purchase_amount"],
        ctr_percent=None if clicks is None else 100 * clicks,
        cost_per_conversion=ratio(row["spend"], row["conversions"]),
        roas=ratio(row["purchase_amount"], row["spend"]),
    )
