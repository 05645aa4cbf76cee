"""The pages, drawn on the server. They only read: every button posts to the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse

from meta_ads.campaigns.account import DEFAULT_TIMEZONE
from meta_ads.planning.report import Report, heading, subject
from meta_ads.store.pages import Wanted
from meta_ads.web import reading, shown
from meta_ads.web.access import PREFIX, RIGHTS, Right, Visitor, require
from meta_ads.web.api import STATES, OneId, Page, Sort, Text
from meta_ads.web.charts import Chart, bars
from meta_ads.web.desk import Desk
from meta_ads.web.drawing import draw
from meta_ads.web.models import Campaign, RequestState
from meta_ads.web.pacing import pace
from meta_ads.web.signed_in import DeskOf, SignedIn
from meta_ads.web.situations import GROUP_LABELS, SITUATIONS, Action, situations_of

STATIC = Path(__file__).parent / "static"
# How far the calendar looks.
BACK, AHEAD = timedelta(days=1), timedelta(days=60)
SIZE = 50
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
def list_page(
    request: Request,
    desk: DeskOf,
    visitor: SignedIn,
    state: STATES | Literal[""] = "",
    account: Text = "",
    brand: Text = "",
    text: Text = "",
    sort: Sort = "state",
    page: Page = 1,
) -> HTMLResponse:
    """Show the list of campaigns."""
    wanted = Wanted(
        situations_of(state), account or None, brand or None, text or None, None, sort, page, SIZE
    )
    readable = desk.readable(visitor)
    with desk.ledger() as ledger:
        found, total = reading.campaigns(desk, ledger, readable, wanted)
        brands = ledger.pages.brands(readable)
    chosen = {"state": state, "account": account, "brand": brand, "text": text, "sort": sort}
    return draw(
        request,
        "list.html",
        place="campaigns",
        campaigns=found,
        total=total,
        page=page,
        last=max(1, -(-total // SIZE)),
        query=urlencode({name: value for name, value in chosen.items() if value}),
        chosen=chosen,
        accounts=sorted(desk.accounts().by_key.values(), key=lambda one: one.client_name),
        brands=brands,
        groups=GROUP_LABELS,
        situations=SITUATIONS,
        now=datetime.now(UTC),
    )


@router.get("/c/{campaign_id}")
def campaign_page(
    request: Request, desk: DeskOf, visitor: SignedIn, campaign_id: OneId
) -> HTMLResponse:
    """Show one campaign: where it stands, why, what to do, its plan, objects and history."""
    require(desk.access, visitor, Right.READ, campaign_id)
    with desk.ledger() as ledger:
        campaign = reading.campaign(desk, ledger, desk.readable(visitor), campaign_id)
        planned = campaign.plan is not None
        report = reading.report(desk, ledger, campaign_id) if planned else None
        days = ledger.pages.days(campaign.meta_campaign_id)
        return draw(
            request,
            "campaign.html",
            place="campaigns",
            campaign=campaign,
            report=report,
            changes=_changes(report) if report else [],
            decision=ledger.pages.decision(campaign_id, campaign.plan) if campaign.plan else None,
            steps=reading.steps(desk, ledger, campaign) if planned else [],
            picture=_picture(desk, report) is not None,
            chart=_spend_chart(days),
            drift=ledger.pages.drift(campaign_id),
            history=ledger.pages.history(campaign_id),
            requests=ledger.requests.requests(campaign_id, most=1),
            allowed=_allowed(desk, visitor, campaign),
            dag_id=PREFIX + campaign_id,
            now=datetime.now(UTC),
        )


def _allowed(desk: Desk, visitor: Visitor, campaign: Campaign) -> list[Action]:
    """Return what makes sense and what Airflow lets the person do."""
    dag_id = PREFIX + campaign.campaign_id
    rights = {right: desk.access.may(visitor, right, dag_id) for right in set(RIGHTS.values())}
    return [action for action in campaign.actions if rights[RIGHTS[action]]]


def _changes(report: Report) -> list[dict[str, Any]]:
    """Return what the plan does to each object, in words."""
    return [
        {
            "sign": change.action.value,
            "heading": heading(change),
            "name": subject(change),
            "fields": [report.change(field) for field in change.fields],
            "refusal": change.refusal,
        }
        for change in report.changes.steps
    ]


def _spend_chart(days: Iterable[dict[str, Any]]) -> Chart | None:
    return bars(
        [
            (
                day["date"],
                day["spend"],
                f"{shown.whole_money(day['spend'], day['currency'])}, "
                f"{shown.number(day['impressions'])} impressions, "
                f"{shown.number(day['clicks'])} clicks",
            )
            for day in days
        ]
    )


def _picture(desk: Desk, report: Report | None) -> Path | None:
    """Return the picture file of a plan's first ad, when it is still there."""
    sources = [step.source for step in report.plan.steps if step.kind == "image"] if report else []
    folder = (desk.home / "creatives").resolve()
    for source in sources:
        path = (folder / source).resolve() if source else folder
        # A picture outside the folder is no picture of ours, whatever a link says.
        if path.is_relative_to(folder) and path.suffix.lower() in PICTURES and path.is_file():
            return path
    return None


