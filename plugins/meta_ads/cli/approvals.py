"""`adlaunch approve` and `reject`, and how `adlaunch status` shows a decision."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from meta_ads.cli.connections import database_url
from meta_ads.errors import FixInput

# As many characters of a hash as every text of ours shows.
SHORTEST_HASH = 12


def add_decisions(commands: Any) -> None:
    """Add both commands to the parser's `commands`."""
    for name, approved, words in (
        ("approve", True, "approve a launch's plan, by the rules of its account"),
        ("reject", False, "reject a launch's plan, also after it was approved"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("campaign_id")
        command.add_argument(
            "--plan", required=True, metavar="HASH", help="the plan's hash, as it is shown"
        )
        command.add_argument("--by", default=None, help="who decides (default: your login)")
        command.set_defaults(command=_decide, approved=approved)


def _decide(options: argparse.Namespace) -> int:
    from meta_ads.launching.approval import Person, decide
    from meta_ads.store.database import Database
    from meta_ads.store.launch_ledger import PostgresLaunchLedger, UnknownLaunch

    if len(options.plan) < SHORTEST_HASH:
        raise FixInput(f"--plan wants at least {SHORTEST_HASH} characters of the plan's hash.")
    login = getpass.getuser()
    # Whoever acts under another name still cannot approve what their login triggered.
    person = Person(options.by or login, login)
    with closing(Database(database_url())) as database:
        ledger = PostgresLaunchLedger(database)
        try:
            launch = decide(ledger, options.campaign_id, options.approved, person, options.plan)
        except UnknownLaunch:
            raise FixInput(
                f"No launch {options.campaign_id}; `adlaunch status` lists them."
            ) from None
    word = "approved" if options.approved else "rejected"
    print(f"Plan {launch.target.hash[:12]} of {launch.campaign_id} is {word}.")
    return 0


def decision_text(row: Mapping[str, Any]) -> str:
    """Return what people decided on a launch of the query `launches`; empty when nobody must."""
    if not row["approval_required"]:
        return ""
    if row["decided_by"] is None:
        return f"waits for an approval of plan {row['plan_hash'][:12]}"
    at = f"{row['decided_at']:%F %H:%M} UTC"
    if not row["approved"]:
        return f"rejected by {row['decided_by']} at {at}"
    ends = f", counts until {row['expires_at']:%F %H:%M} UTC" if row["expires_at"] else ""
    if not row["counts"]:
        ends = f", expired at {row['expires_at']:%F %H:%M} UTC"
    return f"approved by {row['decided_by']} at {at}{ends}"
