"""The tasks of a launch tell the ledger what becomes of their run's request."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from meta_ads.airflow.operators.base import LaunchOperator
from meta_ads.airflow.operators.launching import CreateOperator, PreflightOperator
from meta_ads.launching.requests import RequestKey, pinned
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from meta_ads.store.request_ledger import PostgresRequestLedger
from tests.conftest import PROJECT
from tests.integration.launches import Launch, plan

META = '{"conn_type": "meta_ads", "password": "TOKEN", "host": "http://127.0.0.1:9"}'


@pytest.fixture
def home(tmp_path: Path, empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one bad campaign file, and connections as Airflow finds them."""
    monkeypatch.setenv("AIRFLOW_CONN_META_ADS_DB", empty_database_url)
    monkeypatch.setenv("AIRFLOW_CONN_META_ADS_DEFAULT", META)
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    (tmp_path / "include/campaigns").mkdir(parents=True)
    (tmp_path / "include/campaigns/spring.yaml").write_text("campaign_id: spring\n")
    return tmp_path


@pytest.fixture
def requests(database: Database) -> PostgresRequestLedger:
    return PostgresRequestLedger(database)


def context(**params: Any) -> Any:
    run = SimpleNamespace(run_id="manual__1", triggering_user_name="ada", conf={})
    return {"params": params, "dag_run": run}


def fails(operator: LaunchOperator, **params: Any) -> None:
    """Run a task that ends at once, without another try."""
    with pytest.raises(AirflowFailException):
        operator.execute(context(**params))
    operator.ledger.database.close()


def preflight(home: Path) -> PreflightOperator:
    return PreflightOperator(task_id="preflight", campaign_id="spring", home=str(home))


def test_a_bad_file_fails_the_request_with_everything_found(
    home: Path, requests: PostgresRequestLedger
) -> None:
    for _ in range(2):
        fails(preflight(home), note="again")
    [row] = requests.requests("spring")
    assert (row["state"], row["requested_by"], row["note"]) == ("QA_FAILED", "ada", "again")
    assert len(row["file_digest"]) == 64
    assert {"name", "client_account_id"} <= {finding["path"] for finding in row["findings"]}


def test_a_dry_run_is_no_request(home: Path, requests: PostgresRequestLedger) -> None:
    fails(preflight(home), dry_run=True)
    assert requests.requests() == []


def test_a_launch_that_cannot_go_on_fails_the_request(
    home: Path, requests: PostgresRequestLedger, database: Database
) -> None:
    launch = Launch(database)
    stored = launch.launches.pin(plan(activates_in=None)).plan
    fails(preflight(home))
    pinned(requests, RequestKey("spring", "manual__1"), stored.hash)
    launch.launches.withdraw("spring", "bo")
    create = CreateOperator(
        task_id="create_campaign", kind=StepKind.CAMPAIGN, campaign_id="spring", home=str(home)
    )
    fails(create)
    [row] = requests.requests("spring")
    assert row["state"] == "TRAFFICKED_FAILED"
    assert "was withdrawn" in row["reason"]
