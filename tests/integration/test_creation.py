"""Every object is created exactly once, whatever happens to a call. Real Postgres, a fake Meta."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from meta_ads.errors import (
    AccessLost,
    Held,
    PlanMismatch,
    RejectedByMeta,
    StepBusy,
    Throttled,
    TryAgain,
    Unsettled,
)
from meta_ads.launching.creation import Creator
from meta_ads.launching.timing import Timing
from meta_ads.planning.step import REFERENCE, Step, StepKind, marker, step_key
from meta_ads.store.database import Database
from meta_ads.store.step_ledger import PostgresStepLedger
from tests.fakes.platform import ACCOUNT, FakePlatform, Fault

TIMING = Timing()
log = logging.getLogger(__name__)
Ensure = Callable[[Step], str]


def step(kind: StepKind = StepKind.CAMPAIGN, **params: object) -> Step:
    key = step_key(ACCOUNT, "spring", kind, 0)
    tag = marker(key)
    return Step(
        key=key,
        kind=kind,
        params={"name": f"Spring [#{tag}]", "adlabels": [{"name": f"adlaunch:{tag}"}], **params},
    )


CAMPAIGN = step()


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def ledger(database: Database) -> PostgresStepLedger:
    return PostgresStepLedger(database)


@pytest.fixture
def ensure(platform: FakePlatform, ledger: PostgresStepLedger) -> Ensure:
    """Run one worker to its end; each call is another worker."""
    workers = iter(range(1000))

    def run(wanted: Step) -> str:
        return Creator(platform, ledger, f"worker-{next(workers)}", log.info).ensure(
            wanted, ACCOUNT
        )

    return run


@pytest.fixture
def later(database: Database) -> Callable[[timedelta], None]:
    """Let time pass for the ledger: its own times move into the past."""

    def shift(by: timedelta) -> None:
        database.rows(
            "UPDATE meta_ads.step SET attempt_at = attempt_at - %(by)s,"
            " not_before = not_before - %(by)s, lease_until = lease_until - %(by)s",
            {"by": by},
        )

    return shift


def ids(platform: FakePlatform) -> list[str]:
    return [item.object_id for item in platform.created]


def test_launching_twice_creates_one_object(ensure: Ensure, platform: FakePlatform) -> None:
    first = ensure(CAMPAIGN)
    assert ensure(CAMPAIGN) == first
    assert ids(platform) == [first]


def test_a_lost_answer_is_adopted_not_repeated(ensure: Ensure, platform: FakePlatform) -> None:
    platform.fail_next("create", Fault.LOSE_ANSWER)
    with pytest.raises(Unsettled):
        ensure(CAMPAIGN)
    assert ensure(CAMPAIGN) == ids(platform)[0]
    assert len(platform.created) == 1


def test_a_worker_killed_after_the_commit_leaves_an_object_that_is_adopted(
    ensure: Ensure, platform: FakePlatform, later: Callable[[timedelta], None]
) -> None:
    class Killed(BaseException):
        pass

    create = platform.create

    def die_after(*args: object) -> str:
        create(*args)  # type: ignore[arg-type]
        raise Killed

    platform.create = die_after  # type: ignore[method-assign]
    with pytest.raises(Killed):
        ensure(CAMPAIGN)
    platform.create = create  # type: ignore[method-assign]
    later(timedelta(seconds=1))
    assert ensure(CAMPAIGN) == ids(platform)[0]
    assert len(platform.created) == 1


def test_a_call_that_never_arrived_is_sent_again_only_after_it_settled(
    ensure: Ensure, platform: FakePlatform, later: Callable[[timedelta], None]
) -> None:
    platform.fail_next("create", Fault.LOSE_CALL)
    with pytest.raises(Unsettled):
        ensure(CAMPAIGN)
    later(TIMING.quiescence - timedelta(seconds=5))
    with pytest.raises(Unsettled):
        ensure(CAMPAIGN)
    assert platform.created == []
    later(timedelta(seconds=10))
    with pytest.raises(Unsettled, match="once more"):
        ensure(CAMPAIGN)
    later(TIMING.between_searches)
    assert [ensure(CAMPAIGN)] == ids(platform)


def test_a_late_commit_is_adopted(
    platform: FakePlatform, ensure: Ensure, later: Callable[[timedelta], None]
) -> None:
    now = platform.clock()
    platform.clock = lambda: now
    platform.fail_next("create", Fault.COMMIT_LATE, delay=timedelta(seconds=100))
    with pytest.raises(Unsettled):
        ensure(CAMPAIGN)
    now += timedelta(seconds=100)
    later(timedelta(seconds=100))
    assert [ensure(CAMPAIGN)] == ids(platform)


def test_a_new_object_missing_from_lists_is_not_created_again(
    ensure: Ensure, platform: FakePlatform, later: Callable[[timedelta], None]
) -> None:
    now = platform.clock()
    platform.clock = lambda: now
    platform.list_lag = timedelta(seconds=40)
    platform.fail_next("create", Fault.LOSE_ANSWER)
    for seconds in (0, 20, 19):
        now += timedelta(seconds=seconds)
        later(timedelta(seconds=seconds))
        with pytest.raises(Unsettled):
            ensure(CAMPAIGN)
    now += timedelta(seconds=2)
    later(timedelta(seconds=2))
    assert [ensure(CAMPAIGN)] == ids(platform)


def test_an_object_is_found_after_a_person_renamed_it(
    ensure: Ensure, platform: FakePlatform
) -> None:
    platform.fail_next("create", Fault.LOSE_ANSWER)
    with pytest.raises(Unsettled):
        ensure(CAMPAIGN)
    platform.rename(ids(platform)[0], "Something else")
    assert [ensure(CAMPAIGN)] == ids(platform)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.REFUSE, RejectedByMeta),
        (Fault.ACCESS, AccessLost),
        (Fault.NOT_SENT, TryAgain),
    ],
)
def test_after_a_certain_no_the_next_try_creates_at_once(
    ensure: Ensure, platform: FakePlatform, fault: Fault, error: type[Exception]
) -> None:
    platform.fail_next("create", fault)
    with pytest.raises(error):
        ensure(CAMPAIGN)
    assert [ensure(CAMPAIGN)] == ids(platform)


def test_after_a_refusal_the_file_may_change(ensure: Ensure, platform: FakePlatform) -> None:
    platform.fail_next("create", Fault.REFUSE)
    with pytest.raises(RejectedByMeta):
        ensure(CAMPAIGN)
    assert [ensure(step(daily_budget=1))] == ids(platform)


def test_what_exists_never_takes_other_content(ensure: Ensure, platform: FakePlatform) -> None:
    ensure(CAMPAIGN)
    with pytest.raises(PlanMismatch, match=ids(platform)[0]):
        ensure(step(daily_budget=1))
    assert len(platform.created) == 1


def test_an_attempt_of_unknown_outcome_never_takes_other_content(
    ensure: Ensure, platform: FakePlatform
) -> None:
    platform.fail_next("create", Fault.LOSE_CALL)
    with pytest.raises(Unsettled):
        ensure(CAMPAIGN)
    with pytest.raises(PlanMismatch):
        ensure(step(daily_budget=1))


def test_while_throttled_meta_is_not_called(
    ensure: Ensure, platform: FakePlatform, later: Callable[[timedelta], None]
) -> None:
    platform.fail_next("create", Fault.THROTTLE, delay=timedelta(minutes=5))
    with pytest.raises(Throttled):
        ensure(CAMPAIGN)
    calls = len(platform.calls)
    with pytest.raises(Unsettled):
        ensure(CAMPAIGN)
    assert len(platform.calls) == calls
    later(timedelta(minutes=5))
    assert [ensure(CAMPAIGN)] == ids(platform)


def test_a_second_worker_waits_for_the_first(
    ensure: Ensure, platform: FakePlatform, ledger: PostgresStepLedger
) -> None:
    with ledger.lease(CAMPAIGN, ACCOUNT, "first"), pytest.raises(StepBusy, match="first"):
        ensure(CAMPAIGN)
    assert [ensure(CAMPAIGN)] == ids(platform)


def test_a_worker_that_was_overtaken_neither_sends_nor_records(
    ensure: Ensure,
    platform: FakePlatform,
    ledger: PostgresStepLedger,
    later: Callable[[timedelta], None],
) -> None:
    with ledger.lease(CAMPAIGN, ACCOUNT, "slow") as slow:
        slow = ledger.begin(slow)
        later(TIMING.quiescence + timedelta(seconds=1))
        with pytest.raises(Unsettled, match="once more"):
            ensure(CAMPAIGN)
        later(TIMING.between_searches)
        created = ensure(CAMPAIGN)
        assert not ledger.still_mine(slow)
        with pytest.raises(StepBusy):
            ledger.record_done(slow, "9", "created")
    assert ids(platform) == [created]


def test_a_second_object_of_ours_is_deleted_and_the_first_kept(
    ensure: Ensure, platform: FakePlatform
) -> None:
    first = platform.create(StepKind.CAMPAIGN, ACCOUNT, {**CAMPAIGN.params, "status": "PAUSED"})
    second = platform.create(StepKind.CAMPAIGN, ACCOUNT, {**CAMPAIGN.params, "status": "PAUSED"})
    assert ensure(CAMPAIGN) == first
    assert platform.updates == [(second, {"status": "DELETED"})]


def test_an_empty_ledger_adopts_what_meta_already_has(
    ensure: Ensure, platform: FakePlatform, database: Database
) -> None:
    first = ensure(CAMPAIGN)
    with database.transaction() as cursor:
        cursor.execute("TRUNCATE meta_ads.step CASCADE")
    assert ensure(CAMPAIGN) == first
    assert ids(platform) == [first]


def test_after_five_attempts_without_a_trace_a_person_is_asked(
    ensure: Ensure, platform: FakePlatform, later: Callable[[timedelta], None]
) -> None:
    platform.fail_next("create", Fault.LOSE_CALL, times=TIMING.attempts)
    for _ in range(2 * TIMING.attempts):
        with pytest.raises(Unsettled):
            ensure(CAMPAIGN)
        later(TIMING.quiescence)
    with pytest.raises(Held, match="adlaunch release"):
        ensure(CAMPAIGN)
    calls = len(platform.calls)
    with pytest.raises(Held):
        ensure(CAMPAIGN)
    assert len(platform.calls) == calls
    assert platform.created == []


def test_a_child_takes_its_parents_id_from_the_ledger(
    ensure: Ensure, platform: FakePlatform
) -> None:
    parent = ensure(CAMPAIGN)
    ensure(step(StepKind.AD_SET, campaign_id={REFERENCE: CAMPAIGN.key}))
    assert platform.created[1].params["campaign_id"] == parent


def test_every_object_is_explained_by_its_attempts(
    ensure: Ensure, platform: FakePlatform, database: Database
) -> None:
    platform.fail_next("create", Fault.LOSE_ANSWER)
    with pytest.raises(Unsettled):
        ensure(CAMPAIGN)
    ensure(CAMPAIGN)
    events = [
        (row["epoch"], row["event"])
        for row in database.rows("SELECT epoch, event FROM meta_ads.attempt ORDER BY id")
    ]
    assert events == [(1, "intent"), (1, "unknown"), (1, "adopted")]


def test_the_database_keeps_a_done_id_for_ever(ensure: Ensure, database: Database) -> None:
    ensure(CAMPAIGN)
    with (
        pytest.raises(psycopg.errors.RaiseException, match="for ever"),
        database.transaction() as cursor,
    ):
        cursor.execute("UPDATE meta_ads.step SET object_id = '9'")


def _starting(start_time: datetime) -> Step:
    return replace(CAMPAIGN, late_params={"start_time": start_time.isoformat()})


def test_a_rescheduled_object_gets_its_new_start_time_and_nothing_else(
    platform: FakePlatform, ledger: PostgresStepLedger
) -> None:
    now = datetime.now(UTC)
    creator = Creator(platform, ledger, "worker", log.info)
    first, moved = (_starting(now + timedelta(hours=hours)) for hours in (1, 2))
    object_id = creator.ensure(first, ACCOUNT)
    creator.keep_current(first, creator.ensure(first, ACCOUNT), now)
    assert platform.updates == []
    creator.keep_current(moved, creator.ensure(moved, ACCOUNT), now)
    assert platform.updates == [(object_id, dict(moved.late_params))]
    assert len(platform.created) == 1


def test_a_start_time_that_has_passed_is_not_sent(
    platform: FakePlatform, ledger: PostgresStepLedger
) -> None:
    late = _starting(datetime.now(UTC) - timedelta(minutes=1))
    Creator(platform, ledger, "worker", log.info).ensure(late, ACCOUNT)
    assert "start_time" not in platform.created[0].params
