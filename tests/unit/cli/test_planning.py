"""`adlaunch plan` without Meta and Postgres: what it prints, and its exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from meta_ads.cli.commands import main
from tests.conftest import PROJECT

SCHEMA = json.loads((PROJECT / "plugins/meta_ads/planning/plan.schema.json").read_text())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "include/campaigns").mkdir(parents=True)
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    (tmp_path / "creatives").symlink_to(PROJECT / "creatives")
    shutil.copy(
        PROJECT / "tests/golden/launch/minimal/campaign.yaml", tmp_path / "include/campaigns"
    )
    return tmp_path


def plan(home: Path, *arguments: str) -> int:
    return main(["--home", str(home), "plan", "--offline", *arguments])


def test_an_id_and_the_path_of_its_file_have_the_same_plan(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plan(home, "spring_sale") == 0
    by_id = capsys.readouterr().out
    assert plan(home, str(home / "include/campaigns/campaign.yaml")) == 0
    by_path = capsys.readouterr().out
    first, steps = (
        by_id.splitlines()[0],
        [line for line in by_id.splitlines() if line.startswith("  + ")],
    )
    assert first == by_path.splitlines()[0]
    assert len(steps) == 6


def test_a_file_outside_the_folder_can_be_planned(home: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    shutil.move(home / "include/campaigns/campaign.yaml", draft)
    assert plan(home, str(draft)) == 0


def test_the_json_has_the_documented_shape_with_warnings_apart(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plan(home, "spring_sale", "--format", "json") == 0
    shown = json.loads(capsys.readouterr().out)
    jsonschema.validate(shown, SCHEMA)
    assert shown["counts"]["create"] == 6
    assert {warning["severity"] for warning in shown["warnings"]} == {"warning"}


def test_markdown_is_for_comments_on_a_pull_request(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plan(home, "spring_sale", "--format", "markdown") == 0
    assert "| Campaign | Spring Sale |" in capsys.readouterr().out


def test_the_exit_code_tells_changes_only_when_asked(home: Path) -> None:
    assert plan(home, "spring_sale") == 0
    assert plan(home, "spring_sale", "--detailed-exitcode") == 3


def test_a_file_with_an_error_has_no_plan(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "include/campaigns/campaign.yaml"
    file.write_text(file.read_text().replace("vertical.mp4", "missing.mp4"))
    assert plan(home, "spring_sale", "--detailed-exitcode") == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "missing.mp4" in shown.err


def test_validate_shows_warnings_and_exits_well(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(home), "validate"]) == 0
    shown = capsys.readouterr().out
    assert "no problem found" in shown
    assert "warnings; the launch goes on:" in shown
