"""Whatever Meta, a proxy or a broken line answers: our secrets stay out of every lasting place."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from airflow.sdk.exceptions import TaskDeferred

from meta_ads.airflow.operators.base import LaunchOperator
from meta_ads.airflow.operators.launching import (
    ActivateOperator,
    CreateOperator,
    PlanOperator,
    PreflightOperator,
    UploadVideoOperator,
    VerifyOperator,
)
from meta_ads.cli import main
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from tests.security.canaries import assert_clean, everything_logged, everything_stored, leaks
from tests.security.quoting_front import Malice, QuotingFront

CASES = yaml.safe_load((Path(__file__).parent / "malice.yaml").read_text())
MALICE = {
    one["case"]: Malice(**{key: one[key] for key in ("how", "status", "error") if key in one})
    for one in CASES
}
TASKS: dict[str, type[LaunchOperator]] = {
    "preflight": PreflightOperator,
    "plan": PlanOperator,
    "upload_video": UploadVideoOperator,
    "activate": ActivateOperator,
    "verify": VerifyOperator,
}
COMMANDS = (
    ["plan", "spring_sale"],
    ["doctor", "sunrise_sg"],
    ["import", "120000000000000001", "--account", "sunrise_sg"],
    ["reconcile", "spring_sale"],
    ["withdraw", "spring_sale"],
    ["status", "spring_sale"],
)


def operator(task_id: str, home: Path) -> LaunchOperator:
    same = {"campaign_id": "spring_sale", "home": str(home)}
    if task_id in TASKS:
        return TASKS[task_id](task_id=task_id, **same)
    return CreateOperator(task_id=task_id, kind=StepKind(task_id.removeprefix("create_")), **same)


def context() -> Any:
    run = SimpleNamespace(run_id="manual__1", triggering_user_name="ada", conf={})
    return {"params": {}, "dag_run": run}


def run(task_id: str, home: Path) -> str:
    """Run one task; return everything that Airflow would keep of it: XCom, fields, its error."""
    task, kept = operator(task_id, home), ""
    try:
        kept = json.dumps(task.execute(context()), default=str)
    except (Exception, TaskDeferred) as error:  # noqa: BLE001  whatever it is, it is looked into
        kept = leaks(error)
    task.ledger.database.close()
    held = {name: value for name, value in vars(task).items() if name not in ("meta", "ledger")}
    return f"{kept}\n{held!r}\n{[getattr(task, name) for name in task.template_fields]}"


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def test_every_case_says_why_it_is_there() -> None:
    assert all(one["why"] for one in CASES)
    assert len(MALICE) == len(CASES)


@pytest.mark.parametrize("case", MALICE)
def test_a_task_that_fails_keeps_no_secret(
    home: Path,
    front: QuotingFront,
    database: Database,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    case: str,
) -> None:
    run("plan", home)
    for task_id in ("preflight", "upload_video", "create_campaign"):
        front.arm(MALICE[case])
        kept = run(task_id, home)
        assert front.answered, f"{task_id} asked Meta nothing: the case proves nothing"
        assert_clean(f"what Airflow keeps of {task_id}", kept)
    assert_clean("the log", everything_logged(caplog.records))
    assert_clean("the ledger", everything_stored(database))
    assert_clean("the output", "".join(capfd.readouterr()))


@pytest.mark.parametrize("case", MALICE)
def test_a_command_that_fails_prints_no_secret(
    home: Path,
    front: QuotingFront,
    database: Database,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    case: str,
) -> None:
    run("plan", home)
    run("create_campaign", home)
    for words in COMMANDS:
        front.arm(MALICE[case])
        main(["--home", str(home), *words])
        assert front.answered or words[0] == "status"
        assert_clean(f"adlaunch {words[0]}", "".join(capfd.readouterr()))
    assert_clean("the log", everything_logged(caplog.records))
    assert_clean("the ledger", everything_stored(database))


def test_a_launch_that_succeeds_leaves_no_secret_anywhere(
    home: Path,
    front: QuotingFront,
    database: Database,
    caplog: pytest.LogCaptureFixture,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    for task_id in ("preflight", "plan", "upload_video", "create_campaign", "create_ad_set"):
        assert_clean(task_id, run(task_id, home))
    stored = everything_stored(database)
    assert '"DONE"' in stored, "nothing was created: the test proves nothing"
    assert_clean("the ledger", stored)
    assert_clean("the log", everything_logged(caplog.records))


def test_the_emulator_shows_the_secrets_of_nobody(home: Path, front: QuotingFront) -> None:
    import urllib.request

    for task_id in ("plan", "upload_video", "create_campaign"):
        run(task_id, home)
    for path in ("/_emulator/journal", "/", "/_emulator/health"):
        with urllib.request.urlopen(f"{front.url}{path}", timeout=10) as answer:
            shown = answer.read().decode()
        assert_clean(path, shown)
