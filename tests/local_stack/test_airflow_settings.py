"""What the stack's Airflow reads before it starts anything."""

from __future__ import annotations

import re
from pathlib import Path

from local_stack.airflow_settings import AirflowSettings
from tests.conftest import PROJECT


def test_whatever_a_dag_file_imports_is_there_before_tasks_are_forked(tmp_path: Path) -> None:
    AirflowSettings(
        home=tmp_path,
        project=PROJECT,
        port=1,
        worker_log_port=2,
        trigger_log_port=3,
        metadata_url="postgresql://",
        ads_url="postgresql://",
        emulator_url="http://",
    ).prepare()
    preloaded = (tmp_path / "config" / "airflow_local_settings.py").read_text().split()
    builders = {
        module
        for file in (PROJECT / "dags").glob("*.py")
        for module in re.findall(r"^from (\S+_dag) import", file.read_text(), re.MULTILINE)
    }
    assert builders
    assert builders <= set(preloaded)
