"""The few calls of Airflow's REST API that a launch needs."""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from local_stack.airflow_settings import PASSWORD, USER
from local_stack.errors import LocalStackError

_TIMEOUT_SECONDS = 30.0
RUN_ENDED = frozenset({"success", "failed"})
TASK_ENDED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})


@dataclass(frozen=True)
class TaskState:
    """One task of a run: its state (None: not scheduled yet) and its last duration in seconds."""

    task_id: str
    state: str | None
    seconds: float | None
    try_number: int

    @property
    def ended(self) -> bool:
        """Whether this task will not run again by itself."""
        return self.state in TASK_ENDED


class AirflowApi:
    """Airflow's REST API v2, signed in as the stack's user. A context manager."""

    def __init__(self, url: str, user: str = USER, password: str = PASSWORD) -> None:
        self._client = httpx.Client(base_url=url, timeout=_TIMEOUT_SECONDS, trust_env=False)
        self._credentials = {"username": user, "password": password}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def dag(self, dag_id: str) -> dict[str, Any] | None:
        """Return what Airflow knows of the DAG, None while it does not know it."""
        return self._get(f"/api/v2/dags/{dag_id}", missing_is_none=True)

    def trigger(self, dag_id: str, conf: dict[str, Any] | None = None) -> str:
        """Start a run now and return its id."""
        body = {"logical_date": None, "conf": conf or {}}
        answer: str = self.call("POST", f"/api/v2/dags/{dag_id}/dagRuns", body)["dag_run_id"]
        return answer

    def run_state(self, dag_id: str, run_id: str) -> str:
        """Return queued, running, success or failed."""
        state: str = self._need(f"/api/v2/dags/{dag_id}/dagRuns/{run_id}")["state"]
        return state

    def tasks(self, dag_id: str, run_id: str) -> list[TaskState]:
        """Return the run's tasks in no particular order."""
        rows = self._need(f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances?limit=100")
        return [
            TaskState(row["task_id"], row["state"], row["duration"], row["try_number"])
            for row in rows["task_instances"]
        ]

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str = "return_value") -> Any:
        """Return what the task has left under the key, None when nothing."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/{key}"
        entry = self._get(path, missing_is_none=True)
        return None if entry is None else entry["value"]

    def task_log(self, dag_id: str, run_id: str, task: TaskState) -> list[str]:
        """Return the messages of the task's last try."""
        answer = self._need(
            f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task.task_id}"
            f"/logs/{task.try_number}?full_content=true"
        )
        return [_log_line(entry) for entry in answer["content"]]

    def import_errors(self) -> dict[str, str]:
        """Return the current import errors: file name to its stack trace or message."""
        rows = self._need("/api/v2/importErrors")["import_errors"]
        return {row["filename"]: row["stack_trace"] for row in rows}

    def _need(self, path: str) -> dict[str, Any]:
        return self.call("GET", path, None)

    def _get(self, path: str, *, missing_is_none: bool) -> dict[str, Any] | None:
        try:
            return self._need(path)
        except _NotFound:
            if missing_is_none:
                return None
            raise

    def call(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """Return the JSON answer of any call. LocalStackError when Airflow refuses it."""
        if "Authorization" not in self._client.headers:
            self._sign_in()
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise LocalStackError(f"Airflow did not answer {method} {path}: {error}") from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise _NotFound(f"Airflow knows nothing under {path}")
        if answer.is_error:
            raise LocalStackError(
                f"Airflow refused {method} {path}: {answer.status_code} {answer.text}"
            )
        content: dict[str, Any] = answer.json() if answer.content else {}
        return content

    def _sign_in(self) -> None:
        answer = self._client.post("/auth/token", json=self._credentials)
        if answer.is_error:
            raise LocalStackError(
                f"Airflow did not let the user '{self._credentials['username']}' sign in: "
                f"{answer.status_code} {answer.text}"
            )
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


class _NotFound(LocalStackError):
    """The path names nothing."""


def _log_line(entry: Any) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    details = entry.get("error_detail") or []
    causes = [f"{item.get('exc_type')}: {item.get('exc_value')}" for item in details]
    return " ".join([str(entry.get("event", "")), *causes])