PICTURES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


@router.get("/c/{campaign_id}/picture", response_class=FileResponse)
def picture(desk: DeskOf, visitor: SignedIn, campaign_id: OneId) -> FileResponse:
    """Return the picture of a campaign's first ad."""
    require(desk.access, visitor, Right.READ, campaign_id)
    with desk.ledger() as ledger:
        path = _picture(desk, reading.report(desk, ledger, campaign_id))
    if path is None:
        raise HTTPException(404, "There is no picture file.")
    return FileResponse(path, media_type=PICTURES[path.suffix.lower()])


@router.get("/requests")
def requests_page(
    request: Request,
    desk: DeskOf,
    visitor: SignedIn,
    state: RequestState | Literal[""] = "",
    page: Page = 1,
) -> HTMLResponse:
    """Show the queue of requests by their state."""
    readable = desk.readable(visitor)
    with desk.ledger() as ledger:
        rows, total = ledger.pages.requests(readable, state or None, page, SIZE)
        counts = ledger.pages.request_counts(readable)
    return draw(
        request,
        "requests.html",
        place="requests",
        requests=rows,
        total=total,
        counts=counts,
        chosen=state,
        page=page,
        last=max(1, -(-total // SIZE)),
        query=urlencode({"state": state} if state else {}),
        now=datetime.now(UTC),
    )


@router.get("/calendar")
def calendar_page(request: Request, desk: DeskOf, visitor: SignedIn) -> HTMLResponse:
    """Show what goes live on which day, each in its account's own time zone."""
    now = datetime.now(UTC)
    with desk.ledger() as ledger:
        rows = ledger.pages.upcoming(desk.readable(visitor), now - BACK, now + AHEAD)
    launches = []
    for row in rows:
        account = desk.account(row["account_id"])
        zone = account.timezone if account else DEFAULT_TIMEZONE
        local = row["activate_at"].astimezone(ZoneInfo(zone))
        words = SITUATIONS[row["situation"]]
        launches.append(
            {**row, "local": local, "zone": zone, "account": account, "situation": words}
        )
    launches.sort(key=lambda item: (item["local"].date(), item["activate_at"]))
    days = [
        (day, list(items))
        for day, items in groupby(launches, key=lambda item: item["local"].date())
    ]
    return draw(request, "calendar.html", place="calendar", days=days, now=now)


@router.get("/accounts")
def accounts_page(request: Request, desk: DeskOf, visitor: SignedIn) -> HTMLResponse:
    """Show what each account spends, and its pace. For those who may read every DAG."""
    if not desk.access.may_see_all(visitor):
        raise HTTPException(403, "Spend of accounts is for those who may read every DAG.")
    accounts = sorted(desk.accounts().by_key.values(), key=lambda one: one.client_name)
    now = datetime.now(UTC)
    shown_accounts = []
    with desk.ledger() as ledger:
        rows = {
            row["account_id"]: row
            for row in ledger.pages.account_spend([one.account_id for one in accounts])
        }
        for account in accounts:
            row = rows[account.account_id]
            today = now.astimezone(ZoneInfo(account.timezone)).date()
            days = ledger.pages.account_days(account.account_id)
            labelled = [
                (day["date"], day["spend"], shown.whole_money(day["spend"], day["currency"]))
                for day in days
            ]
            shown_accounts.append(
                (account, row, pace(row, account.currency, today), bars(labelled))
            )
    return draw(request, "accounts.html", place="accounts", accounts=shown_accounts, now=now)


@router.get("/static/{name}", response_class=FileResponse)
def static(visitor: SignedIn, name: Literal["page.css", "page.js"]) -> FileResponse:
    """Return the style or the script."""
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    return FileResponse(STATIC / name, media_type=kind)


def error_page(request: Request, status: int, detail: str) -> HTMLResponse:
    """Show why there is no page; somebody who is not signed in is told where to."""
    return draw(request, "error.html", status, code=status, detail=detail, place="")
