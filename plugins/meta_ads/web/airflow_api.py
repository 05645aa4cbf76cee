"""Airflow's own REST API, asked within the process and as the person who asked the page.

Airflow therefore checks the permission once more, and writes down who did what, as for every other
use of its API.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from typing import Any

from fastapi import HTTPException, Request

from meta_ads.web.lazy import PARENT

# What tells Airflow who asks.
CREDENTIALS = (b"authorization", b"cookie")
OK = 200, 300


class AirflowRefused(HTTPException):
    """Airflow did not do it; its answer is passed on."""


class AirflowApi:
    """The REST API v2 on behalf of the person behind one request."""

    def __init__(self, request: Request) -> None:
        self._app = request.scope[PARENT]
        self._scope = request.scope

    async def trigger(self, dag_id: str, settings: dict[str, Any], note: str | None = None) -> str:
        """Trigger a DAG and return the run's id. AirflowRefused when it cannot be."""
        answer = await self.call(
            "POST",
            f"/api/v2/dags/{dag_id}/dagRuns",
            {"logical_date": None, "conf": settings, "note": note},
        )
        return str(answer["dag_run_id"])

    async def open_approval(self, dag_id: str) -> dict[str, Any] | None:
        """Return the newest approval of a DAG that still waits for an answer."""
        answer = await self.call(
            "GET",
            f"/api/v2/dags/{dag_id}/dagRuns/~/hitlDetails",
            query="response_received=false&state=awaiting_input&order_by=-created_at&limit=1",
        )
        found = answer.get("hitl_details") or []
        return dict(found[0]["task_instance"]) if found else None

    async def answer(self, task: dict[str, Any], option: str) -> None:
        """Answer an approval."""
        await self.call(
            "PATCH",
            f"/api/v2/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/"
            f"{task['task_id']}/{task['map_index']}/hitlDetails",
            {"chosen_options": [option], "params_input": {}},
        )

    async def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, query: str = ""
    ) -> dict[str, Any]:
        """Return the JSON answer of one request. AirflowRefused for any other than 2xx."""
        payload = b"" if body is None else json.dumps(body).encode()
        status, text = await self._ask(method, path, query, payload)
        try:
            answer = json.loads(text or b"{}")
        except ValueError:
            answer = {}
        if not OK[0] <= status < OK[1]:
            raise AirflowRefused(status, answer.get("detail") or f"Airflow answered {status}.")
        return dict(answer)

    async def _ask(self, method: str, path: str, query: str, payload: bytes) -> tuple[int, bytes]:
        kept = [(name, value) for name, value in self._scope["headers"] if name in CREDENTIALS]
        root = self._scope.get("app_root_path", "")
        scope: MutableMapping[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": self._scope.get("scheme", "http"),
            "path": root + path,
            "raw_path": (root + path).encode(),
            "query_string": query.encode(),
            "root_path": root,
            "headers": [
                *kept,
                (b"host", dict(self._scope["headers"]).get(b"host", b"localhost")),
                (b"content-type", b"application/json"),
                (b"content-length", str(len(payload)).encode()),
            ],
            "client": self._scope.get("client"),
            "server": self._scope.get("server"),
            "state": dict(self._scope.get("state") or {}),
        }
        status, parts = 500, []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": payload, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self._app(scope, receive, send)
        return status, b"".join(parts)
