"""The partitions that `announce` tells: exactly the days on which anything changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from meta_ads.airflow.hooks.ledger import LedgerHook
from meta_ads.airflow.insights_dag import changed_partitions
from meta_ads.campaigns.insight_reports import Report
from meta_ads.campaigns.insight_settings import InsightSettings
from meta_ads.store.insight_breakdowns import BreakdownStore
from meta_ads.store.insights import InsightStore
from meta_ads.syncing.insight_slices import Slice
from tests.integration.insights.accounts import ACCOUNT, Account

SETTINGS = InsightSettings(reports=("country",))


@dataclass
class Ledger:
    """The part of the hook that the task uses."""

    account: Account

    @property
    def insights(self) -> InsightStore:
        return self.account.store

    def breakdown(self, report: Report) -> BreakdownStore:
        return BreakdownStore(self.account.database, report)


def told(account: Account) -> list[str]:
    done = {"account_id": ACCOUNT, "begun": account.begun.isoformat()}
    return changed_partitions(done, SETTINGS, cast(LedgerHook, Ledger(account)))


def test_each_day_of_a_first_load_is_told_once_and_a_second_reading_tells_none(
    account: Account,
) -> None:
    days = Slice(account.today - timedelta(days=3), account.today - timedelta(days=1))
    account.to_the_end(account.sync(days))
    account.to_the_end(account.breakdown("country", days))
    assert told(account) == [f"{ACCOUNT}/{day}" for day in days.days]
    account.begin_again()
    account.to_the_end(account.sync(days))
    account.to_the_end(account.breakdown("country", days))
    assert told(account) == []


def test_a_day_that_changed_in_an_optional_report_alone_is_told(account: Account) -> None:
    days = Slice(account.today - timedelta(days=3), account.today - timedelta(days=1))
    account.to_the_end(account.sync(days))
    account.to_the_end(account.breakdown("country", days))
    account.begin_again()
    account.database.rows(
        "DELETE FROM meta_ads.insight_breakdown WHERE date = %(day)s", {"day": days.since}
    )
    account.to_the_end(account.sync(days))
    account.to_the_end(account.breakdown("country", days))
    assert told(account) == [f"{ACCOUNT}/{days.since}"]
