"""Errors stop a launch; warnings are shown and stop nothing."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from meta_ads.errors import InvalidCampaign, Problem, Severity
from meta_ads.launching.preflight import bad_file_problems, check, offline_problems
from tests.conftest import PROJECT

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass(frozen=True)
class Facts:
    status: str = "active"
    may_create: bool = True
    disable_reason: str | None = None
    currency: str = "SGD"
    timezone: str = "Asia/Singapore"


class Accounts:
    def __init__(self, facts: Facts = Facts()) -> None:
        self.facts = facts

    def account_facts(self, account_id: str) -> Facts:
        return self.facts

    def minimum_daily_budget(self, account_id: str, currency: str) -> int | None:
        return None

    def exists(self, object_id: str) -> bool:
        return True


class Media:
    """Media with one warning each."""

    def video_problems(self, relative_path: str, chosen: Collection[str]) -> Sequence[Problem]:
        return [Problem(relative_path, "is silent", "Add sound.", severity=Severity.WARNING)]

    picture_problems = thumbnail_problems = video_problems

    def sha256(self, relative_path: str) -> str:
        return "0" * 64


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "include/campaigns").mkdir(parents=True)
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    shutil.copy(
        PROJECT / "tests/golden/launch/minimal/campaign.yaml", tmp_path / "include/campaigns"
    )
    return tmp_path


def test_a_campaign_with_warnings_only_has_a_plan(home: Path) -> None:
    checked = check(home, "spring_sale", Media(), Accounts(), None, NOW)
    assert [warning.message for warning in checked.warnings] == ["is silent"]
    assert checked.plan.steps


def test_an_error_stops_the_launch_and_the_report_holds_the_warnings_apart(home: Path) -> None:
    with pytest.raises(InvalidCampaign) as caught:
        check(home, "spring_sale", Media(), Accounts(Facts(may_create=False)), None, NOW)
    text = str(caught.value)
    assert text.startswith("1 problem found; nothing was sent to Meta:")
    errors, warnings = text.split("1 warning; the launch goes on:")
    assert "cannot run ads" in errors
    assert "is silent" in warnings


def test_a_file_with_warnings_only_is_no_import_error(home: Path) -> None:
    assert bad_file_problems(home, Media(), NOW) == []


def test_a_bad_file_s_import_error_holds_errors_only(home: Path) -> None:
    file = home / "include/campaigns/campaign.yaml"
    file.write_text(file.read_text().replace("daily_budget: 5000", "daily_budget: none"))
    found = bad_file_problems(home, Media(), NOW)
    assert [problem.path for problem in found] == ["daily_budget"]


def test_files_checked_offline_show_their_warnings(home: Path) -> None:
    checked, problems = offline_problems(home, Media(), NOW)
    assert checked == 1
    assert [problem.is_error for problem in problems] == [False]
