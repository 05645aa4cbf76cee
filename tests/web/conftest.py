"""The app on a real ledger, mounted where Airflow mounts it, with Airflow's REST API beside it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Airflow makes its folders as it is imported; here they are nobody's.
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-"))

from airflow.api_fastapi import app as airflow_app
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from meta_ads.store.database import Database
from meta_ads.web.app import create_app
from meta_ads.web.lazy import PREFIX, LazyApp
from tests.conftest import PROJECT
from tests.integration.launches import Launch
from tests.web.people import FakeAirflow, Manager, PeopleAccess


@pytest.fixture
def launch(database: Database) -> Launch:
    return Launch(database)


@pytest.fixture
def access() -> PeopleAccess:
    return PeopleAccess(["spring", "summer"])


@pytest.fixture
def airflow() -> FakeAirflow:
    return FakeAirflow()


@pytest.fixture
def home() -> Path:
    """The folder with `configs` and `creatives`."""
    return PROJECT


@pytest.fixture
def client(
    empty_database_url: str,
    database: Database,
    access: PeopleAccess,
    airflow: FakeAirflow,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[TestClient]:
    monkeypatch.setattr(airflow_app._AuthManagerState, "instance", Manager())
    page = LazyApp(home)
    page._app = create_app(  # as `app_in_airflow` does, with a ledger of the test's own
        access, lambda: Database(empty_database_url), home, lambda: "http://127.0.0.1:1"
    )
    parent = FastAPI()

    @parent.api_route("/api/v2/{path:path}", methods=["GET", "POST", "PATCH"])
    async def rest(request: Request, path: str) -> JSONResponse:
        body = json.loads(await request.body() or b"null")
        status, answer = airflow.answer(request.method, path, body, dict(request.headers))
        return JSONResponse(answer, status)

    parent.mount(PREFIX, page)
    with TestClient(parent) as client:
        yield client
    page._app.state.desk.close()
