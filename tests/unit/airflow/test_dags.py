"""The DAG files as Airflow parses them: what is shown, and that nothing is read or raised."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT

# Parsed in a process of its own: Airflow's settings are read at import, and warnings are errors.
PARSE = """
import json, sys, warnings
from pathlib import Path

folder = Path(sys.argv[1])
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
opened = []
sys.addaudithook(
    lambda event, args: opened.append(str(args[0])) if event == "open" else None
)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    bag = DagBag(str(folder), bundle_path=folder, bundle_name="dags-folder")
ours = [str(w.message) for w in caught if "meta_ads" in w.filename or str(folder) in w.filename]
campaigns = [path for path in opened if "include/campaigns" in path]
print(json.dumps({
    "folder": str(folder),
    "errors": bag.import_errors,
    "warnings": ours,
    "campaign_files_read": campaigns,
    "modules": [m for m in ("facebook_business", "requests", "av", "alembic") if m in sys.modules],
    "dags": {
        dag.dag_id: {
            "tasks": {t.task_id: sorted(t.upstream_task_ids) for t in dag.tasks},
            "display": dag.dag_display_name,
            "doc": dag.doc_md,
            "tags": sorted(dag.tags),
            "max_active_runs": dag.max_active_runs,
            "retries": {t.task_id: t.retries for t in dag.tasks},
            "weights": {t.task_id: t.priority_weight + len(t.get_flat_relative_ids(upstream=False))
                        for t in dag.tasks},
            "paused": dag.is_paused_upon_creation,
            "templated": sorted({f for t in dag.tasks for f in t.template_fields}),
            "serialized": json.dumps(DagSerialization.serialize_dag(dag), sort_keys=True),
        }
        for dag in bag.dags.values()
    },
}))
"""


def parse(home: Path, state: Path, dag_id: str = "") -> dict[str, Any]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")
    } | {
        "AIRFLOW_HOME": str(state),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__DAGBAG_IMPORT_ERROR_TRACEBACKS": "False",
        "PYTHONPATH": str(PROJECT / "plugins"),
    }
    if dag_id:
        # As Airflow tells a task's process which DAG it wants.
        environment["_AIRFLOW_PARSING_CONTEXT_DAG_ID"] = dag_id
    done = subprocess.run(
        [sys.executable, "-c", PARSE, str(home / "dags")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    parsed: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return parsed


def _project(home: Path) -> Path:
    for part in ("dags", "configs"):
        shutil.copytree(PROJECT / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT / "include/campaigns/examples", home / "include/campaigns")
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project with the examples as its campaigns."""
    return _project(tmp_path / "home")


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The examples, as the DAG processor sees them."""
    folder = tmp_path_factory.mktemp("parsed")
    return parse(_project(folder / "home"), folder / "state")


def test_each_campaign_file_is_one_dag_with_the_whole_chain(parsed: dict[str, Any]) -> None:
    assert parsed["errors"] == {}
    assert parsed["warnings"] == []
    dags = parsed["dags"]
    files = list((PROJECT / "include/campaigns/examples").glob("*.yaml"))
    others = {
        "pause_launch",
        "reconcile_launches",
        "resume_launch",
        "sync_insights",
        "sync_statuses",
        "withdraw_launch",
    }
    assert dags.keys() == others | {f"launch__{file.stem}" for file in files}
    dag = dags["launch__spring_sale"]
    assert dag["tasks"] == {
        "preflight": [],
        "plan": ["preflight"],
        "upload_video": ["plan"],
        "wait_for_video": ["upload_video"],
        "create_creative": ["wait_for_video"],
        "create_campaign": ["plan"],
        "create_ad_set": ["create_campaign"],
        "create_ad": ["create_ad_set", "create_creative"],
        "approve": ["create_ad"],
        "apply_changes": ["approve", "create_ad"],
        "wait_until_activation": ["apply_changes", "create_ad"],
        "activate": ["wait_until_activation"],
        "verify": ["activate"],
    }
    assert dag["max_active_runs"] == 1
    assert dag["paused"] is False
    assert dag["display"] == "Launch: Spring Sale"
    assert "SGD 50.00 a day" in dag["doc"]
    assert dag["tags"] == ["Sunrise Retail", "launch", "sunrise_sg"]


@pytest.mark.parametrize(
    "dag_id", ["launch__spring_sale", "withdraw_launch", "pause_launch", "sync_insights"]
)
def test_every_task_whose_worker_died_is_tried_again(parsed: dict[str, Any], dag_id: str) -> None:
    assert {task for task, most in parsed["dags"][dag_id]["retries"].items() if most == 0} == set()


def test_a_reconciler_whose_worker_died_is_replaced_and_holds_up_no_other_run(
    parsed: dict[str, Any],
) -> None:
    dag = parsed["dags"]["reconcile_launches"]
    assert dag["retries"]["take_on"] > 0
    assert dag["retries"]["activate_due"] > 0
    assert dag["max_active_runs"] > 1


def test_a_queue_full_of_launches_holds_up_neither_reconciler_nor_withdrawal(
    parsed: dict[str, Any],
) -> None:
    dags = parsed["dags"]
    launch = max(dags["launch__spring_sale"]["weights"].values())
    assert dags["reconcile_launches"]["weights"]["take_on"] > launch
    assert dags["reconcile_launches"]["weights"]["activate_due"] > launch
    assert dags["withdraw_launch"]["weights"]["withdraw"] > launch


def test_parsing_imports_neither_the_sdk_nor_http_nor_the_video_library(
    parsed: dict[str, Any],
) -> None:
    assert parsed["modules"] == []


def test_parsing_twice_gives_the_same_dags(
    home: Path, tmp_path: Path, parsed: dict[str, Any]
) -> None:
    def shapes(dags: dict[str, Any], home: Path) -> dict[str, str]:
        return {k: v["serialized"].replace(str(home), "HOME") for k, v in dags.items()}

    again = parse(home, tmp_path / "state")["dags"]
    first_home = Path(parsed["folder"]).parent
    assert shapes(again, home) == shapes(parsed["dags"], first_home)


def test_a_task_builds_its_own_dag_only_and_reads_no_campaign_file(
    home: Path, tmp_path: Path
) -> None:
    (home / "include/campaigns/spring_sale.yaml").unlink()
    parsed = parse(home, tmp_path / "state", "launch__spring_sale")
    assert [dag for dag in parsed["dags"] if dag.startswith("launch__")] == ["launch__spring_sale"]
    assert parsed["campaign_files_read"] == []
    assert parsed["errors"] == {}


def test_a_task_finds_in_its_own_dag_what_the_scheduler_knows(
    home: Path, tmp_path: Path, parsed: dict[str, Any]
) -> None:
    alone = parse(home, tmp_path / "state", "launch__spring_sale")["dags"]["launch__spring_sale"]
    assert alone["tasks"] == parsed["dags"]["launch__spring_sale"]["tasks"]


def test_bad_files_are_one_import_error_and_disable_no_dag(
    home: Path, tmp_path: Path, parsed: dict[str, Any]
) -> None:
    for name in ("bad_one", "bad_two"):
        (home / "include/campaigns" / f"{name}.yaml").write_text(f"campaign_id: {name}\nnam: x\n")
    with_bad = parse(home, tmp_path / "state")
    assert set(with_bad["dags"]) == set(parsed["dags"])
    assert [Path(file).name for file in with_bad["errors"]] == ["campaign_errors.py"]
    [text] = with_bad["errors"].values()
    for words in ("bad_one.yaml:2:", "bad_two.yaml:2:", "Did you mean “name”?"):
        assert words in text


def test_what_must_not_be_late_has_a_deadline_of_airflows(parsed: dict[str, Any]) -> None:
    def references(dag_id: str) -> list[str]:
        serialized = json.loads(parsed["dags"][dag_id]["serialized"])
        alerts = serialized.get("deadline") or []
        return [alert["reference"]["reference_type"] for alert in alerts]

    timed = {
        f"launch__{path.stem}"
        for path in (PROJECT / "include/campaigns/examples").glob("*.yaml")
        if "activate_at" in path.read_text()
    }
    expected = {dag_id: ["ActivationTime"] for dag_id in timed}
    for dag_id in ("reconcile_launches", "sync_insights", "sync_statuses"):
        expected[dag_id] = ["DagRunQueuedAtDeadline"]
    assert timed
    assert {dag: found for dag in parsed["dags"] if (found := references(dag))} == expected


def test_text_from_a_campaign_file_is_in_no_template(parsed: dict[str, Any]) -> None:
    # Only the approval's own texts, which are empty until the task runs.
    assert parsed["dags"]["launch__spring_sale"]["templated"] == ["body", "subject"]
