"""The app on a ledger of its own and on a real database of Airflow's, with a DAG a campaign."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request

from local_stack.postgres import LocalPostgres
from meta_ads.store.database import Database
from meta_ads.store.migrate import migrate
from tests.conftest import PROJECT
from tests.speed.page.campaigns import fill

# Files that nobody launched yet, beside each hundred launches.
UNLAUNCHED = 10
TAGS = ("launch", "sunrise_sg", "SG", "brand:sunrise", "campaign")


@contextmanager
def serving(campaigns: int) -> Iterator[FastAPI]:
    """Yield the page of an Airflow that knows so many launched campaigns."""
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalPostgres(Path(folder) / "postgres", databases=("ads", "airflow")) as server,
    ):
        os.environ["AIRFLOW_HOME"] = folder
        address = server.url("airflow").replace("postgresql://", "postgresql+psycopg2://")
        os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = address
        subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True)
        migrate(server.url("ads"))
        fill(server.url("ads"), campaigns)
        _add_dags(campaigns + campaigns * UNLAUNCHED // 100)
        yield _app(server.url("ads"))


def _add_dags(count: int) -> None:
    # Airflow reads where its database is when it is imported.
    from airflow.models.dag import DagModel, DagTag
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.session import create_session

    with create_session() as session:
        session.add(DagBundleModel(name="dags"))
        session.flush()
        for number in range(count):
            dag_id = f"launch__campaign_{number}"
            dag = DagModel(dag_id=dag_id, bundle_name="dags", fileloc="launch_campaigns.py")
            dag.timetable_type, dag.is_stale = "none", False
            dag.tags = [DagTag(name=tag, dag_id=dag_id) for tag in TAGS]
            session.add(dag)


def _app(url: str) -> FastAPI:
    from airflow.api_fastapi import app as airflow_app
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    from meta_ads.web.access import Visitor
    from meta_ads.web.airflow_wiring import AirflowAccess
    from meta_ads.web.app import create_app
    from meta_ads.web.lazy import PREFIX

    class Admin(AirflowAccess):
        """Airflow's rules and database; everybody is the admin."""

        async def visitor(self, request: Request) -> Visitor:
            user = SimpleAuthManagerUser(username="admin", role="ADMIN")
            return Visitor(user.get_name(), str(user.get_id()), user)

    airflow_app._AuthManagerState.instance = SimpleAuthManager()
    parent = FastAPI()
    page: Any = create_app(Admin(), lambda: Database(url), PROJECT, lambda: "http://127.0.0.1:1")
    parent.mount(PREFIX, page)
    return parent
