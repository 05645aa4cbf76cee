"""Who asks, and what they may see and do: the rules of Airflow's own auth manager.

A campaign is as open as its DAG: who may read `launch__spring` reads the campaign `spring`, who may
trigger it triggers, who may answer its approval answers, who may edit it does the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
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

    def file_problems(self, visitor: Visitor) -> str:
        """Return what is wrong with campaign files, for who may see it; empty for nothing."""

    def campaign_dags(
        self, tags: Collection[str], only: str | None = None
    ) -> Collection[CampaignDag]:
        """Return the launch DAGs of today's campaign files, or one of them, with these tags."""


@dataclass(frozen=True, slots=True)
class CampaignDag:
    """A DAG of a campaign file: its id, its title, and the tag of those asked for that it has."""

    dag_id: str
    title: str
    tag: str | None = None


def readable(access: Access, visitor: Visitor) -> Readable:
    """Return what the person may see; no files yet."""
    if access.may_see_all(visitor):
        return Readable(everything=True)
    dags = access.readable_dags(visitor)
    return Readable([one.removeprefix(PREFIX) for one in dags if one.startswith(PREFIX)])


def with_files(access: Access, seen: Readable, account_of: Mapping[str, str]) -> Readable:
    """Return the same with today's campaign files. `account_of`: accounts' ids by their tags."""
    ids = set(seen.campaign_ids)
    files = _files(access.campaign_dags(list(account_of)), account_of)
    return replace(
        seen, files=[file for file in files if seen.everything or file.campaign_id in ids]
    )


def only(access: Access, campaign_id: str, account_of: Mapping[str, str]) -> Readable:
    """Return one campaign that the person may see, and nothing else."""
    dags = access.campaign_dags(list(account_of), PREFIX + campaign_id)
    return Readable([campaign_id], files=_files(dags, account_of))


def _files(dags: Collection[CampaignDag], account_of: Mapping[str, str]) -> list[File]:
    return [
        File(dag.dag_id.removeprefix(PREFIX), dag.title, account_of[dag.tag] if dag.tag else "")
        for dag in dags
    ]


def require(access: Access, visitor: Visitor, right: Right, campaign_id: str) -> None:
    """Raise HTTPException 403 unless the person has the right to this campaign."""
    if not access.may(visitor, right, PREFIX + campaign_id):
        raise HTTPException(403, "You may not do this with this campaign.")
