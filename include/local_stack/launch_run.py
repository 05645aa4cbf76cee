"""One run of a launch DAG, watched from the trigger to its end."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local_stack.airflow_api import RUN_ENDED, AirflowApi, TaskState
from local_stack.errors import LocalStackError, NotReady
from local_stack.terminal import Terminal

GATE = "wait_until_activation"
_POLL_SECONDS = 0.3
_LOG_LINES_SHOWN = 15


class LaunchRun:
    """Triggers the DAG and tells what its tasks do. `check` is called at every look.

    After `watch`: `state`, `seconds` from trigger to end, and `seconds_to_gate`, None when the
    run never waited at the gate.
    """

    def __init__(
        self, api: AirflowApi, dag_id: str, terminal: Terminal, check: Callable[[], None]
    ) -> None:
        self.dag_id = dag_id
        self.state = "queued"
        self.seconds = 0.0
        self.seconds_to_gate: float | None = None
        self._api = api
        self._terminal = terminal
        self._check = check
        self._shown: set[tuple[str, int]] = set()
        self._began = time.monotonic()
        self.run_id = api.trigger(dag_id)

    def watch(self, activate_at: datetime | None, timeout: float) -> None:
        """Return when the run has ended; raise NotReady when it has not in `timeout` seconds."""
        while True:
            self._check()
            # The state is read first: the tasks read after it are then all of the ended run's.
            self.state = self._api.run_state(self.dag_id, self.run_id)
            tasks = self._api.tasks(self.dag_id, self.run_id)
            self._note_gate(tasks)
            for task in sorted(tasks, key=lambda task: task.task_id):
                self._tell(task)
            self.seconds = time.monotonic() - self._began
            if self.state in RUN_ENDED:
                return
            if self.seconds > timeout:
                waiting = sorted(task.task_id for task in tasks if not task.ended)
                raise NotReady(
                    f"the run {self.run_id} of {self.dag_id} has not ended within {timeout:.0f} s; "
                    f"still to end: {', '.join(waiting)}"
                )
            self._tell_passing(tasks, activate_at)
            time.sleep(_POLL_SECONDS)

    def _note_gate(self, tasks: list[TaskState]) -> None:
        states = {task.task_id: task.state for task in tasks}
        if self.seconds_to_gate is None and states.get(GATE) == "deferred":
            self.seconds_to_gate = time.monotonic() - self._began
            self._terminal.step(
                f"  the gate waits, {self.seconds_to_gate:.1f} s after the trigger; "
                "no worker is held"
            )

    def _tell(self, task: TaskState) -> None:
        """Tell each try of each task once, when it has ended."""
        over = task.ended or task.state == "up_for_retry"
        if not over or (task.task_id, task.try_number) in self._shown:
            return
        self._shown.add((task.task_id, task.try_number))
        took = "" if task.seconds is None else f"{task.seconds:6.1f} s"
        left = _readable(self._xcom(task)) if task.state == "success" else ""
        self._terminal.step(f"  {task.task_id:<24} {task.state:<16} {took:>9}  {left}".rstrip())
        if task.state in ("failed", "up_for_retry"):
            log = self._api.task_log(self.dag_id, self.run_id, task)
            for line in log[-_LOG_LINES_SHOWN:]:
                self._terminal.line(f"            {line}")

    def _xcom(self, task: TaskState) -> Any:
        try:
            return self._api.xcom(self.dag_id, self.run_id, task.task_id)
        except LocalStackError:
            # Only for people to read: a launch is not less well for it.
            return None

    def _tell_passing(self, tasks: list[TaskState], activate_at: datetime | None) -> None:
        states = {task.task_id: task.state for task in tasks}
        left = (activate_at - datetime.now(UTC)).total_seconds() if activate_at else 0.0
        if states.get(GATE) == "deferred" and left > 0:
            self._terminal.passing(f"          activation in {left:3.0f} s")
            return
        running = sorted(name for name, state in states.items() if state == "running")
        deferred = sorted(name for name, state in states.items() if state == "deferred")
        self._terminal.passing(
            f"          {', '.join([*running, *(f'{name} (waiting)' for name in deferred)])}"
        )


def _readable(value: Any) -> str:
    """Return what a task left, in a line's rest: numbers, words and the simple parts of a dict."""
    if isinstance(value, dict):
        simple = {key: item for key, item in value.items() if isinstance(item, str | int | float)}
        text = ", ".join(f"{key} {item}" for key, item in simple.items())
    elif isinstance(value, str | int | float):
        text = str(value)
    else:
        return ""
    return text if len(text) <= 90 else f"{text[:87]}..."
