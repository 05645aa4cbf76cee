"""A trigger may put a launch off as far as its account allows, and do nothing else to its time."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from meta_ads.campaigns.loader import LoadedCampaign, load_campaigns
from meta_ads.errors import FixInput
from meta_ads.launching.override import put_off
from tests.conftest import PROJECT

NOW = datetime(2030, 2, 1, tzinfo=UTC)
# 01:00 UTC; the campaign ends two weeks later, on March 15th at 15:59 UTC.
CASE = PROJECT / "tests/golden/launch/lifetime_budget/campaign.yaml"
WEEK = 7 * 86_400


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedCampaign:
    (tmp_path / "include/campaigns").mkdir(parents=True)
    (tmp_path / "configs").mkdir()
    shutil.copy(CASE, tmp_path / "include/campaigns")
    shutil.copy(PROJECT / "configs/accounts.yaml", tmp_path / "configs")
    return allowing(load_campaigns(tmp_path).declarations["spring_sale"], WEEK)


def allowing(loaded: LoadedCampaign, seconds: int) -> LoadedCampaign:
    declaration = loaded.declaration
    account = replace(declaration.account, override_up_to=seconds)
    return replace(loaded, declaration=replace(declaration, account=account))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2030-03-02T10:00:00+08:00", datetime(2030, 3, 2, 2, tzinfo=UTC)),
        ("2030-03-02T02:00:00.000Z", datetime(2030, 3, 2, 2, tzinfo=UTC)),
        ("2030-03-02 10:00", datetime(2030, 3, 2, 2, tzinfo=UTC)),
        ("2030-03-08T01:00:00Z", datetime(2030, 3, 8, 1, tzinfo=UTC)),
        ("2030-03-01T01:00:00Z", datetime(2030, 3, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_later_time_within_the_bounds_is_taken(
    loaded: LoadedCampaign, text: str, moment: datetime
) -> None:
    moved = put_off(loaded, text, NOW)
    assert moved.declaration.activate_at == moment
    assert (
        replace(moved.declaration, activate_at=loaded.declaration.activate_at) == loaded.declaration
    ), "nothing else changes"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2030-03-01T00:59:00Z", "earlier than the file's time"),
        ("2030-03-08T01:01:00Z", "later than the account allows"),
        ("2030-01-31T00:00:00Z", "in the past"),
        ("tomorrow", "is not a time such as"),
        ("2030-02-30 10:00", "does not exist"),
    ],
)
def test_any_other_time_is_refused_with_what_is_allowed(
    loaded: LoadedCampaign, text: str, words: str
) -> None:
    with pytest.raises(FixInput, match=re.escape(words)):
        put_off(loaded, text, NOW)


def test_a_campaign_keeps_its_last_24_hours(loaded: LoadedCampaign) -> None:
    with pytest.raises(FixInput, match="less than 24 hours before the campaign ends"):
        put_off(allowing(loaded, 4 * WEEK), "2030-03-14T16:00:00Z", NOW)


def test_no_account_allows_it_unasked(loaded: LoadedCampaign) -> None:
    with pytest.raises(FixInput, match="sunrise_sg lets no trigger move a launch"):
        put_off(allowing(loaded, 0), "2030-03-02T10:00:00Z", NOW)


def test_a_launch_without_a_time_is_not_given_one(loaded: LoadedCampaign) -> None:
    unscheduled = replace(loaded, declaration=replace(loaded.declaration, activate_at=None))
    with pytest.raises(FixInput, match=r"has no schedule\.activate_at to move"):
        put_off(unscheduled, "2030-03-02T10:00:00Z", NOW)
