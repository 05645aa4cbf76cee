"""`configs/insights.yaml`: what stands there counts, and a bad file is told and left out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from meta_ads.campaigns.accounts import load_accounts
from meta_ads.campaigns.insight_settings import InsightSettings, load_insight_settings
from tests.conftest import PROJECT


def load(home: Path, text: str) -> tuple[InsightSettings, list[str]]:
    (home / "configs").mkdir()
    (home / "configs/insights.yaml").write_text(text)
    settings, problems = load_insight_settings(home)
    return settings, [str(problem) for problem in problems]


def test_the_committed_file_says_the_defaults() -> None:
    assert load_insight_settings(PROJECT) == (InsightSettings(), ())


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_insight_settings(tmp_path) == (InsightSettings(), ())


def test_each_key_may_stand_alone(tmp_path: Path) -> None:
    settings, problems = load(tmp_path, "cron: 30 6 * * *\nreread_days: 7\nwindows: [28d_click]\n")
    assert problems == []
    expected = InsightSettings(cron="30 6 * * *", reread_days=7, windows=("28d_click",))
    assert settings == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cron: daily", "is not a cron expression"),
        ("reread: 7", "Did you mean “reread_days”?"),
        ("reread_days: soon", "reread_days = 'soon'"),
        ("accounts_at_once: 0", "accounts_at_once = '0'"),
        ("windows: [7d_view]", "windows[0]"),
        ("reports: [hourly]", "reports[0]"),
        ("reports: [hour, hour]", "reports"),
        ("account_reports: {sunrise_sg: [age]}", "account_reports.sunrise_sg[0]"),
        ("account_reports: {sunset_sg: [hour]}", "is no account of configs/accounts.yaml"),
        ("fail_on: [everything]", "fail_on[0]"),
        ("keep_months: 2", "Keep at least 4 months, or read fewer days."),
    ],
)
def test_what_is_wrong_is_named_and_the_defaults_hold(
    tmp_path: Path, text: str, words: str
) -> None:
    settings, [problem] = load(tmp_path, text + "\n")
    assert settings == InsightSettings()
    assert problem.startswith("configs/insights.yaml:1:")
    assert words in problem


def test_an_account_has_the_reports_of_its_own_or_those_of_all(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    shutil.copy(PROJECT / "configs/accounts.yaml", tmp_path / "configs")
    accounts = load_accounts(tmp_path)
    name, own = next(iter(accounts.by_key.items()))
    (tmp_path / "configs/insights.yaml").write_text(
        f"reports: [hour]\naccount_reports: {{{name}: [country, account_region]}}\n"
    )
    settings, problems = load_insight_settings(tmp_path)
    assert problems == ()
    kept = [report.name for report in settings.reports_of(own.account_id)]
    assert kept == ["country", "account_region"]
    assert [report.name for report in settings.reports_of("act_1")] == ["hour"]
    assert [report.name for report in InsightSettings().reports_of("act_1")] == []
