"""Why a launch may not go live is told from the ledger's word alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meta_ads.errors import NotAllowedToActivate
from meta_ads.launching.activation import refuse_activation
from meta_ads.launching.ports import LaunchRecord, LaunchState
from meta_ads.planning.plan import Plan

NOW = datetime(2030, 3, 1, tzinfo=UTC)
PLAN = Plan("spring", "act_1", (), NOW, True, {}, "declared")
WAITING = LaunchRecord("act_1", "spring", LaunchState.PAUSED, PLAN, NOW, NOW)


def test_an_approval_of_exactly_this_plan_lets_a_launch_go_live() -> None:
    refuse_activation(replace(WAITING, approved_hash=PLAN.hash), {})


@pytest.mark.parametrize("approved", [None, "0" * 64])
def test_without_an_approval_of_exactly_this_plan_it_stays_paused(approved: str | None) -> None:
    with pytest.raises(NotAllowedToActivate, match=f"needs an approval of plan {PLAN.hash[:12]}"):
        refuse_activation(replace(WAITING, approved_hash=approved), {})


def test_a_withdrawn_launch_stays_paused_whoever_approved_it() -> None:
    launch = replace(
        WAITING,
        state=LaunchState.WITHDRAWN,
        approved_hash=PLAN.hash,
        withdrawn_at=NOW - timedelta(days=1),
    )
    with pytest.raises(NotAllowedToActivate, match="was withdrawn"):
        refuse_activation(launch, {})
