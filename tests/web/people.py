"""People with Airflow's own roles, by tokens that say who they are, and the DAGs they may read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from airflow.api_fastapi.auth.managers.base_auth_manager import ResourceMethod
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi import HTTPException, Request

from meta_ads.web.access import PREFIX, CampaignDag, Visitor
from meta_ads.web.airflow_wiring import AirflowAccess

ROLES = ("viewer", "user", "op", "admin")
# Somebody who has every right to the DAG of `spring`, and none to any other.
SOME = "some"
WHO = (*ROLES, SOME)
THEIRS = PREFIX + "spring"


class Manager(SimpleAuthManager):
    """Airflow's SimpleAuthManager with its rules as they are, and one person of one DAG."""

    def is_authorized_dag(
        self,
        *,
        method: ResourceMethod,
        user: SimpleAuthManagerUser,
        access_entity: DagAccessEntity | None = None,
        details: DagDetails | None = None,
    ) -> bool:
        if user.username == f"a_{SOME}":
            return details is not None and details.id == THEIRS
        return super().is_authorized_dag(
            method=method, user=user, access_entity=access_entity, details=details
        )


class PeopleAccess(AirflowAccess):
    """`Access` by Airflow's rules, without its database: `Bearer ROLE` signs somebody in."""

    def __init__(self, campaign_ids: Collection[str] = ()) -> None:
        self.campaign_ids = list(campaign_ids)
        self.problems = ""

    async def visitor(self, request: Request) -> Visitor:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = token or request.cookies.get("_token", "")
        if token not in WHO:
            raise HTTPException(401, "Not authenticated")
        role = "USER" if token == SOME else token.upper()
        user = SimpleAuthManagerUser(username=f"a_{token}", role=role)
        return Visitor(user.get_name(), user.get_id(), user)

    def readable_dags(self, visitor: Visitor) -> Collection[str]:
        every = [PREFIX + campaign_id for campaign_id in self.campaign_ids]
        return [THEIRS] if visitor.name == f"a_{SOME}" else every

    def file_problems(self, visitor: Visitor) -> str:
        return "" if visitor.name == f"a_{SOME}" else self.problems

    def campaign_dags(
        self, tags: Collection[str], only: str | None = None
    ) -> Collection[CampaignDag]:
        tag = "sunrise_sg" if "sunrise_sg" in tags else None
        found = [
            CampaignDag(PREFIX + one, one.replace("_", " ").title(), tag)
            for one in self.campaign_ids
        ]
        return [dag for dag in found if only in (None, dag.dag_id)]


def signed_in(role: str) -> dict[str, str]:
    return {"authorization": f"Bearer {role}"}


class FakeAirflow:
    """Airflow's REST API as far as the page asks it, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any, dict[str, str]]] = []
        self.refuse: dict[str, tuple[int, str]] = {}
        self.waiting: dict[str, Any] | None = None

    def answer(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        self.asked.append((method, path, body, headers))
        for part, (status, detail) in self.refuse.items():
            if part in path:
                return status, {"detail": detail}
        if method == "GET":
            return 200, {"hitl_details": [{"task_instance": self.waiting}] if self.waiting else []}
        if method == "PATCH":
            return 200, {}
        return 200, {"dag_run_id": "manual__1"}
