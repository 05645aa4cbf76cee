"""Notes reach Airflow's REST API as a user of it, and stop no launch when they do not."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.run_notes import write_note, write_notes
from meta_ads.launching.requests import NewRequest, RequestKey, begin, pinned
from meta_ads.store.database import Database
from meta_ads.store.request_ledger import PostgresRequestLedger
from tests.integration.launches import Launch, plan

PASSWORD = "a-password-of-its-own"  # pragma: allowlist secret
RUN = "/api/v2/dags/launch__spring/dagRuns/manual__2026-12-01T00%3A00%3A00%2B00%3A00"
CONTEXT: Any = {
    "params": {},
    "dag_run": SimpleNamespace(dag_id="launch__spring", run_id="manual__2026-12-01T00:00:00+00:00"),
}


class Airflow(HTTPServer):
    """The three calls of Airflow's API that a note takes; `status` answers the last of them."""

    note: str | None = None
    status = 200
    writes = 0


class _Handler(BaseHTTPRequestHandler):
    server: Airflow

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return body

    def do_POST(self) -> None:
        right = self._body() == {"username": "clerk", "password": PASSWORD}
        assert self.path == "/auth/token"
        self._answer(201 if right else 401, {"access_token": "jwt"})

    def do_GET(self) -> None:
        known = self.path == RUN and self.headers["Authorization"] == "Bearer jwt"
        self._answer(200 if known else 404, {"note": self.server.note})

    def do_PATCH(self) -> None:
        assert self.path == f"{RUN}?update_mask=note"
        if self.server.status == 200:
            self.server.note = self._body()["note"]
            self.server.writes += 1
        self._answer(self.server.status, {})


@pytest.fixture
def airflow(
    database: Database, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Airflow]:
    with Airflow(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("AIRFLOW_CONN_META_ADS_DB", empty_database_url)
        connect(monkeypatch, f"http://127.0.0.1:{server.server_port}")
        yield server
        server.shutdown()
        thread.join()


def connect(monkeypatch: pytest.MonkeyPatch, host: str, password: str = PASSWORD) -> None:
    who = {"conn_type": "generic", "host": host, "login": "clerk", "password": password}
    monkeypatch.setenv("AIRFLOW_CONN_META_ADS_AIRFLOW", json.dumps(who))


def write(problem: Exception | None = None) -> None:
    ledger = LedgerHook()
    write_note(CONTEXT, "spring", ledger, problem)
    ledger.database.close()


def test_a_note_is_written_once_and_keeps_what_a_person_wrote(
    airflow: Airflow, database: Database
) -> None:
    Launch(database).create(plan())
    airflow.note = "Asked for by Mia"
    for _ in range(2):
        write()
    assert airflow.writes == 1
    assert airflow.note.startswith("Asked for by Mia\n")
    assert "Campaign: Spring" in airflow.note


def test_a_run_that_died_gets_its_note_from_who_finished_its_launch(
    airflow: Airflow, database: Database
) -> None:
    launch = Launch(database)
    stored = launch.launches.pin(plan(activates_in=None)).plan
    requests = PostgresRequestLedger(database)
    key = RequestKey("spring", CONTEXT["dag_run"].run_id)
    begin(requests, NewRequest(key, "ada"))
    pinned(requests, key, stored.hash)
    ledger = LedgerHook()
    write_notes(ledger.requests.settle(), "launch__", ledger)
    assert airflow.note is None, "it is not over"
    launch.reconcile()
    for _ in range(2):
        write_notes(ledger.requests.settle(), "launch__", ledger)
    ledger.database.close()
    assert airflow.writes == 1
    assert airflow.note is not None
    assert "Everything is at Meta, paused." in airflow.note


def test_a_run_that_never_planned_has_a_note_of_why(airflow: Airflow) -> None:
    write(ValueError("there is no such file"))
    assert airflow.note is not None
    assert "there is no such file" in airflow.note


@pytest.mark.parametrize("status", [403, 409, 500])
def test_an_airflow_that_refuses_stops_no_launch_and_is_told_without_the_password(
    airflow: Airflow, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    airflow.status = status
    write()
    assert f"with {status}" in caplog.text
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize("host", ["http://127.0.0.1:9", "file:///etc", "http://[x", "ftp://x"])
def test_nobody_there_stops_no_launch(
    airflow: Airflow, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    connect(monkeypatch, host)
    write()
    assert "could not be written" in caplog.text
    assert PASSWORD not in caplog.text


def test_a_wrong_password_is_not_shown(
    airflow: Airflow, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    connect(monkeypatch, f"http://127.0.0.1:{airflow.server_port}", "another-password")
    write()
    assert "with 401" in caplog.text
    assert "another-password" not in caplog.text


def test_without_the_connection_there_are_no_notes(
    airflow: Airflow, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_META_ADS_AIRFLOW")
    with caplog.at_level(logging.INFO):
        write()
    assert airflow.writes == 0
    assert "note" not in caplog.text
