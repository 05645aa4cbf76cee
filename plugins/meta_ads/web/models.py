"""What the JSON API says; the pages are drawn from the same values.

Money named `…_minor` is in minor units of `currency`, other money in whole units, as reports have
it. Times are UTC.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from meta_ads.web.situations import Action, Tone

CampaignId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
RequestState = Literal[
    "DRAFT", "QA_TESTING", "QA_FAILED", "READY_FOR_API", "TRAFFICKED_SUCCESS", "TRAFFICKED_FAILED"
]


class Kpis(BaseModel):
    """What a campaign did in the last 30 days, as of the last run of sync_insights."""

    currency: str | None = None
    spend: Decimal | None = None
    impressions: Decimal | None = None
    clicks: Decimal | None = None
    conversions: Decimal | None = None
    purchase_amount: Decimal | None = None
    ctr_percent: Decimal | None = None
    cost_per_conversion: Decimal | None = None
    roas: Decimal | None = None


class Campaign(BaseModel):
    """One campaign: a file, and what became of its launch."""

    campaign_id: str
    title: str | None
    account_id: str | None
    account_name: str | None
    currency: str | None
    timezone: str
    brand: str | None
    market: str | None
    situation: str
    label: str
    tone: Tone
    means: str
    next: str
    state: str | None = Field(description="The state in the ledger; null when never planned.")
    activate_at: datetime | None
    daily_budget_minor: int | None
    lifetime_budget_minor: int | None
    approval_needed: bool
    approved: bool
    plan: str | None = Field(description="The hash of the plan it is to have.")
    meta_campaign_id: str | None
    last_error: str | None
    run_id: str | None
    drift: int = Field(description="Differences between Meta and the plan that are open.")
    kpis: Kpis
    actions: list[Action] = Field(description="What makes sense now, whoever asks.")


class CampaignList(BaseModel):
    """One page of campaigns."""

    total: int
    page: int
    campaigns: list[Campaign]


class StepItem(BaseModel):
    """One step of a launch, with what Meta last said of its object."""

    step_key: str
    kind: str
    name: str
    state: str
    attempts: int
    object_id: str | None
    effective_status: str | None
    last_error: str | None
    updated_at: datetime | None
    link: str | None


class Event(BaseModel):
    """Something that happened to a launch."""

    at: datetime
    part: str
    event: str
    detail: str | None
    person: str | None


class Drift(BaseModel):
    """Where Meta differs from the plan, in words, and since when it was seen."""

    message: str
    first_seen_at: datetime
    last_seen_at: datetime


class Picture(BaseModel):
    """A picture or video of a plan, with the path of a small JPEG of it; or why there is none."""

    kind: str
    file: str
    path: str = Field(description="Below the address where the app is mounted.")
    missing: str


class Status(BaseModel):
    """A campaign with its steps, what differs at Meta, and its history, newest first."""

    campaign: Campaign
    pictures: list[Picture]
    steps: list[StepItem]
    drift: list[Drift]
    history: list[Event]


class Day(BaseModel):
    """What a campaign did on one day of its account's calendar."""

    date: date
    currency: str
    spend: Decimal
    impressions: Decimal
    clicks: Decimal
    conversions: Decimal
    purchase_amount: Decimal


class Insights(BaseModel):
    """The days of a campaign that were read, oldest first."""

    campaign_id: str
    days: list[Day]


class LaunchRequest(BaseModel):
    """One launch to be triggered."""

    model_config = ConfigDict(extra="forbid")

    campaign_id: CampaignId
    dry_run: bool = False
    note: str | None = Field(default=None, max_length=500)
    activate_at: datetime | None = Field(
        default=None, description="Later than the file says, as far as the account allows."
    )


class LaunchRequests(BaseModel):
    """Launches to be triggered, each by itself: one that is refused keeps none back."""

    model_config = ConfigDict(extra="forbid")

    launches: Annotated[list[LaunchRequest], Field(min_length=1, max_length=100)]


class LaunchResult(BaseModel):
    """What became of one request: the run it began, or why there is none."""

    campaign_id: str
    accepted: bool
    run_id: str | None = None
    error: str | None = None


class LaunchResults(BaseModel):
    """The results, in the order of the requests."""

    results: list[LaunchResult]


class ActionBody(BaseModel):
    """What an action needs. `plan` for approve and reject; `step_key` for release."""

    model_config = ConfigDict(extra="forbid")

    plan: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12,64}$")] | None = None
    step_key: str | None = Field(default=None, max_length=300)
    object_id: Annotated[str, StringConstraints(pattern=r"^\d{1,30}$")] | None = None
    note: str | None = Field(default=None, max_length=500)
    activate_at: datetime | None = None


class Done(BaseModel):
    """What an action did, in words, and the run that goes on with it."""

    message: str
    dag_id: str | None = None
    run_id: str | None = None


class RequestItem(BaseModel):
    """One trigger of a launch, and what became of it."""

    campaign_id: str
    title: str | None = Field(description="Of the plan that it led to.")
    run_id: str
    requested_by: str
    note: str | None
    state: RequestState
    plan_hash: str | None
    reason: str | None
    findings: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime


class RequestList(BaseModel):
    """One page of requests, newest first."""

    total: int
    page: int
    requests: list[RequestItem]


class Upcoming(BaseModel):
    """A launch with its activation time."""

    campaign_id: str
    title: str | None
    account_id: str
    account_name: str | None
    timezone: str
    currency: str | None
    activate_at: datetime
    daily_budget_minor: int | None
    situation: str
    label: str
    tone: Tone


class Calendar(BaseModel):
    """The launches of the next 60 days, the first first."""

    launches: list[Upcoming]


class SpendDay(BaseModel):
    """What an account spent on one day of its calendar."""

    date: date
    spend: Decimal


class AccountSpend(BaseModel):
    """What an account spends, in whole units.

    `per_day` is the mean of the last seven whole days that were read, `pace_percent` how much this
    is of what live campaigns may spend a day (`committed`), `month_end` what the month comes to
    with that mean.
    """

    account_id: str
    key: str
    name: str
    timezone: str
    currency: str
    whole: bool = Field(
        description="Whether all campaigns of the account count, or those that one may read."
    )
    live: int
    committed: Decimal | None
    limit: Decimal | None
    spend_currency: str | None
    per_day: Decimal | None
    pace_percent: Decimal | None
    month: Decimal | None
    month_end: Decimal | None
    read_at: datetime | None
    days: list[SpendDay]


class AccountList(BaseModel):
    """Accounts by name."""

    accounts: list[AccountSpend]


class Problem(BaseModel):
    """Why a request was refused."""

    detail: str
