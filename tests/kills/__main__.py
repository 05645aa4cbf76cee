"""Kills Airflow's processes while launches run, and prints what was killed and what broke."""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.kills.fleet import FATES, Fleet
from tests.kills.oracle import ORACLES, RESIDUALS, Verdict
from tests.kills.run import Plan, heal, judge, kill, stack_for
from tests.kills.victims import SHARES, Killer

KILLS_PER_CAMPAIGN = 3


def main() -> int:
    """Run the command line; return 1 when anything was violated or too little was killed."""
    parser = argparse.ArgumentParser(
        prog="scripts/kills",
        description="SIGKILL tasks, their supervisors, the scheduler and the triggerer of a real "
        "Airflow while launches run; then let everything end, and judge by the emulator's journal.",
    )
    parser.add_argument("--kills", type=int, default=200, metavar="N", help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of victims and times (%(default)s)")
    parser.add_argument(
        "--at-once", type=int, default=Plan.at_once, metavar="N", help="launches (%(default)s)"
    )
    asked = parser.parse_args()
    campaigns = max(len(FATES), asked.kills // KILLS_PER_CAMPAIGN)
    plan = Plan(asked.kills, asked.seed, campaigns, at_once=asked.at_once)
    began = time.monotonic()
    with stack_for(plan, tell) as (stack, launches):
        fleet = Fleet(stack, random.Random(plan.seed), plan.at_once, plan.soon, files=launches)
        fleet.slow_writes()
        killer = kill(stack, plan, fleet, tell)
        tell(f"{sum(killer.killed.values())} killed; now everything may come to its end")
        heal(fleet, plan, tell)
        verdict = judge(fleet)
        _report(killer, fleet, verdict)
    print(f"\n{time.monotonic() - began:.0f} s in all")
    few = sum(killer.killed.values()) < plan.kills
    return 1 if verdict.violations or few else 0


def _report(killer: Killer, fleet: Fleet, verdict: Verdict) -> None:
    print("\nkilled")
    for what in SHARES:
        print(f"{killer.killed[what]:6}  {what}")
    print(f"{sum(killer.killed.values()):6}  in all")
    met = ", ".join(f"{count} {kind}" for kind, count in killer.met.most_common())
    print(
        f"{killer.met.total():6}  of them aimed between the intent of a call and its record: {met}"
    )
    print(f"{len(killer.orphans):6}  tasks were left alive without a supervisor")
    print("\nlaunches")
    print(f"{len(fleet.launches):6}  planned, and judged")
    for fate in dict.fromkeys(FATES):
        print(f"{sum(launch.fate == fate for launch in fleet.launches):6}  {fate}")
    print(f"{verdict.creates:6}  objects created, {verdict.activations} campaigns switched on")
    print("\nwhat the ledger's attempts ended with")
    for row in fleet.stack.rows(
        "SELECT event, count(*) AS n FROM meta_ads.attempt GROUP BY event ORDER BY event"
    ):
        print(f"{row['n']:6}  {row['event']}")
    print("\nviolations by oracle")
    for oracle, words in ORACLES.items():
        found = verdict.violations.get(oracle, [])
        print(f"{len(found):6}  {oracle}: {words}")
        for line in found:
            print(f"            {line}")
    print("\nresidual classes")
    for name, words in RESIDUALS.items():
        print(f"{verdict.residuals[name]:6}  {name}: {words}")


def tell(line: str) -> None:
    """Print a line with the time of day."""
    print(f"{time.strftime('%T')}  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
