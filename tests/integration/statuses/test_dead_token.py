"""The only token of an account dies: it is named and told once, and other accounts go on."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.operators.insights import SyncInsightsOperator
from meta_ads.airflow.reconcile_dag import build_reconcile_dag
from meta_ads.airflow.sync_dag import _sync_whole
from meta_ads.errors import AccessLost
from meta_ads.launching.timing import Rhythm
from meta_ads.launching.tokens import TokenState, fingerprint
from meta_ads.store.database import Database
from tests.integration.launches import Launch, plan
from tests.integration.statuses.test_sync_tasks import ACCOUNT, Project, ledger, project

__all__ = ["ledger", "project"]
OTHER = "act_100000000000202"
DEAD, LIVING = "emulator-expired-token", "emulator-token"


@pytest.fixture
def bereaved(project: Project) -> Project:
    """One account whose only token is dead beside one whose token works."""
    project.connect("old", DEAD)
    project.describe("meta_ads_old")
    return project


def sync(project: Project, account_id: str, ledger: LedgerHook) -> None:
    _sync_whole(account_id, project.meta.for_account(account_id), ledger)


def read_insights(project: Project, account_id: str) -> dict[str, str]:
    (project.home / "configs/insights.yaml").write_text("first_load_days: 1\n")
    job = {"account_id": account_id}
    operator = SyncInsightsOperator(task_id="read", account=job, home=str(project.home))
    context: Any = {"dag_run": SimpleNamespace(start_date=datetime.now(UTC))}
    return operator.execute(context)


def told(ledger: LedgerHook) -> list[str]:
    """Return what the report would turn red for now."""
    notices = ledger.notices.keep(ledger.tokens.dead(), Rhythm().remind)
    return [notice.text for notice in notices if notice.tell]


def test_statuses_of_other_accounts_are_synced_and_the_token_is_told_once(
    bereaved: Project, ledger: LedgerHook, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(AccessLost, match="with the connection meta_ads_old"):
        sync(bereaved, ACCOUNT, ledger)
    sync(bereaved, OTHER, ledger)
    [text] = told(ledger)
    assert text.startswith("The token of the connection meta_ads_old does not work since")
    assert "put it into the connection" in text
    for _ in range(2):
        with pytest.raises(AccessLost):
            sync(bereaved, ACCOUNT, ledger)
    assert told(ledger) == []
    assert DEAD not in caplog.text + text


def test_insights_of_other_accounts_are_read_and_the_token_is_told_once(
    bereaved: Project, ledger: LedgerHook
) -> None:
    for _ in range(2):
        with pytest.raises(AirflowFailException, match="meta_ads_old"):
            read_insights(bereaved, ACCOUNT)
    assert read_insights(bereaved, OTHER)["account_id"] == OTHER
    assert len(told(ledger)) == 1
    assert told(ledger) == []


@pytest.mark.parametrize("mend", ["another token", "the same token, which Meta takes again"])
def test_nothing_is_open_once_meta_takes_the_connections_token(
    bereaved: Project, ledger: LedgerHook, mend: str
) -> None:
    if mend == "another token":
        with pytest.raises(AccessLost):
            sync(bereaved, ACCOUNT, ledger)
        bereaved.connect("old", LIVING)
    else:
        bereaved.connect("old", LIVING)
        ledger.tokens.died(TokenState("meta_ads_old", fingerprint(LIVING)), "a moment ago")
    assert len(ledger.tokens.dead()) == 1
    sync(bereaved, ACCOUNT, ledger)
    assert ledger.tokens.dead() == []


def test_a_token_that_lives_is_in_no_table_before_the_daily_check(
    project: Project, ledger: LedgerHook, database: Database
) -> None:
    sync(project, ACCOUNT, ledger)
    assert database.rows("SELECT * FROM meta_ads.access_token") == []
    assert database.rows("SELECT * FROM meta_ads.token_usage") == []


def test_all_tokens_of_an_account_that_are_dead_are_told_once_each(
    project: Project, ledger: LedgerHook
) -> None:
    project.connect("old", DEAD)
    project.connect("older", f"{DEAD}-too")
    project.describe("meta_ads_old", "meta_ads_older")
    for _ in range(2):
        with pytest.raises(AccessLost):
            sync(project, ACCOUNT, ledger)
    assert len(told(ledger)) == 2
    with pytest.raises(AccessLost):
        sync(project, ACCOUNT, ledger)
    assert told(ledger) == []


def test_calls_go_on_when_the_death_cannot_be_written_down(
    bereaved: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_META_ADS_DB", "postgres://nobody@127.0.0.1:9/none")
    meta = bereaved.meta.for_account(ACCOUNT)
    with caplog.at_level(logging.WARNING), pytest.raises(AccessLost):
        meta.read(ACCOUNT, ["id"])
    assert "could not be written down" in caplog.text


def test_a_reminder_comes_while_the_token_stays_dead(
    bereaved: Project, ledger: LedgerHook, database: Database
) -> None:
    with pytest.raises(AccessLost):
        sync(bereaved, ACCOUNT, ledger)
    told(ledger)
    late = timedelta(days=2)
    database.rows("UPDATE meta_ads.notice SET told_at = told_at - %(late)s", {"late": late})
    assert len(told(ledger)) == 1


# The task leaves its connection to the end of its process.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_launches_that_wait_for_a_token_are_no_findings_and_only_one_of_them_asks_meta(
    bereaved: Project, ledger: LedgerHook, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    launch = Launch(database)
    for name in ("first", "second"):
        launch.create(plan(name))
    take_on = build_reconcile_dag(bereaved.home).task_dict["take_on"].python_callable  # type: ignore[attr-defined]
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert take_on() == []
    waiting = [line for line in caplog.messages if f"Meta takes no token of {ACCOUNT}" in line]
    assert len(waiting) == 2, "one of the launches in each pass"
    assert len(told(ledger)) == 1
    states = {row["stopped"] for row in database.rows("SELECT stopped FROM meta_ads.launch")}
    assert states == {False}, "they go on by themselves with another token"
