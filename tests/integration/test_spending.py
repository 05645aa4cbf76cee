"""No launch brings its account over a limit, whoever switches it on and when."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from meta_ads.campaigns.account import Account, SpendLimits
from meta_ads.campaigns.money import Money
from meta_ads.errors import NotAllowedToActivate, OutcomeUnknown, TryAgain
from meta_ads.launching.activation import Activator
from meta_ads.launching.pausing import pause, resume
from meta_ads.launching.ports import LaunchState
from meta_ads.launching.spending import daily_commitment
from meta_ads.launching.withdrawal import withdraw
from meta_ads.planning.step import StepKind
from meta_ads.store.database import Database
from meta_ads.store.launch_ledger import PostgresLaunchLedger
from meta_ads.store.spending import PostgresSpending
from meta_ads.store.statuses import StatusStore
from meta_ads.store.step_ledger import PostgresStepLedger
from meta_ads.syncing.ad_accounts import AccountRow
from meta_ads.syncing.object_statuses import ObjectStatus
from meta_ads.syncing.statuses import SyncedRows
from tests.fakes.platform import ACCOUNT, Fault
from tests.integration.launches import Launch, log, plan

# Each launch of `plan` spends SGD 50.00 a day.
ONE, TWO = Money(9_999, "SGD"), Money(10_000, "SGD")


@pytest.fixture
def launch(database: Database) -> Launch:
    return Launch(database)


@pytest.fixture
def spending(database: Database) -> PostgresSpending:
    return PostgresSpending(database)


def limited(spending: PostgresSpending, **limits: Money) -> None:
    account = Account("sunrise", ACCOUNT, "Sunrise", "SGD", "UTC", limits=SpendLimits(**limits))
    spending.set_limits([account])


def activate(launch: Launch, campaign_id: str) -> LaunchState:
    activator = Activator(launch.platform, launch.launches, launch.steps, log.info)
    return activator.activate(campaign_id).state


def state(launch: Launch, campaign_id: str) -> LaunchState:
    return launch.launches.launch(campaign_id).state


def seen(database: Database, object_id: str = "777", **changes: Any) -> None:
    """Let a sync of statuses see one campaign of the account."""
    facts: dict[str, Any] = {
        "object_id": object_id,
        "kind": StepKind.CAMPAIGN,
        "parent_id": None,
        "name": "Handmade",
        "status": "ACTIVE",
        "effective_status": "ACTIVE",
        "daily_budget": 6_000,
        "lifetime_budget": None,
        "start_time": None,
        "end_time": None,
        "review": None,
        "issues": None,
        "created_time": None,
        "updated_time": None,
    }
    account = AccountRow(ACCOUNT, "Sunrise", "active", "SGD", "Asia/Singapore")
    seen = ObjectStatus(**{**facts, **changes})
    StatusStore(database).save(SyncedRows(account, [seen], whole=False))


def test_a_launch_that_would_exceed_the_daily_total_is_refused_with_the_numbers(
    launch: Launch, spending: PostgresSpending
) -> None:
    limited(spending, daily_total=ONE)
    for name in ("spring", "autumn"):
        launch.create(plan(name))
    activate(launch, "spring")
    sent = len(launch.platform.updates)
    with pytest.raises(NotAllowedToActivate) as refusal:
        activate(launch, "autumn")
    for words in ("SGD 50.00 a day", "SGD 100.00 a day", "SGD 99.99", "- spring: SGD 50.00"):
        assert words in str(refusal.value)
    assert state(launch, "autumn") is LaunchState.PAUSED
    assert len(launch.platform.updates) == sent, "nothing was sent"


def test_a_total_that_is_just_reached_is_kept(launch: Launch, spending: PostgresSpending) -> None:
    limited(spending, daily_total=TWO)
    for name in ("spring", "autumn"):
        launch.create(plan(name))
        assert activate(launch, name) is LaunchState.ACTIVE


def test_a_withdrawal_makes_room(launch: Launch, spending: PostgresSpending) -> None:
    limited(spending, daily_total=ONE)
    for name in ("spring", "autumn"):
        launch.create(plan(name))
    activate(launch, "spring")
    launch.withdraw()
    assert activate(launch, "autumn") is LaunchState.ACTIVE


@pytest.mark.parametrize(
    "limits",
    [{"daily_per_campaign": Money(4_999, "SGD")}, {"daily_total": Money(4_999, "SGD")}],
)
def test_a_limit_lowered_after_the_plan_holds(
    launch: Launch, spending: PostgresSpending, limits: dict[str, Money]
) -> None:
    limited(spending)
    launch.create(plan())
    limited(spending, **limits)
    with pytest.raises(NotAllowedToActivate, match=r"SGD 49\.99"):
        launch.activate()
    limited(spending)
    assert launch.activate() is LaunchState.ACTIVE, "the limit was taken away"


def test_two_launches_due_in_one_second_do_not_both_slip_under_the_limit(
    database: Database, empty_database_url: str, launch: Launch, spending: PostgresSpending
) -> None:
    limited(spending, daily_total=ONE)
    names = ("spring", "autumn")
    for name in names:
        launch.create(plan(name))
    ready = threading.Barrier(2)

    def advance(name: str) -> LaunchState | str:
        own = Database(empty_database_url)
        try:
            ledger = PostgresLaunchLedger(own)
            record = ledger.launch(name)
            ready.wait()
            return ledger.advance(record, LaunchState.ACTIVATING, "every check passed").state
        except NotAllowedToActivate as refusal:
            return str(refusal)
        finally:
            own.close()

    with ThreadPoolExecutor(2) as pool, psycopg.connect(empty_database_url) as gate:
        gate.execute("SELECT FROM meta_ads.account_limit FOR UPDATE")
        running = [pool.submit(advance, name) for name in names]
        # Both have read everything else and wait for the account; then they go on at once.
        while _waiting(database) < 2:
            assert not any(future.done() for future in running)
        gate.rollback()
        ends = [future.result() for future in running]
    assert ends.count(LaunchState.ACTIVATING) == 1
    assert sorted(state(launch, name) for name in names) == ["ACTIVATING", "PAUSED"]


def _waiting(database: Database) -> int:
    [row] = database.rows(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    )
    return int(row["n"])


def test_the_database_itself_refuses_what_no_one_asked(
    database: Database, launch: Launch, spending: PostgresSpending
) -> None:
    limited(spending, daily_total=Money(4_999, "SGD"))
    launch.create(plan())
    with pytest.raises(psycopg.errors.RaiseException, match="over a limit"):
        database.rows("UPDATE meta_ads.launch SET state = 'ACTIVATING'")


NOW = datetime.now(UTC)
OTHERS: dict[str, tuple[dict[str, Any], int]] = {
    "one that is on counts": ({}, 6_000),
    "a paused one does not": ({"status": "PAUSED", "effective_status": "PAUSED"}, 0),
    "an archived one does not": ({"effective_status": "ARCHIVED"}, 0),
    "one that has ended does not": ({"end_time": NOW - timedelta(hours=1)}, 0),
    "a lifetime budget is spread over its flight": (
        {
            "daily_budget": None,
            "lifetime_budget": 30_000,
            "start_time": NOW - timedelta(days=2),
            "end_time": NOW + timedelta(days=8),
        },
        3_000,
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_campaigns_at_meta_that_are_not_ours(
    database: Database, launch: Launch, spending: PostgresSpending, name: str
) -> None:
    changes, amount = OTHERS[name]
    seen(database, **changes)
    assert daily_commitment(plan(), spending) == 5_000 + amount
    limited(spending, daily_total=Money(5_000 + amount, "SGD"))
    launch.create(plan())
    assert launch.activate() is LaunchState.ACTIVE
    assert daily_commitment(plan(), spending) == 5_000 + amount, "its own is counted once"


def test_budgets_of_foreign_ad_sets_count_while_they_and_their_campaign_are_on(
    database: Database, spending: PostgresSpending
) -> None:
    seen(database, daily_budget=None)
    for number, status in enumerate(("ACTIVE", "ACTIVE", "PAUSED")):
        seen(
            database,
            f"78{number}",
            kind=StepKind.AD_SET,
            parent_id="777",
            status=status,
            daily_budget=1_000,
        )
    assert [item.daily for item in spending.commitments(ACCOUNT)] == [2_000]
    seen(database, daily_budget=None, status="PAUSED")
    assert spending.commitments(ACCOUNT) == []


def test_a_launch_that_a_person_paused_at_meta_makes_room_once_that_was_seen(
    database: Database, launch: Launch, spending: PostgresSpending
) -> None:
    launch.create(plan())
    launch.activate()
    campaign = launch.platform.of_kind(StepKind.CAMPAIGN)[0].object_id
    seen(database, campaign, status="PAUSED", effective_status="PAUSED")
    assert daily_commitment(plan("autumn"), spending) == 10_000, "a sync may have begun before"
    database.rows("UPDATE meta_ads.object_status SET synced_at = synced_at + interval '2 hours'")
    assert daily_commitment(plan("autumn"), spending) == 5_000


@pytest.mark.parametrize("stop", [pause, withdraw])
def test_what_was_switched_off_makes_room_once_meta_was_told(
    database: Database, launch: Launch, spending: PostgresSpending, stop: Any
) -> None:
    launch.create(plan())
    launch.activate()
    campaign = launch.platform.of_kind(StepKind.CAMPAIGN)[0].object_id
    seen(database, campaign, daily_budget=5_000)
    ports = (launch.platform, launch.launches, launch.steps, log.info)
    launch.platform.fail_next("update", Fault.LOSE_CALL)
    with pytest.raises((OutcomeUnknown, TryAgain)):
        stop("spring", "ann", *ports)
    assert [item.daily for item in spending.commitments(ACCOUNT)] == [5_000], "Meta may not know"
    stop("spring", "ann", *ports)
    assert spending.commitments(ACCOUNT) == []
    # A person switched it on again in Ads Manager, and a later sync saw that.
    database.rows("UPDATE meta_ads.object_status SET synced_at = synced_at + interval '2 hours'")
    assert [item.daily for item in spending.commitments(ACCOUNT)] == [5_000]


def test_a_launch_that_goes_on_counts_again(launch: Launch, spending: PostgresSpending) -> None:
    launch.create(plan())
    launch.activate()
    ports = (launch.platform, launch.launches, launch.steps, log.info)
    pause("spring", "ann", *ports)
    assert spending.commitments(ACCOUNT) == []
    resume("spring", "ann", *ports)
    assert [item.daily for item in spending.commitments(ACCOUNT)] == [5_000]


def test_the_worker_is_told_before_the_database_must_refuse(
    database: Database, launch: Launch, spending: PostgresSpending
) -> None:
    limited(spending, daily_total=ONE)
    seen(database)
    launch.create(plan())
    with pytest.raises(NotAllowedToActivate, match=r"Handmade \(777, not launched from here\)"):
        launch.activate()
    steps = PostgresStepLedger(database)
    assert steps.object_ids([plan().steps[0].key]), "what exists is kept"
