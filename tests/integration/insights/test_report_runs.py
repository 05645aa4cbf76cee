"""What Meta cannot answer at once, does not finish, or cannot show is loaded all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from meta_ads.errors import StopAndAsk, TryAgain
from meta_ads.syncing.insight_slices import Slice
from tests.integration.insights.accounts import Account, contents


@pytest.fixture
def clean(account: Account) -> list[list[dict[str, Any]]]:
    """What a sync without any trouble leaves, of the last nine days."""
    account.to_the_end(account.sync(last_nine(account)))
    found = contents(account.database)
    for table in ("ad_insight", "ad_insight_action", "ad_insight_action_value", "insight_day"):
        account.database.rows(f"DELETE FROM meta_ads.{table}")
    account.database.rows("DELETE FROM meta_ads.insight_ad")
    account.told.clear()
    return found


def last_nine(account: Account) -> Slice:
    return Slice(account.today - timedelta(days=10), account.today - timedelta(days=2))


def loaded(account: Account, **settings: Any) -> list[list[dict[str, Any]]]:
    account.to_the_end(account.sync(last_nine(account), **settings))
    return contents(account.database)


def test_a_page_that_is_too_large_is_halved_and_goes_on(account: Account, clean: Any) -> None:
    account.order(limits={"page_cells": 400})
    assert loaded(account) == clean
    assert not any("report run" in line for line in account.told)


def test_a_question_that_times_out_becomes_a_report_run(account: Account, clean: Any) -> None:
    account.order(reads=[{"outcome": "timeout", "count": 0, "node": "act_100000000000778"}])
    assert loaded(account) == clean
    assert sum("report run" in line for line in account.told) == 1


def test_an_account_known_to_be_large_is_asked_as_a_run_at_once(
    account: Account, clean: Any
) -> None:
    account.to_the_end(account.sync(last_nine(account)))
    account.begin_again()
    account.order(reads=[{"outcome": "too_large", "count": 0, "match": {"level": "ad"}}])
    assert loaded(account, run_rows=10) == clean
    assert not any("Too Much Data" in line for line in account.told)


@pytest.mark.parametrize("outcome", ["failed", "skipped"])
def test_a_run_that_fails_once_is_started_once_more(
    account: Account, clean: Any, outcome: str
) -> None:
    account.order(
        reads=[{"outcome": "too_large", "count": 1}], report_runs=[{"outcome": outcome, "count": 1}]
    )
    assert loaded(account) == clean
    assert sum(": restart" in line for line in account.told) == 1
    assert not any(": split" in line for line in account.told)


def test_runs_that_keep_failing_are_split_by_date_then_by_object(
    account: Account, clean: Any
) -> None:
    account.order(reads=[{"outcome": "too_large", "count": 0, "match": {"level": "ad"}}])
    account.order(report_runs=[{"outcome": "too_large", "count": 0, "node": "act_100000000000778"}])
    assert loaded(account) == clean
    campaigns = [line for line in account.told if "report run" in line and " for 127781" in line]
    assert len(campaigns) == 9 * 2


def test_a_campaign_and_an_ad_set_that_are_too_large_are_split_to_ads(
    account: Account, clean: Any
) -> None:
    account.order(limits={"run_ad_days": 1}, reads=[{"outcome": "too_large", "count": 1}])
    day = Slice(account.today - timedelta(days=2), account.today - timedelta(days=2))
    account.to_the_end(account.sync(day))
    kept = [[row for row in rows if row.get("date") == day.since] for rows in clean]
    found = contents(account.database)
    assert found[:3] == kept[:3]
    assert sum("report run" in line and " for 127783" in line for line in account.told) == 24


def test_a_completed_run_that_cannot_be_read_is_read_later(account: Account, clean: Any) -> None:
    account.order(
        reads=[{"outcome": "too_large", "count": 1}],
        report_runs=[{"outcome": "unreadable", "count": 1, "seconds": 200}],
    )
    assert loaded(account) == clean
    assert not any(": restart" in line for line in account.told)


def test_a_stuck_run_is_given_up_after_its_deadline(account: Account, clean: Any) -> None:
    account.order(
        reads=[{"outcome": "too_large", "count": 1}], report_runs=[{"outcome": "stuck", "count": 1}]
    )
    outcome = account.sync(last_nine(account)).advance()
    assert len(outcome.waiting_for) == 1
    account.database.rows(
        "UPDATE meta_ads.insight_run SET started_at = started_at - interval '31 minutes'"
    )
    assert loaded(account) == clean
    assert sum(": restart" in line for line in account.told) == 1


def test_what_no_run_reports_stops_with_its_name_after_all_else_was_read(
    account: Account,
) -> None:
    day = account.today - timedelta(days=2)
    since = f'"since":"{day}"'
    account.order(
        reads=[
            {"outcome": "too_large", "count": 0, "match": {"time_range": since, "fields": "spend"}}
        ],
        report_runs=[{"outcome": "failed", "count": 0, "match": {"time_range": since}}],
    )
    wanted = Slice(day - timedelta(days=1), day)
    with pytest.raises(StopAndAsk, match=rf"{day}, ad \d+"):
        account.to_the_end(account.sync(wanted, slice_days=1))
    known = account.store.days("act_100000000000778", wanted)
    assert list(known) == [wanted.since]


def test_a_slice_that_breaks_half_way_changes_nothing(account: Account) -> None:
    account.to_the_end(account.sync(last_nine(account)))
    before = contents(account.database)
    account.begin_again()
    account.server.control(
        "POST",
        "faults",
        {"method": "GET", "path": "insights$", "action": "reset_before", "count": 1, "skip": 2},
    )
    account.order(limits={"page_cells": 400})
    with pytest.raises(TryAgain):
        account.sync(last_nine(account)).advance()
    assert contents(account.database) == before
