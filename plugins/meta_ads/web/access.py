"""Who asks, and what they may see and do: the rules of Airflow's own auth manager.

A campaign is as open as its DAG: who may read `launch__spring` reads the campaign `spring`, who may
trigger it triggers, who may answer its approval answers, who may edit it does the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from fastapi import HTTPException, Request

from meta_ads.store.pages import File, Readable
from meta_ads.web.situations import Action

PREFIX = "launch__"


class Right(StrEnum):
    """What Airflow knows of rights to a DAG."""

    READ = "read"
    RUN = "run"
    ANSWER = "answer"
    EDIT = "edit"


RIGHTS: Mapping[Action, Right] = {
    Action.TRIGGER: Right.RUN,
    Action.DRY_RUN: Right.RUN,
    Action.SYNC: Right.RUN,
    Action.APPROVE: Right.ANSWER,
    Action.REJECT: Right.ANSWER,
    Action.PAUSE: Right.EDIT,
    Action.RESUME: Right.EDIT,
    Action.WITHDRAW: Right.EDIT,
    Action.RELEASE: Right.EDIT,
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person: their name and id as Airflow knows them, and Airflow's own user."""

    name: str
    person_id: str
    user: Any = None


class Access(Protocol):
    """Airflow's authentication and permissions."""

    async def visitor(self, request: Request) -> Visitor:
        """Return who asks; HTTPException 401 when nobody is signed in."""

    def may(self, visitor: Visitor, right: Right, dag_id: str) -> bool:
        """Whether the person has this right to a DAG."""

    def may_see_all(self, visitor: Visitor) -> bool:
        """Whether the person may read every DAG, those that are gone included."""

    def readable_dags(self, visitor: Visitor) -> Collection[str]:
        """Return the ids of the DAGs the person may read."""

    def campaign_dags(self) -> Collection[CampaignDag]:
        """Return the launch DAGs of today's campaign files."""


@dataclass(frozen=True, slots=True)
class CampaignDag:
    """A DAG of a campaign file: its id, its title, and its tags."""

    dag_id: str
    title: str
    tags: frozenset[str] = frozenset()


def readable(access: Access, visitor: Visitor, account_of: Mapping[str, str]) -> Readable:
    """Return what the person may see. `account_of` gives the account id of a DAG's tag."""
    dags = set(access.readable_dags(visitor))
    files = [
        File(
            dag.dag_id.removeprefix(PREFIX),
            dag.title,
            next((account_of[tag] for tag in dag.tags if tag in account_of), ""),
        )
        for dag in access.campaign_dags()
        if dag.dag_id in dags
    ]
    ids = [dag_id.removeprefix(PREFIX) for dag_id in dags if dag_id.startswith(PREFIX)]
    return Readable(ids, access.may_see_all(visitor), files)


def require(access: Access, visitor: Visitor, right: Right, campaign_id: str) -> None:
    """Raise HTTPException 403 unless the person has the right to this campaign."""
    if not access.may(visitor, right, PREFIX + campaign_id):
        raise HTTPException(403, "You may not do this with this campaign.")
