"""After everything above: our secrets stand in no lasting place of a real Airflow.

Where they must be is left out: Airflow's private folder has its keys and passwords, and the world
of the emulator its token.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql

from local_stack.airflow_settings import EMULATOR_APP_SECRET, EMULATOR_TOKEN
from tests.e2e.conftest import Stack
from tests.security.canaries import forms

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
PROOF = hmac.new(EMULATOR_APP_SECRET.encode(), EMULATOR_TOKEN.encode(), hashlib.sha256).hexdigest()
PAGES = (
    *("/", "/calendar", "/requests", "/accounts", "/c/canary", "/c/turned_away"),
    *("/api/campaigns", "/api/campaigns/turned_away", "/api/campaigns/canary/plan"),
    "/api/requests",
)


def logs(airflow: Stack) -> Iterator[tuple[str, str]]:
    """Yield every log of the stack and of Airflow's tasks, by file."""
    folder = airflow.stack.folder
    for path in (*folder.logs.rglob("*"), *folder.airflow.rglob("*.log")):
        if path.is_file():
            yield str(path), path.read_text(errors="replace")


def rows(airflow: Stack, database: str) -> Iterator[tuple[str, str]]:
    """Yield every table of a database as text: its rows, and bytes as the text they are."""
    with psycopg.connect(airflow.stack.postgres.url(database)) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type ="
            " 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
            with connection.cursor(f"all_{table}") as cursor:
                found = "\n".join(_text(row) for row in cursor.execute(query))
            yield f"{database}.{schema}.{table}", found


def _text(row: tuple[object, ...]) -> str:
    parts = (
        bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else value
        for value in row
    )
    return " ".join(f"{part!r} {part}" for part in parts)


def answers(airflow: Stack) -> Iterator[tuple[str, str]]:
    """Yield what the emulator and the Campaigns page show."""
    for path in ("/_emulator/journal", "/"):
        url = f"{airflow.stack.emulator.url}{path}"
        yield path, httpx.get(url, timeout=60, follow_redirects=True).text
    who = {"username": "admin", "password": "admin"}
    with httpx.Client(base_url=airflow.stack.settings.url, timeout=60) as browser:
        token = browser.post("/auth/token", json=who).json()["access_token"]
        for path in PAGES:
            bearer = {"Authorization": f"Bearer {token}"}
            answer = browser.get(f"/campaigns{path}", headers=bearer, follow_redirects=True)
            assert answer.status_code == 200, (path, answer.status_code)
            yield f"/campaigns{path}", answer.text


def everything(airflow: Stack) -> Iterator[tuple[str, str]]:
    yield from logs(airflow)
    yield from rows(airflow, "airflow")
    yield from rows(airflow, "ads")
    yield from answers(airflow)


def places(airflow: Stack, *secrets: str) -> list[str]:
    """Return where any of the secrets can be read, in any form."""
    wanted = [form for secret in secrets for form in forms(secret)]
    return [place for place, text in everything(airflow) if any(form in text for form in wanted)]


@pytest.fixture(scope="module")
def launched(airflow: Stack) -> Stack:
    """One launch that succeeds and one whose token is refused, whatever ran before."""
    refused = {"method": "POST", "path": "/adsets$", "contains": "Turned Away", "count": 1}
    url = f"{airflow.stack.emulator.url}/_emulator/faults"
    httpx.post(url, json={**refused, "action": "token_expired"}).raise_for_status()
    runs = {}
    for name in ("canary", "turned_away"):
        airflow.commit(name)
        runs[name] = airflow.trigger(name)
    assert airflow.finish("canary", runs["canary"])["create_ad"] == "success"
    assert airflow.finish("turned_away", runs["turned_away"])["create_ad_set"] == "failed"
    return airflow


def test_no_secret_stands_anywhere(launched: Stack) -> None:
    keys = json.loads(next(launched.stack.folder.airflow.rglob("secrets.json")).read_text())
    clerk = json.loads(next(launched.stack.folder.airflow.rglob("passwords.json")).read_text())
    ours = (EMULATOR_TOKEN, EMULATOR_APP_SECRET, PROOF, clerk["clerk"], *keys.values())
    assert places(launched, *ours) == []


def _in_a_log(airflow: Stack, word: str) -> None:
    (Path(airflow.stack.folder.logs) / "planted.log").write_text(f"Bearer {word}\n")


def _in_airflow(airflow: Stack, word: str) -> None:
    note = {"key": "planted", "value": "x", "description": word}
    airflow.api.call("POST", "/api/v2/variables", note)


def _in_the_ledger(airflow: Stack, word: str) -> None:
    insert = "INSERT INTO meta_ads.told (channel, key) VALUES ('nobody', %s) RETURNING key"
    airflow.rows(insert, word)


def _on_the_page(airflow: Stack, word: str) -> None:
    airflow.commit("planted", name=f"Sale {word}")
    airflow.dag("planted")


@pytest.mark.parametrize(
    ("plant", "place"),
    [
        (_in_a_log, "planted.log"),
        (_in_airflow, "airflow.public.variable"),
        (_in_the_ledger, "ads.meta_ads.told"),
        (_on_the_page, "/campaigns"),
    ],
)
def test_the_search_finds_what_is_there(
    launched: Stack, plant: Callable[[Stack, str], None], place: str
) -> None:
    word = f"planted-{plant.__name__.replace('_', '-')}-5a1f9c72e0"
    assert places(launched, word) == []
    plant(launched, word)
    assert any(place in found for found in places(launched, word))
