"""The pages, drawn on the server. They only read: every button posts to the API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, HTTPException, Path, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from meta_ads.errors import InvalidCampaign
from meta_ads.planning.report import Report, heading, subject
from meta_ads.store.pages import Wanted
from meta_ads.web import reading, shown, spend
from meta_ads.web.access import PREFIX, RIGHTS, Right, Visitor, require
from meta_ads.web.api import STATES, OneId, Page, Sort, Text
from meta_ads.web.charts import Chart, bars
from meta_ads.web.desk import Desk
from meta_ads.web.drawing import STATIC, draw
from meta_ads.web.models import AccountSpend, Campaign, RequestState, StepItem
from meta_ads.web.pictures import Media, media
from meta_ads.web.signed_in import DeskOf, SignedIn
from meta_ads.web.situations import GROUP_LABELS, SITUATIONS, Action, situations_of
from meta_ads.web.upcoming import upcoming

SIZE = 50
# Of the list: name, what it is sorted by, and how it is set.
COLUMNS = (
    ("Campaign", "name", ""),
    ("State", "state", ""),
    ("Goes live", "activation", ""),
    ("Budget", "budget", "num"),
    ("Spend, 30 days", "spend", "num"),
    ("CTR", "", "num"),
    ("CPA", "", "num"),
    ("ROAS", "", "num"),
)
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
    readable = desk.readable_files(visitor)
    with desk.ledger() as ledger:
        found, total = reading.campaigns(desk, ledger, readable, wanted)
        brands = ledger.pages.brands(readable)
    chosen = {"state": state, "account": account, "brand": brand, "text": text, "sort": sort}
    kept = {name: value for name, value in chosen.items() if value}
    return draw(
        request,
        "list.html",
        place="campaigns",
        campaigns=found,
        total=total,
        page=page,
        last=max(1, -(-total // SIZE)),
        query=urlencode(kept),
        sorted_by={order: urlencode({**kept, "sort": order}) for _, order, _ in COLUMNS if order},
        columns=COLUMNS,
        file_problems=desk.access.file_problems(visitor),
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
        campaign = reading.campaign(desk, ledger, campaign_id)
        planned = campaign.plan is not None
        report = reading.report(desk, ledger, campaign_id) if planned else None
        steps = reading.steps(desk, ledger, campaign) if planned else []
        days = ledger.pages.days(campaign.meta_campaign_id)
        return draw(
            request,
            "campaign.html",
            place="campaigns",
            campaign=campaign,
            report=report,
            changes=_changes(report) if report else [],
            decision=ledger.pages.decision(campaign_id, campaign.plan) if campaign.plan else None,
            steps=steps,
            pictures=reading.pictures(desk, report.plan) if report else [],
            chart=_spend_chart(days),
            drift=ledger.pages.drift(campaign_id),
            history=ledger.pages.history(campaign_id),
            requests=ledger.requests.requests(campaign_id, most=1),
            allowed=_allowed(desk, visitor, campaign, steps),
            dag_id=PREFIX + campaign_id,
            now=datetime.now(UTC),
        )


def _allowed(
    desk: Desk, visitor: Visitor, campaign: Campaign, steps: Sequence[StepItem]
) -> list[Action]:
    """Return what makes sense and what Airflow lets the person do."""
    dag_id = PREFIX + campaign.campaign_id
    rights = {right: desk.access.may(visitor, right, dag_id) for right in set(RIGHTS.values())}
    makes_sense = list(campaign.actions)
    # An upload can be held too; it is no step of this launch alone.
    if any(step.state == "HELD" for step in steps) and Action.RELEASE not in makes_sense:
        makes_sense.append(Action.RELEASE)
    return [action for action in makes_sense if rights[RIGHTS[action]]]


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


@router.get("/c/{campaign_id}/picture/{digest}")
async def picture(
    desk: DeskOf,
    visitor: SignedIn,
    campaign_id: OneId,
    digest: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return a small picture of a file that the campaign's plan sends, by the file's sha256."""
    item = await run_in_threadpool(_planned, desk, visitor, campaign_id, digest)
    headers = {"etag": f'"{digest}"', "cache-control": "private, no-cache"}
    try:
        made = await desk.pictures.of(item)
    except InvalidCampaign as gone:
        raise HTTPException(404, str(gone)) from None
    if if_none_match == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(made, media_type="image/jpeg", headers=headers)


def _planned(desk: Desk, visitor: Visitor, campaign_id: str, digest: str) -> Media:
    """Return the file of the plan with this content; 404 when the plan has no such file."""
    require(desk.access, visitor, Right.READ, campaign_id)
    with desk.ledger() as ledger:
        plan = reading.plan(ledger, campaign_id)
    for item in media(plan):
        if item.digest == digest:
            return item
    raise HTTPException(404, f"The plan of {campaign_id} sends no such file.")


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
        prefix=PREFIX,
        now=datetime.now(UTC),
    )


@router.get("/calendar")
def calendar_page(request: Request, desk: DeskOf, visitor: SignedIn) -> HTMLResponse:
    """Show what goes live on which day, each in its account's own time zone."""
    with desk.ledger() as ledger:
        found = upcoming(desk, ledger, desk.readable(visitor))
    launches = [(item, item.activate_at.astimezone(ZoneInfo(item.timezone))) for item in found]
    launches.sort(key=lambda pair: (pair[1].date(), pair[1]))
    days = [(day, list(items)) for day, items in groupby(launches, key=lambda pair: pair[1].date())]
    return draw(request, "calendar.html", place="calendar", days=days, now=datetime.now(UTC))


@router.get("/accounts")
def accounts_page(request: Request, desk: DeskOf, visitor: SignedIn) -> HTMLResponse:
    """Show what each account spends, and its pace."""
    readable = desk.readable_files(visitor)
    with desk.ledger() as ledger:
        found = spend.accounts(desk, ledger, readable)
    return draw(
        request,
        "accounts.html",
        place="accounts",
        accounts=[(account, _account_chart(account)) for account in found],
        whole=readable.everything,
        now=datetime.now(UTC),
    )


def _account_chart(account: AccountSpend) -> Chart | None:
    return bars(
        [
            (day.date, day.spend, shown.whole_money(day.spend, account.spend_currency))
            for day in account.days
        ]
    )


@router.get("/static/{name}", response_class=FileResponse)
def static(visitor: SignedIn, name: Literal["page.css", "page.js"]) -> FileResponse:
    """Return the style or the script."""
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    # Its address changes with its content: see `drawing.py`.
    kept = {"cache-control": "private, max-age=31536000, immutable"}
    return FileResponse(STATIC / name, media_type=kind, headers=kept)


def error_page(request: Request, status: int, detail: str) -> HTMLResponse:
    """Show why there is no page; somebody who is not signed in is told where to."""
    return draw(request, "error.html", status, code=status, detail=detail, place="")
