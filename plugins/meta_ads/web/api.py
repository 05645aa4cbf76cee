"""The JSON API: what the pages show. Actions are in `actions.py`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request

from meta_ads.planning.report_json import as_json
from meta_ads.store.pages import Wanted
from meta_ads.web import reading, spend
from meta_ads.web.access import Right, require
from meta_ads.web.models import (
    AccountList,
    Calendar,
    CampaignList,
    Day,
    Drift,
    Event,
    Insights,
    Problem,
    RequestItem,
    RequestList,
    RequestState,
    Status,
)
from meta_ads.web.signed_in import DeskOf, SignedIn
from meta_ads.web.situations import GROUPS, SITUATIONS, situations_of
from meta_ads.web.upcoming import upcoming

REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "Nobody is signed in."},
    403: {"model": Problem, "description": "Airflow does not let this person do it."},
    404: {"model": Problem, "description": "There is no such campaign, or no plan of it."},
    503: {"model": Problem, "description": "The ledger cannot be reached; try again."},
}
router = APIRouter(prefix="/api", responses=REFUSALS)
OneId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
Page = Annotated[int, Query(ge=1, le=100_000)]
Size = Annotated[int, Query(ge=1, le=200)]
Text = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
Sort = Literal["state", "name", "spend", "activation", "budget"]
STATES = Literal[*GROUPS, *SITUATIONS]  # type: ignore[valid-type]


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request, visitor: SignedIn) -> dict[str, Any]:
    """Return the OpenAPI schema of this API."""
    schema: dict[str, Any] = request.app.openapi()
    return {**schema, "servers": [{"url": request.scope.get("root_path", "") or "/"}]}


@router.get("/campaigns")
def list_campaigns(
    desk: DeskOf,
    visitor: SignedIn,
    state: STATES | None = None,
    account: Text = None,
    brand: Text = None,
    text: Text = None,
    sort: Sort = "state",
    page: Page = 1,
    size: Size = 50,
) -> CampaignList:
    """List campaigns: launched ones, and files that nobody launched yet."""
    wanted = Wanted(situations_of(state), account, brand, text, None, sort, page, size)
    with desk.ledger() as ledger:
        found, total = reading.campaigns(desk, ledger, desk.readable_files(visitor), wanted)
    return CampaignList(total=total, page=page, campaigns=found)


@router.get("/campaigns/{campaign_id}")
def show_status(desk: DeskOf, visitor: SignedIn, campaign_id: OneId) -> Status:
    """Return where a campaign stands, its steps and its history."""
    require(desk.access, visitor, Right.READ, campaign_id)
    with desk.ledger() as ledger:
        found = reading.campaign(desk, ledger, campaign_id)
        return Status(
            campaign=found,
            pictures=reading.pictures(desk, reading.plan(ledger, campaign_id))
            if found.plan
            else [],
            steps=list(reading.steps(desk, ledger, found)),
            drift=[Drift(**row) for row in ledger.pages.drift(campaign_id)],
            history=[Event(**row) for row in ledger.pages.history(campaign_id)],
        )


@router.get("/campaigns/{campaign_id}/plan")
def show_plan(desk: DeskOf, visitor: SignedIn, campaign_id: OneId) -> dict[str, Any]:
    """Return the plan the launch is to have, and what is left to do: see plan.schema.json."""
    require(desk.access, visitor, Right.READ, campaign_id)
    with desk.ledger() as ledger:
        return as_json(reading.report(desk, ledger, campaign_id))


@router.get("/campaigns/{campaign_id}/insights")
def show_insights(
    desk: DeskOf,
    visitor: SignedIn,
    campaign_id: OneId,
    days: Annotated[int, Query(ge=1, le=90)] = 30,
) -> Insights:
    """Return what the campaign did on each of the last days."""
    require(desk.access, visitor, Right.READ, campaign_id)
    with desk.ledger() as ledger:
        found = reading.campaign(desk, ledger, campaign_id)
        rows = ledger.pages.days(found.meta_campaign_id, days)
    return Insights(campaign_id=campaign_id, days=[Day(**row) for row in rows])


@router.get("/calendar")
def show_calendar(desk: DeskOf, visitor: SignedIn) -> Calendar:
    """List what goes live in the next 60 days."""
    with desk.ledger() as ledger:
        return Calendar(launches=upcoming(desk, ledger, desk.readable(visitor)))


@router.get("/accounts")
def list_accounts(desk: DeskOf, visitor: SignedIn) -> AccountList:
    """List what accounts spend; of each, what the campaigns spend that one may read."""
    with desk.ledger() as ledger:
        return AccountList(accounts=spend.accounts(desk, ledger, desk.readable_files(visitor)))


@router.get("/requests")
def list_requests(
    desk: DeskOf,
    visitor: SignedIn,
    state: RequestState | None = None,
    page: Page = 1,
    size: Size = 50,
) -> RequestList:
    """List who asked for which launch, and what became of it."""
    with desk.ledger() as ledger:
        rows, total = ledger.pages.requests(desk.readable(visitor), state, page, size)
    return RequestList(total=total, page=page, requests=[RequestItem(**row) for row in rows])
