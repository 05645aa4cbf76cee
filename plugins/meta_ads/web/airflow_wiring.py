"""The page inside Airflow's API server: its users, its connections, its DAGs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.base_auth_manager import ResourceMethod
from airflow.api_fastapi.auth.managers.models.resource_details import (
    AccessView,
    DagAccessEntity,
    DagDetails,
)
from airflow.api_fastapi.core_api.security import bearer_scheme, get_user
from airflow.configuration import conf
from airflow.models.connection import Connection
from airflow.models.dag import DagModel, DagTag
from airflow.models.errors import ParseImportError
from airflow.models.team import Team
from airflow.utils.session import create_session
from fastapi import FastAPI, Request
from sqlalchemy import func, select

from meta_ads.store.database import Database, libpq_url
from meta_ads.web.access import PREFIX, CampaignDag, Right, Visitor
from meta_ads.web.app import create_app

DB_CONN_ID = "meta_ads_db"
META_CONN_ID = "meta_ads_default"
# Its import error is the list of what is wrong with campaign files.
ERRORS_DAG_FILE = "campaign_errors.py"
GRAPH = "https://graph.facebook.com"
# What Airflow's own routes ask for the same.
ASKED: Mapping[Right, tuple[ResourceMethod, DagAccessEntity | None]] = {
    Right.READ: ("GET", None),
    Right.RUN: ("POST", DagAccessEntity.RUN),
    Right.ANSWER: ("PUT", DagAccessEntity.HITL_DETAIL),
    Right.EDIT: ("PUT", None),
}


def app_in_airflow(home: Path) -> FastAPI:
    """Return the app, wired to the Airflow it runs in."""
    return create_app(AirflowAccess(), ledger, home, graph_url)


def ledger() -> Database:
    """Return the ledger behind Airflow's connection `meta_ads_db`; nothing is opened yet."""
    found = Connection.get_connection_from_secrets(DB_CONN_ID)
    return Database(
        libpq_url(
            host=found.host,
            port=found.port,
            login=found.login,
            password=found.password,
            database=found.schema,
            options=found.extra_dejson,
        )
    )


def graph_url() -> str:
    """Return the address of Meta, or of the emulator in a rehearsal; never the token."""
    return Connection.get_connection_from_secrets(META_CONN_ID).host or GRAPH


def _title(shown: str) -> str:
    """Return what a campaign is called, of the name that its DAG shows."""
    return shown.removeprefix("Launch: ").removeprefix(PREFIX)


def _said(trace: str) -> str:
    """Return an error's own words, without the way to it."""
    _, found, words = trace.rpartition("InvalidCampaign: ")
    return words if found else trace


class AirflowAccess:
    """`Access` by Airflow's auth manager."""

    async def visitor(self, request: Request) -> Visitor:
        """Return who asks, by their token or by Airflow's cookie."""
        user = await get_user(request, None, await bearer_scheme(request))
        return Visitor(user.get_name(), str(user.get_id()), user)

    def may(self, visitor: Visitor, right: Right, dag_id: str) -> bool:
        """Whether Airflow lets the person do this with the DAG, whether or not it exists."""
        team = DagModel.get_team_name(dag_id) if conf.getboolean("core", "multi_team") else None
        method, entity = ASKED[right]
        return get_auth_manager().is_authorized_dag(
            method=method,
            access_entity=entity,
            details=DagDetails(id=dag_id, team_name=team),
            user=visitor.user,
        )

    def may_see_all(self, visitor: Visitor) -> bool:
        """Whether the person may read every DAG, of every team where there are teams."""
        if not conf.getboolean("core", "multi_team"):
            return get_auth_manager().is_authorized_dag(method="GET", user=visitor.user)
        return all(
            get_auth_manager().is_authorized_dag(
                method="GET", details=DagDetails(team_name=team), user=visitor.user
            )
            for team in (None, *Team.get_all_team_names())
        )

    def readable_dags(self, visitor: Visitor) -> Collection[str]:
        """Return every DAG the person may read, those whose file is gone included."""
        return get_auth_manager().get_authorized_dag_ids(user=visitor.user, method="GET")

    def file_problems(self, visitor: Visitor) -> str:
        """Return what the DAG file of campaign errors last raised: bad files have no DAG.

        For those who may see import errors and every DAG, since it names all files.
        """
        manager = get_auth_manager()
        asked = manager.is_authorized_view(access_view=AccessView.IMPORT_ERRORS, user=visitor.user)
        if not asked or not self.may_see_all(visitor):
            return ""
        errors = select(ParseImportError.stacktrace).where(
            ParseImportError.filename.endswith(ERRORS_DAG_FILE, autoescape=True)
        )
        with create_session() as session:
            raised = session.scalars(errors).all()
        return "\n".join(_said(trace or "") for trace in raised)

    def campaign_dags(
        self, tags: Collection[str], only: str | None = None
    ) -> Collection[CampaignDag]:
        """Return the launch DAGs that Airflow last found a file for."""
        ours = DagModel.dag_id.startswith(PREFIX, autoescape=True)
        asked = (
            # A DAG has the tag of its account once.
            select(
                DagModel.dag_id,
                DagModel._dag_display_property_value.label("title"),
                func.min(DagTag.name).label("tag"),
            )
            .outerjoin(DagTag, (DagTag.dag_id == DagModel.dag_id) & DagTag.name.in_(tags))
            .where(ours if only is None else DagModel.dag_id == only, ~DagModel.is_stale)
            .group_by(DagModel.dag_id, DagModel._dag_display_property_value)
        )
        with create_session() as session:
            found = session.execute(asked).all()
        return [CampaignDag(row.dag_id, _title(row.title or row.dag_id), row.tag) for row in found]
