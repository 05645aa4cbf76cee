"""Drift, case by case: each file has what was sent, what Meta shows, and what a person is told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from meta_ads.planning.drift import Sent
from meta_ads.planning.step import StepKind
from meta_ads.syncing.ad_accounts import AccountRow
from meta_ads.syncing.drift import SentLaunch, check_drift, find_drift
from meta_ads.syncing.statuses import AccountState

CASES = sorted((Path(__file__).parent / "drift").glob("*.yaml"))
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ACCOUNT = AccountRow("act_1", "Sunrise", "active", "SGD", "Asia/Singapore")


def told(case: dict[str, Any]) -> list[str]:
    sent = Sent(
        "act_1/spring/part/0",
        StepKind(case["kind"]),
        "1",
        case["sent"],
        case.get("status", "ACTIVE"),
        case.get("creative"),
    )
    launch = SentLaunch("spring", case.get("live_launch", True), [sent])
    shown = [{"id": "1", **case["live"]}] if case["live"] is not None else []
    return [item.message for item in find_drift([launch], AccountState(ACCOUNT, shown), NOW)]


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_case_of_drift_is_told_in_these_words(file: Path) -> None:
    case = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert case["reason"]
    assert sorted(told(case)) == sorted(case["drift"])


def test_of_what_stood_in_something_deleted_nothing_is_told() -> None:
    keys = {kind: f"act_1/spring/{kind}/0" for kind in StepKind}
    objects = [
        Sent(keys[StepKind.CAMPAIGN], StepKind.CAMPAIGN, "1", {"name": "Spring"}, "ACTIVE"),
        Sent(
            keys[StepKind.AD_SET],
            StepKind.AD_SET,
            "2",
            {"name": "Women", "campaign_id": {"$step": keys[StepKind.CAMPAIGN]}},
            "ACTIVE",
        ),
        Sent(
            keys[StepKind.AD],
            StepKind.AD,
            "3",
            {"name": "Film", "adset_id": {"$step": keys[StepKind.AD_SET]}},
            "ACTIVE",
        ),
    ]
    shown = [{"id": "3", "name": "Film", "status": "PAUSED"}]
    launch = SentLaunch("spring", live=True, objects=objects)
    found = list(find_drift([launch], AccountState(ACCOUNT, shown), NOW))
    assert [item.message for item in found] == ["campaign “Spring” was deleted at Meta"]


def test_drift_is_not_judged_from_a_part_of_an_account() -> None:
    with pytest.raises(ValueError, match="whole accounts only"):
        check_drift(AccountState(ACCOUNT, [], whole=False), NOW, None)  # type: ignore[arg-type]
