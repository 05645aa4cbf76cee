"""`adlaunch doctor` says what is not in order, and what to do: the emulator and a real Postgres."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from meta_ads.campaigns.accounts import load_accounts
from meta_ads.cli import connections, main
from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from meta_ads.launching.diagnosis import Finding, Grade, TokenFacts, diagnose
from meta_ads.store.migrate import migrate
from tests.conftest import PROJECT
from tests.contract.worlds import emulator

NOW = datetime.now(UTC)
ACCOUNT = load_accounts(PROJECT).by_key["sunrise_sg"]
CLOSED = replace(
    ACCOUNT, account_id="act_100000000000909", page_id="200000000000909", pixel_id="300000000000909"
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulator(tmp_path_factory.mktemp("meta") / "state") as address:
        yield address


def findings(url: str, account: object = ACCOUNT, token: str = "emulator-token") -> list[Finding]:
    meta = MetaPlatform(GraphSettings(token, base_url=url))
    return list(diagnose([account], meta, NOW))  # type: ignore[list-item]


def wrong(found: list[Finding]) -> list[str]:
    return [finding.message for finding in found if finding.grade is Grade.PROBLEM]


def test_an_account_in_order_has_no_problem(url: str) -> None:
    found = findings(url)
    assert wrong(found) == []
    assert any("never expires" in finding.message for finding in found)
    assert any("SGD 2.00 a day" in finding.message for finding in found)


def test_an_expired_token_is_the_only_thing_said(url: str) -> None:
    [finding] = findings(url, token="emulator-expired-token")
    assert finding.grade is Grade.PROBLEM
    assert "Session has expired" in finding.message
    assert "new one" in finding.remedy


def test_missing_permissions_are_named(url: str) -> None:
    found = findings(url, token="emulator-readonly-token")
    assert "lacks ads_management" in wrong(found)


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (CLOSED, "cannot run ads"),
        (replace(ACCOUNT, currency="USD"), "says currency USD, the account at Meta has SGD"),
        (replace(ACCOUNT, timezone="Europe/Berlin"), "says timezone Europe/Berlin"),
        (replace(ACCOUNT, pixel_id="300000000000999"), "no pixel 300000000000999"),
        (replace(ACCOUNT, page_id="200000000000999"), "no page 200000000000999"),
        (replace(ACCOUNT, instagram_user_id="170000000000999"), "no Instagram account"),
        (replace(ACCOUNT, account_id="act_1234567"), "does not show act_1234567"),
    ],
)
def test_what_is_wrong_with_an_account_is_told_with_a_remedy(
    url: str, account: object, words: str
) -> None:
    problems = [one for one in findings(url, account) if one.grade is Grade.PROBLEM]
    assert [one for one in problems if words in one.message], problems
    assert all(one.remedy for one in problems)


class _Meta:
    """A token of which Meta says what a test wants; no account is asked for."""

    def __init__(self, facts: TokenFacts) -> None:
        self.token_facts = lambda: facts


@pytest.mark.parametrize(("days", "grade"), [(60, Grade.OK), (13, Grade.WARNING)])
def test_a_token_that_expires_soon_is_a_warning(days: int, grade: Grade) -> None:
    scopes = frozenset(
        "ads_management ads_read business_management pages_read_engagement pages_show_list".split()
    )
    facts = TokenFacts(True, scopes, NOW + timedelta(days=days, hours=1))
    [finding] = diagnose([], _Meta(facts), NOW)  # type: ignore[arg-type]
    assert finding.grade is grade
    assert f"in {days} days" in finding.message


@pytest.fixture
def environment(url: str, empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(empty_database_url)
    connection = {"conn_type": "postgres", "schema": parts["dbname"], "login": parts["user"]}
    connection |= {"host": parts["host"], "port": int(str(parts["port"]))}
    connection["password"] = parts.get("password", "")
    monkeypatch.setenv(connections.DATABASE, json.dumps(connection))
    meta = {"conn_type": "meta_ads", "password": "emulator-token", "host": url}
    monkeypatch.setenv(connections.META, json.dumps(meta))
    return empty_database_url


def test_the_command_tells_of_a_database_that_was_not_migrated(
    environment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(PROJECT), "doctor", "sunrise_sg"]) == 1
    assert "Run adlaunch migrate" in capsys.readouterr().out
    migrate(environment)
    assert main(["--home", str(PROJECT), "doctor", "sunrise_sg"]) == 0
    told = capsys.readouterr().out
    assert "sunrise_sg: act_100000000000101 is active" in told
    assert "emulator-token" not in told


def test_an_unknown_account_is_named_with_those_there_are(
    environment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(PROJECT), "doctor", "nobody"]) == 1
    assert "sunrise_sg" in capsys.readouterr().err


def test_the_folder_of_accounts_may_be_missing(
    environment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path), "doctor"]) == 1
    assert "configs/accounts.yaml" in capsys.readouterr().err
