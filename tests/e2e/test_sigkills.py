"""A few SIGKILLs of Airflow's processes while launches run; scripts/kills makes hundreds.

On a stack of its own: what is killed here must not be missing to other tests.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.kills.fleet import Fleet
from tests.kills.run import Plan, heal, judge, kill, stack_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
PLAN = Plan(kills=8, seed=3, campaigns=4, at_once=4, soon=(60.0, 80.0), heal_seconds=900.0)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with stack_for(PLAN, print) as (stack, launches):
        fleet = Fleet(stack, random.Random(PLAN.seed), PLAN.at_once, PLAN.soon, files=launches)
        fleet.slow_writes()
        yield fleet


def test_after_kills_nothing_is_lost_made_twice_early_or_unapproved(fleet: Fleet) -> None:
    killer = kill(fleet.stack, PLAN, fleet, print)
    heal(fleet, PLAN, print)
    verdict = judge(fleet)
    assert sum(killer.killed.values()) == PLAN.kills
    assert dict(verdict.violations) == {}
    assert len(fleet.launches) >= PLAN.campaigns // 2
    assert verdict.activations > 0
