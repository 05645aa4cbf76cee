"""`adlaunch import` as it is called: what it writes, and its exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from meta_ads.cli.commands import main
from meta_ads.planning.step import StepKind
from tests.conftest import PROJECT
from tests.integration.launcher import Launcher


@pytest.fixture
def meta_id(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a campaign that was launched and stays paused."""
    connection = {
        "conn_type": "meta_ads",
        "password": "emulator-token",
        "host": launcher.meta.base_url,
        "extra": {"app_secret": "emulator-app-secret"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_META_ADS_DEFAULT", json.dumps(connection))
    shutil.copy(
        PROJECT / "tests/golden/launch/minimal/campaign.yaml", launcher.home / "include/campaigns"
    )
    plan = launcher.check("spring_sale")
    launcher.create(plan)
    [campaign] = plan.of_kind(StepKind.CAMPAIGN)
    return launcher.steps.object_ids([campaign.key])[campaign.key]


def test_a_file_is_written_once_under_an_id_that_is_free(
    launcher: Launcher, meta_id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(launcher.home)]
    wanted = [*home, "import", meta_id, "--account", "sunrise_sg"]
    assert main(wanted) == 1, "spring_sale, which its name makes, is taken"
    assert "--campaign-id" in capsys.readouterr().err
    wanted += ["--campaign-id", "again"]
    assert main(wanted) == 0
    printed = capsys.readouterr().out
    out = tmp_path / "again.yaml"
    assert main([*wanted, "--out", str(out)]) == 0
    assert out.read_text().splitlines()[1:] == printed.splitlines()[1:], "all but the time"
    assert main([*wanted, "--out", str(out)]) == 1, "nothing is overwritten"
    assert main([*home, "import", meta_id, "--account", "nobody"]) == 1


def test_what_the_file_cannot_say_is_on_stderr_and_in_the_exit_code(
    launcher: Launcher, meta_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    launcher.meta.update(meta_id, {"promoted_object": {"pixel_id": "300000000000101"}})
    before = launcher.journal()
    wanted = ["import", meta_id, "--account", "sunrise_sg", "--campaign-id", "again"]
    assert main(["--home", str(launcher.home), *wanted]) == 1
    shown = capsys.readouterr()
    assert "promoted_object.pixel_id is 300000000000101 at Meta" in shown.err
    assert "# campaign_id: again" in shown.out
    assert launcher.journal() == before
