"""What a person can do with a campaign, as POST routes only.

Each acts through Airflow's REST API as that person, or through the use case that `adlaunch` runs,
and is written down with their name: in Airflow's audit log, and in the ledger's history.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from starlette.concurrency import run_in_threadpool

from meta_ads.errors import ApprovalRefused
from meta_ads.launching.approval import Person, decide
from meta_ads.launching.pausing import refuse_resume
from meta_ads.store.launch_ledger import UnknownLaunch
from meta_ads.web.access import PREFIX, RIGHTS, Right, Visitor, require
from meta_ads.web.airflow_api import AirflowApi, AirflowRefused
from meta_ads.web.api import REFUSALS
from meta_ads.web.desk import Desk
from meta_ads.web.models import (
    ActionBody,
    Done,
    LaunchRequest,
    LaunchRequests,
    LaunchResult,
    LaunchResults,
    Problem,
)
from meta_ads.web.signed_in import DeskOf, SignedIn
from meta_ads.web.situations import Action

WITHDRAW_DAG, SYNC_DAG = "withdraw_launch", "sync_statuses"
PAUSE_DAG, RESUME_DAG = "pause_launch", "resume_launch"
router = APIRouter(
    prefix="/api",
    responses={
        **REFUSALS,
        409: {"model": Problem, "description": "As things stand, it cannot be."},
    },
)


@router.post("/launches")
async def request_launches(
    request: Request, desk: DeskOf, visitor: SignedIn, body: LaunchRequests
) -> LaunchResults:
    """Trigger many launches in one call; each is accepted or refused by itself."""
    airflow = AirflowApi(request)
    results = [await _requested(desk, visitor, airflow, item) for item in body.launches]
    return LaunchResults(results=results)


async def _requested(
    desk: Desk, visitor: Visitor, airflow: AirflowApi, item: LaunchRequest
) -> LaunchResult:
    try:
        await run_in_threadpool(require, desk.access, visitor, Right.RUN, item.campaign_id)
        run_id = await airflow.trigger(PREFIX + item.campaign_id, _settings(item), item.note)
    except HTTPException as refused:
        return LaunchResult(campaign_id=item.campaign_id, accepted=False, error=str(refused.detail))
    return LaunchResult(campaign_id=item.campaign_id, accepted=True, run_id=run_id)


def _settings(item: LaunchRequest) -> dict[str, Any]:
    """Return what the trigger form would send; what is not said is left out."""
    said = {
        "dry_run": item.dry_run or None,
        "note": item.note or None,
        "activate_at": item.activate_at.isoformat() if item.activate_at else None,
    }
    return {name: value for name, value in said.items() if value is not None}


@router.post("/campaigns/{campaign_id}/{action}")
async def act(
    request: Request,
    desk: DeskOf,
    visitor: SignedIn,
    campaign_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,100}$")],
    action: Action,
    body: ActionBody,
) -> Done:
    """Do one thing with a campaign. 409 when it cannot be, with the reason and what to do."""
    await run_in_threadpool(require, desk.access, visitor, RIGHTS[action], campaign_id)
    airflow = AirflowApi(request)
    match action:
        case Action.TRIGGER | Action.DRY_RUN:
            return await _trigger(airflow, campaign_id, action, body)
        case Action.APPROVE | Action.REJECT:
            return await _decide(desk, visitor, airflow, campaign_id, action, body)
        case Action.SYNC:
            run_id = await airflow.trigger(SYNC_DAG, {"campaign_id": campaign_id})
            return Done(
                message="Its state is being read from Meta.", dag_id=SYNC_DAG, run_id=run_id
            )
        case Action.PAUSE | Action.WITHDRAW:
            return await _stop(desk, visitor, airflow, campaign_id, action)
        case Action.RESUME:
            await run_in_threadpool(_refuse_resume, desk, campaign_id)
            run_id = await airflow.trigger(RESUME_DAG, {"campaign_id": campaign_id})
            return Done(message="It is being switched on.", dag_id=RESUME_DAG, run_id=run_id)
        case Action.RELEASE:
            return await run_in_threadpool(_release, desk, visitor, campaign_id, body)


async def _trigger(airflow: AirflowApi, campaign_id: str, action: Action, body: ActionBody) -> Done:
    item = LaunchRequest(
        campaign_id=campaign_id,
        dry_run=action is Action.DRY_RUN,
        note=body.note,
        activate_at=body.activate_at,
    )
    dag_id = PREFIX + campaign_id
    run_id = await airflow.trigger(dag_id, _settings(item), body.note)
    dry = action is Action.DRY_RUN
    words = "The dry run has begun; it sends nothing." if dry else "The launch has begun."
    return Done(message=words, dag_id=dag_id, run_id=run_id)


async def _decide(
    desk: Desk,
    visitor: Visitor,
    airflow: AirflowApi,
    campaign_id: str,
    action: Action,
    body: ActionBody,
) -> Done:
    """Answer the run that waits for it; without one, write the decision into the ledger."""
    if body.plan is None:
        raise HTTPException(422, "`plan` is needed: the hash of the plan that you read.")
    approved = action is Action.APPROVE
    await run_in_threadpool(_refuse_decision, desk, visitor, campaign_id, approved, body.plan)
    word = "approved" if approved else "rejected"
    waiting = await airflow.open_approval(PREFIX + campaign_id)
    if waiting is not None:
        await airflow.answer(waiting, "Approve" if approved else "Reject")
        return Done(
            message=f"Plan {body.plan[:12]} is {word}.",
            dag_id=waiting["dag_id"],
            run_id=waiting["dag_run_id"],
        )
    await run_in_threadpool(_record_decision, desk, visitor, campaign_id, approved, body.plan)
    return Done(message=f"Plan {body.plan[:12]} is {word}.")


def _refuse_decision(
    desk: Desk, visitor: Visitor, campaign_id: str, approved: bool, plan: str
) -> None:
    """Raise before anything is written when the decision is on another plan, or cannot count."""
    with desk.ledger() as ledger:
        try:
            target = ledger.launches.launch(campaign_id).target
        except UnknownLaunch:
            raise HTTPException(404, f"{campaign_id} was never launched.") from None
        if not target.hash.startswith(plan):
            raise HTTPException(
                409,
                f"The plan is {target.hash[:12]} by now. Read the new plan, and decide on that.",
            )
        why = approved and ledger.pages.approval_refusal(
            campaign_id, target.hash, visitor.name, visitor.person_id
        )
        if why:
            raise ApprovalRefused(f"Your approval would not count: {why}.")


def _record_decision(
    desk: Desk, visitor: Visitor, campaign_id: str, approved: bool, plan: str
) -> None:
    with desk.ledger() as ledger:
        person = Person(visitor.name, visitor.person_id)
        decide(ledger.launches, campaign_id, approved, person, plan)


async def _stop(
    desk: Desk, visitor: Visitor, airflow: AirflowApi, campaign_id: str, action: Action
) -> Done:
    """Record it at once, so that nothing switches it on; then have it paused at Meta."""
    dag_id = PAUSE_DAG if action is Action.PAUSE else WITHDRAW_DAG
    word = "paused" if action is Action.PAUSE else "withdrawn"

    def record() -> None:
        with desk.ledger() as ledger:
            stop = ledger.launches.pause if action is Action.PAUSE else ledger.launches.withdraw
            stop(campaign_id, visitor.name)

    try:
        await run_in_threadpool(record)
    except UnknownLaunch:
        raise HTTPException(404, f"{campaign_id} was never launched.") from None
    try:
        run_id = await airflow.trigger(dag_id, {"campaign_id": campaign_id})
    except AirflowRefused as refused:
        return Done(
            message=f"It is {word}: nothing switches it on any more. reconcile_launches pauses "
            f"it at Meta within two minutes, since {dag_id} did not run ({refused.detail})."
        )
    return Done(
        message=f"It is {word}, and is being switched off at Meta.", dag_id=dag_id, run_id=run_id
    )


def _refuse_resume(desk: Desk, campaign_id: str) -> None:
    """Raise at once what the run would fail with."""
    with desk.ledger() as ledger:
        try:
            refuse_resume(ledger.launches.launch(campaign_id))
        except UnknownLaunch:
            raise HTTPException(404, f"{campaign_id} was never launched.") from None


def _release(desk: Desk, visitor: Visitor, campaign_id: str, body: ActionBody) -> Done:
    """Write down what the person found out about a HELD step of this launch."""
    if body.step_key is None:
        raise HTTPException(422, "`step_key` is needed: the step to release.")
    with desk.ledger() as ledger:
        if body.step_key not in {step["step_key"] for step in ledger.launches.steps(campaign_id)}:
            raise HTTPException(404, f"{campaign_id} has no step {body.step_key}.")
        ledger.steps.release(body.step_key, body.object_id, visitor.name)
        known = f"is object {body.object_id}" if body.object_id else "may be created again"
        # What the launch said last is settled; whoever comes next shall not search again.
        ledger.launches.record_error(
            campaign_id,
            f"{visitor.name} looked at Meta: the step {body.step_key} {known}. Nothing goes on by "
            "itself: trigger the launch again.",
            stopped=True,
        )
    return Done(message=f"The step {known}. Now trigger the launch again.")
