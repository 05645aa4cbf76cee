"""Notes on the runs of launches, for whoever reads Airflow's list of runs.

A task cannot write a note through Airflow's Task SDK (3.3: only give one to a run it triggers). The
way that Airflow supports is its REST API, as a user of Airflow: the connection `meta_ads_airflow`
holds one. Without it there are no notes.
"""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from functools import partial
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from airflow.sdk import BaseHook, Connection, Context
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowNotFoundException

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.http_calls import opener
from meta_ads.errors import MetaAdsError
from meta_ads.launching.requests import RequestKey
from meta_ads.launching.run_notes import DRY_RUN, kept, note_on
from meta_ads.store.launch_ledger import UnknownLaunch

CONNECTION = "meta_ads_airflow"
# A launch does not wait long for a note.
TIMEOUT_SECONDS = 3
log = logging.getLogger(__name__)


def write_note(
    context: Context, campaign_id: str, ledger: LedgerHook, problem: Exception | None = None
) -> None:
    """Write on the context's run where its launch stands. What goes wrong here stops no launch."""
    run = context["dag_run"]
    dry = bool(context["params"].get("dry_run")) and problem is None
    _write(run, lambda: DRY_RUN if dry else _note(campaign_id, ledger, problem))


def write_notes(keys: Iterable[RequestKey], prefix: str, ledger: LedgerHook) -> None:
    """Write on runs that ended before their launches did what became of these.

    `prefix` and the campaign's id are the id of a DAG.
    """
    for key in keys:
        run = _Run(f"{prefix}{key.campaign_id}", key.run_id)
        _write(run, partial(_note, key.campaign_id, ledger))


class _Run(NamedTuple):
    dag_id: str
    run_id: str


def _write(run: Any, note: Callable[[], str]) -> None:
    try:
        connection = BaseHook.get_connection(CONNECTION)
    except AirflowNotFoundException:
        return
    try:
        _Airflow(connection).note(run.dag_id, run.run_id, note())
    except (MetaAdsError, OSError, ValueError, KeyError) as error:
        # The texts of these hold an address and a status, never the connection's password.
        log.warning("The note on the run could not be written: %s", error)


def _note(campaign_id: str, ledger: LedgerHook, problem: Exception | None = None) -> str:
    try:
        launch = ledger.launches.launch(campaign_id)
    except UnknownLaunch:
        launch = None
    return note_on(launch, str(problem) if problem else None)


class _Airflow:
    """Airflow's REST API v2, as the user of a connection; its host is empty for our own Airflow."""

    def __init__(self, connection: Connection) -> None:
        self._url = _address(connection)
        who = {"username": connection.login, "password": connection.password}
        token = self._ask("POST", "/auth/token", who)["access_token"]
        self._bearer = {"Authorization": f"Bearer {token}"}

    def note(self, dag_id: str, run_id: str, note: str) -> None:
        """Write a note on a run, and keep what a person wrote there."""
        path = f"/api/v2/dags/{quote(dag_id, safe='')}/dagRuns/{quote(run_id, safe='')}"
        existing = self._ask("GET", path, None, self._bearer).get("note")
        wanted = kept(existing, note)
        if wanted != existing:
            self._ask("PATCH", f"{path}?update_mask=note", {"note": wanted}, self._bearer)

    def _ask(
        self, method: str, path: str, body: Any, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self._url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **(headers or {})},
            method=method,
        )
        problem: object
        try:
            # Its scheme is checked in `_address`.
            with opener().open(request, timeout=TIMEOUT_SECONDS) as answer:  # nosec B310
                content: dict[str, Any] = json.loads(answer.read())
                return content
        except urllib.error.HTTPError as refusal:
            problem = refusal.code
            refusal.close()
        except (OSError, HTTPException) as error:
            problem = type(getattr(error, "reason", error)).__name__
        raise OSError(f"Airflow at {urlsplit(self._url).netloc} answered {path} with {problem}.")


def _address(connection: Connection) -> str:
    host = connection.host or conf.get("api", "base_url", fallback="") or ""
    if "://" not in host:
        port = f":{connection.port}" if connection.port else ""
        host = f"{connection.schema or 'http'}://{host}{port}"
    parts = urlsplit(host)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError(
            f"The connection {CONNECTION} needs Airflow's address as its host, such as "
            "https://airflow.example.com."
        )
    return host.rstrip("/")
