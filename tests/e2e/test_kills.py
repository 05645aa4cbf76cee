"""A few SIGKILLs of Airflow's processes while launches run; scripts/kills makes hundreds."""

from __future__ import annotations

import random

import pytest

from tests.e2e.conftest import Stack, wait_for
from tests.kills.fleet import Fleet, prepare, write
from tests.kills.run import SOMEDAY, Plan, heal, judge, kill

pytestmark = pytest.mark.e2e
PLAN = Plan(kills=6, seed=3, campaigns=3, at_once=3, soon=(100, 120), heal_seconds=400)


@pytest.fixture(scope="module")
def fleet(airflow: Stack) -> Fleet:
    launches = prepare(airflow.stack.project, PLAN.campaigns)
    for launch in launches:
        write(airflow.campaigns, launch, SOMEDAY)
    for launch in launches:
        airflow.dag(launch.campaign_id)
    fleet = Fleet(airflow, random.Random(PLAN.seed), PLAN.at_once, PLAN.soon, files=launches)
    fleet.next()
    planned = "SELECT FROM meta_ads.launch WHERE campaign_id LIKE 'kills%'"
    wait_for("the plans", lambda: len(airflow.rows(planned)) == PLAN.campaigns)
    return fleet


def test_after_kills_nothing_is_lost_made_twice_early_or_unapproved(
    airflow: Stack, fleet: Fleet
) -> None:
    killer = kill(airflow, PLAN, fleet, print)
    heal(fleet, PLAN, print)
    verdict = judge(fleet)
    assert sum(killer.killed.values()) == PLAN.kills
    assert dict(verdict.violations) == {}
    assert verdict.activations >= PLAN.campaigns
