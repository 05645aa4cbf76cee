"""People are asked when their answer will count, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meta_ads.campaigns.account import ApprovalTerms
from meta_ads.launching.approval import ask_from, settled
from meta_ads.launching.ports import Decision, LaunchRecord, LaunchState
from meta_ads.planning.plan import Plan

NOW = datetime(2030, 3, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def waiting(goes_live_in: timedelta | None, lasts: timedelta | None = None) -> LaunchRecord:
    moment = NOW + goes_live_in if goes_live_in is not None else None
    terms = ApprovalTerms(expires_after=int(lasts.total_seconds())) if lasts else None
    plan = Plan("spring", "act_1", (), moment, True, {}, "declared", approval=terms)
    return LaunchRecord("act_1", "spring", LaunchState.PAUSED, plan, NOW, moment)


@pytest.mark.parametrize(
    ("launch", "wait"),
    [
        (waiting(10 * DAY), None),
        (waiting(None, 3 * DAY), None),
        (waiting(2 * DAY, 3 * DAY), None),
        (waiting(10 * DAY, 3 * DAY), 7 * DAY + HOUR),
        (waiting(3 * DAY, 3 * DAY), HOUR),
        (waiting(3 * HOUR, HOUR), 2.5 * HOUR),
    ],
)
def test_people_are_asked_as_soon_as_their_answer_lasts(
    launch: LaunchRecord, wait: timedelta | None
) -> None:
    moment = ask_from(launch)
    assert moment == (NOW + wait if wait is not None else None)


@pytest.mark.parametrize("lasts", [timedelta(minutes=1), HOUR, 3 * DAY])
def test_an_answer_given_at_once_still_counts_at_the_activation_time(lasts: timedelta) -> None:
    launch = waiting(30 * DAY, lasts)
    moment = ask_from(launch)
    assert moment is not None
    assert launch.activate_at is not None
    assert moment < launch.activate_at < moment + lasts


@pytest.mark.parametrize(
    ("expires", "enough"), [(None, True), (NOW + 11 * DAY, True), (NOW + 9 * DAY, False)]
)
def test_an_approval_that_will_have_expired_is_asked_for_again(
    expires: datetime | None, enough: bool
) -> None:
    launch = waiting(10 * DAY, 3 * DAY)
    decision = Decision(True, "ann", NOW, expires)
    launch = replace(launch, approved_hash=launch.plan.hash, decision=decision)
    assert settled(launch) is enough


def test_what_nobody_approved_is_not_settled() -> None:
    assert not settled(waiting(DAY))
