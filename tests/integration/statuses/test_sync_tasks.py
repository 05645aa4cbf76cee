"""The tasks of `sync_statuses` with connections as Airflow finds them, without a scheduler."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowFailException

from meta_ads.airflow.drift import told_drift
from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.airflow.sync_dag import _sync_whole
from meta_ads.airflow.tokens import checked_tokens
from meta_ads.campaigns.accounts import load_accounts
from meta_ads.errors import FixInput
from meta_ads.store.database import Database
from tests.contract.worlds import EmulatedWorld

log = logging.getLogger(__name__)
ACCOUNT = "act_100000000000101"
FILE = """
accounts:
  sunrise_sg:
    account_id: act_100000000000101
    client_name: Sunrise Retail
    currency: SGD
    connections: [{connections}]
    drift: {drift}
  northwind_us:
    account_id: act_100000000000202
    client_name: Northwind
    currency: USD
    timezone: America/New_York
"""


class Project:
    """A home with one accounts file, and connections in the environment."""

    def __init__(self, home: Path, url: str, patch: pytest.MonkeyPatch) -> None:
        self.home, self._url, self._patch = home, url, patch
        (home / "configs").mkdir()
        self.describe("meta_ads_default")
        self.connect("default", "emulator-token")

    def connect(self, name: str, token: str, host: str | None = None) -> None:
        value = {"conn_type": "meta_ads", "password": token, "host": host or self._url}
        self._patch.setenv(f"AIRFLOW_CONN_META_ADS_{name.upper()}", json.dumps(value))

    def describe(self, *connections: str, drift: str = "report") -> None:
        text = FILE.format(connections=", ".join(connections), drift=drift)
        (self.home / "configs/accounts.yaml").write_text(text)

    @property
    def meta(self) -> MetaAdsHook:
        return MetaAdsHook(home=self.home)


@pytest.fixture
def project(
    world: EmulatedWorld,
    database: Database,
    empty_database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Project:
    world.control("POST", "reset")
    monkeypatch.setenv("AIRFLOW_CONN_META_ADS_DB", empty_database_url)
    return Project(tmp_path, world.meta.base_url, monkeypatch)


@pytest.fixture
def ledger(project: Project) -> Iterator[LedgerHook]:
    hook = LedgerHook()
    yield hook
    hook.database.close()


def test_an_account_is_read_with_the_next_connection_when_the_first_one_s_token_is_dead(
    project: Project, ledger: LedgerHook, caplog: pytest.LogCaptureFixture
) -> None:
    project.connect("old", "emulator-expired-token")
    project.describe("meta_ads_old", "meta_ads_default")
    with caplog.at_level(logging.INFO):
        counts = _sync_whole(ACCOUNT, project.meta.for_account(ACCOUNT), ledger)
    assert counts == {"seen": 0, "changed": 0, "drift": 0, "drift_new": 0, "drift_settled": 0}
    assert "connection meta_ads_old does not work" in caplog.text
    assert "emulator-expired-token" not in caplog.text
    [told] = ledger.tokens.dead()
    assert "meta_ads_old" in told
    # Another process does not try it again.
    assert project.meta.connection_for(ACCOUNT) == "meta_ads_default"


def test_an_account_that_names_no_connection_has_the_default_one(
    project: Project,
) -> None:
    hook = project.meta
    assert hook.connection_for("act_100000000000202") == "meta_ads_default"
    assert hook.for_account("act_900000000000009") is hook.get_conn(), "not configured"
    assert hook.get_conn().connection is None


def test_a_task_with_a_connection_of_its_own_uses_that_one_alone(project: Project) -> None:
    project.describe("meta_ads_default", "meta_ads_second")
    hook = MetaAdsHook("meta_ads_default_2", home=project.home)
    assert hook.connections() == {}


def test_a_connection_without_a_token_is_passed_over(project: Project) -> None:
    project.connect("empty", "")
    project.describe("meta_ads_empty", "meta_ads_default")
    assert project.meta.connection_for(ACCOUNT) == "meta_ads_default"


def test_threads_get_clients_of_connections_that_were_read_before(project: Project) -> None:
    project.connect("empty", "")
    project.connect("second", "EAAemulator0000000000000000000000000000000000000000000000")
    project.describe("meta_ads_second", "meta_ads_default")
    hook = project.meta
    clients = hook.platforms_of(hook.connections())()
    assert clients.for_account(ACCOUNT).connection == "meta_ads_second"
    assert clients.for_account(ACCOUNT) is clients.for_account(ACCOUNT)
    assert clients.for_account("act_100000000000202").connection == "meta_ads_default"
    project.describe("meta_ads_empty")
    with pytest.raises(FixInput, match=f"No connection to Meta serves {ACCOUNT}. meta_ads_empty"):
        hook.platforms_of(hook.connections())().for_account(ACCOUNT)


def test_the_daily_check_fails_with_what_is_wrong_and_keeps_what_is_well(
    project: Project,
    ledger: LedgerHook,
    database: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    accounts = list(load_accounts(project.home).by_key.values())
    [warning] = checked_tokens(accounts, project.meta, ledger.tokens, log)
    assert "lacks pages_show_list" in warning
    project.connect("old", "emulator-expired-token")
    project.describe("meta_ads_old")
    accounts = list(load_accounts(project.home).by_key.values())
    with pytest.raises(AirflowFailException):
        checked_tokens(accounts, project.meta, ledger.tokens, log)
    assert "sunrise_sg: no token serves it any more (connections: meta_ads_old)" in caplog.text
    assert "Generate a new one" in caplog.text
    rows = database.rows(
        "SELECT connection, dead_since IS NULL AS well FROM meta_ads.access_token"
        " ORDER BY connection"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("meta_ads_default", True),
        ("meta_ads_old", False),
    ]


def test_drift_is_a_list_unless_the_account_wants_the_task_to_fail(
    project: Project,
    ledger: LedgerHook,
    database: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    database.rows(
        "INSERT INTO meta_ads.plan (hash, account_id, campaign_id, body)"
        " VALUES (repeat('0', 64), %(account)s, 'spring', '{}')",
        {"account": ACCOUNT},
    )
    database.rows(
        "INSERT INTO meta_ads.launch (campaign_id, account_id, plan_hash)"
        " VALUES ('spring', %(account)s, repeat('0', 64))",
        {"account": ACCOUNT},
    )
    database.rows(
        "INSERT INTO meta_ads.drift (account_id, campaign_id, step_key, kind, object_id,"
        " parameter, message) VALUES (%(account)s, 'spring', 'k', 'campaign', '1', 'status',"
        " 'campaign “Spring” is paused at Meta, planned on')",
        {"account": ACCOUNT},
    )
    told = told_drift(project.home, [ACCOUNT], ledger.drift, log)
    assert told == {"spring": 1}
    assert "spring: campaign “Spring” is paused at Meta, planned on" in caplog.text
    project.describe("meta_ads_default", drift="fail")
    with pytest.raises(AirflowFailException, match="1 settings at Meta are not as planned"):
        told_drift(project.home, [ACCOUNT], ledger.drift, log)
    assert told_drift(project.home, ["act_100000000000202"], ledger.drift, log) == {}
