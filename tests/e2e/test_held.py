"""What only a person can know: told once, readable, and settled by what the text says to run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from typing import Any

import pytest

from tests.e2e.conftest import Stack, wait_for
from tests.e2e.held_launch import HeldLaunch

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
OBJECTS = ["ad", "adset", "campaign", "creative"]


class Held(HeldLaunch):
    """The launch, with what people and the reconciler do about it."""

    def reports(self) -> list[str]:
        """Let the reconciler run; return the states of the reports that named the step so far."""
        airflow = self.airflow
        run = airflow.api.trigger("reconcile_launches")
        ended = ("success", "failed")
        wait_for(
            "the reconciler",
            lambda: airflow.api.run_state("reconcile_launches", run) in ended,
        )
        path = "/api/v2/dags/reconcile_launches/dagRuns?limit=100"
        runs = airflow.api.call("GET", path, None)["dag_runs"]
        return [state for one in runs for state in self._named(one["dag_run_id"])]

    def _named(self, run: str) -> list[Any]:
        api = self.airflow.api
        return [
            task.state
            for task in api.tasks("reconcile_launches", run)
            if task.task_id == "report"
            and task.state in ("success", "failed")
            and self.text in "\n".join(api.task_log("reconcile_launches", run, task))
        ]

    def command(self, *words: str) -> str:
        """Run `adlaunch` with these words; return what it prints."""
        environment = self.airflow.stack.settings.environment()
        line = [sys.executable, "-m", "meta_ads", *words]
        return subprocess.run(
            line, env=environment, check=True, capture_output=True, text=True
        ).stdout


@pytest.fixture(scope="module")
def held(airflow: Stack) -> Held:
    return Held(airflow, "held", "Held")


def test_a_held_step_fails_its_task_and_the_log_gives_the_commands(
    airflow: Stack, held: Held
) -> None:
    assert held.states["create_campaign"] == "failed"
    step = held.step()
    assert step["state"] == "HELD"
    marker, key = step["marker"], step["key"]
    log = airflow.log("held", held.run, "create_campaign")
    assert marker in log
    assert f"`adlaunch release {key} --object-id ID`" in log
    assert f"`adlaunch release {key}`" in log


def test_the_report_turns_red_once_and_the_status_shows_it_until_it_is_settled(
    airflow: Stack, held: Held
) -> None:
    # A run by the schedule may come first, or between.
    assert held.reports().count("failed") == 1
    reports = held.reports()
    assert (reports.count("failed"), "success" in reports) == (1, True)
    assert held.text in held.command("status")


def test_the_command_of_the_text_lets_the_launch_go_on(airflow: Stack, held: Held) -> None:
    commands = re.findall(r"`(adlaunch release [^`]*)`", held.text)
    held.command(*shlex.split(commands[-1])[1:])
    assert airflow.finish("held", airflow.trigger("held"))["create_ad"] == "success"
    assert airflow.creates("held") == OBJECTS
    held.reports()
    assert held.text not in held.command("status")
