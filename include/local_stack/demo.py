"""The demo: one campaign file becomes a live campaign, and a second trigger creates nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from local_stack.airflow_settings import PASSWORD, USER
from local_stack.campaign_file import DemoCampaign, remove_campaign, write_campaign
from local_stack.errors import LocalStackError, NotReady
from local_stack.launch_run import LaunchRun
from local_stack.outcome import Outcome, read_outcome
from local_stack.stack import LocalStack
from local_stack.terminal import Terminal

_DAG_SECONDS = 90.0
_RUN_SECONDS = 240.0


@dataclass(frozen=True)
class DemoOptions:
    """What the command line says."""

    state: Path
    project: Path
    port: int
    activates_in: timedelta
    keep_state: bool
    exits: bool


def run_demo(options: DemoOptions, wait: Callable[[], None]) -> list[str]:
    """Show everything and return what did not hold; empty when all did.

    Unless `options.exits`, the stack stays until `wait`, which looks after it, returns or raises.
    """
    terminal = Terminal()
    stack = LocalStack(
        options.state,
        options.project,
        airflow_port=options.port,
        keep_state=options.keep_state,
        tell=terminal.step,
    )
    with stack:
        try:
            failures = _Show(stack, terminal).launch_twice(options.activates_in)
            if not options.exits:
                _tell_what_next(stack, terminal, options.state)
                _stay(stack, wait)
        finally:
            remove_campaign(options.project)
    return failures


class _Show:
    """The launch and what the terminal says of it."""

    def __init__(self, stack: LocalStack, terminal: Terminal) -> None:
        self._stack = stack
        self._terminal = terminal

    def launch_twice(self, activates_in: timedelta) -> list[str]:
        """Launch the sample campaign, look at the outcome, trigger it again; return failures."""
        terminal = self._terminal
        before = max((entry.number for entry in self._stack.emulator.journal()), default=0)
        campaign = write_campaign(self._stack.project, activates_in)
        terminal.step(f"wrote {campaign.path.relative_to(self._stack.project)}")
        self._wait_for_dag(campaign)
        terminal.step(f"Airflow shows the DAG {campaign.dag_id}; triggering it")

        first = LaunchRun(self._stack.api, campaign.dag_id, terminal, self._stack.processes.check)
        first.watch(campaign.activate_at, _RUN_SECONDS)
        terminal.step(f"the run ended: {first.state}, {first.seconds:.1f} s after the trigger")
        outcome = self._outcome(campaign, before)
        self._tell_outcome(outcome)
        failures = [] if first.state == "success" else [f"the run ended {first.state}"]
        failures += outcome.failures(campaign.activate_at)

        terminal.step("triggering the same campaign again")
        second = LaunchRun(self._stack.api, campaign.dag_id, terminal, self._stack.processes.check)
        second.watch(None, _RUN_SECONDS)
        again = self._outcome(campaign, before).creates() - outcome.creates()
        terminal.step(f"the second run ended: {second.state}; it sent {again} creates")
        if second.state != "success":
            failures.append(f"the second run ended {second.state}")
        if again:
            failures.append(f"the second run created {again} objects at Meta, expected 0")

        terminal.line()
        if first.seconds_to_gate is not None:
            terminal.line(f"From trigger to gate: {first.seconds_to_gate:.1f} s")
        terminal.line(f"Memory at its highest: {self._stack.memory.peak_bytes / 1e9:.2f} GB")
        terminal.line(f"Time in all: {terminal.seconds:.0f} s")
        for failure in failures:
            terminal.line(f"DID NOT HOLD: {failure}")
        return failures

    def _wait_for_dag(self, campaign: DemoCampaign) -> None:
        api = self._stack.api
        try:
            self._stack.processes.wait_until(
                f"the DAG {campaign.dag_id}",
                lambda: api.dag(campaign.dag_id) is not None,
                _DAG_SECONDS,
            )
        except NotReady as error:
            errors = "\n".join(f"{name}:\n{text}" for name, text in api.import_errors().items())
            raise LocalStackError(
                f"{error}\nImport errors in Airflow:\n{errors or 'none'}"
            ) from error

    def _outcome(self, campaign: DemoCampaign, before: int) -> Outcome:
        return read_outcome(
            self._stack.postgres.url("ads"), self._stack.emulator, campaign.campaign_id, before
        )

    def _tell_outcome(self, outcome: Outcome) -> None:
        for title, lines in (
            ('At "Meta" (the emulator):', outcome.tree()),
            ("In Postgres (schema meta_ads):", outcome.table()),
        ):
            self._terminal.line()
            self._terminal.line(title)
            for line in lines or ["nothing"]:
                self._terminal.line(f"  {line}")
        self._terminal.line()


def _tell_what_next(stack: LocalStack, terminal: Terminal, state: Path) -> None:
    url = stack.settings.url
    terminal.line(f"""
Airflow            {url}   user {USER}, password {PASSWORD}
The emulator       {stack.emulator.url}
Postgres           {stack.postgres.url("ads")}
Logs               {state / "logs"}

Your own campaign: put a YAML file into include/campaigns/ and trigger it in Airflow, or with

  TOKEN=$(curl -s {url}/auth/token -H 'Content-Type: application/json' \\
    -d '{{"username":"{USER}","password":"{PASSWORD}"}}' |
    sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl {url}/api/v2/dags/launch__CAMPAIGN_ID/dagRuns \\
    -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -d '{{"logical_date":null}}'

Stop: Ctrl-C here, or scripts/stop""")


def _stay(stack: LocalStack, wait: Callable[[], None]) -> None:
    while True:
        stack.processes.check()
        wait()
