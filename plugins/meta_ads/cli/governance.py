"""`adlaunch requests` and `adlaunch names`: who asked for what, and which names are wrong."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from meta_ads.cli.connections import database_url


def add_commands(commands: Any) -> None:
    """Add both commands to the parser's."""
    requests = commands.add_parser(
        "requests", help="show who asked for which launch, and what became of it"
    )
    requests.add_argument("campaign_id", nargs="?", help="show its whole history")
    requests.set_defaults(command=_requests)

    names = commands.add_parser(
        "names", help="show names at Meta that do not keep configs/taxonomy.yaml"
    )
    names.add_argument("account_id", nargs="?", help="default: every account")
    names.set_defaults(command=_names)


def _requests(options: argparse.Namespace) -> int:
    from meta_ads.store.database import Database
    from meta_ads.store.request_ledger import PostgresRequestLedger

    with closing(Database(database_url())) as database:
        ledger = PostgresRequestLedger(database)
        rows = ledger.requests(options.campaign_id)
        for row in rows:
            print("\n".join(request_lines(row)))
            if options.campaign_id:
                for event in ledger.history(row["id"]):
                    print(f"  {event['at']:%Y-%m-%d %H:%M:%S} UTC  {event['state']}")
    if not rows:
        print("No such request." if options.campaign_id else "Nothing was asked for yet.")
        return 1 if options.campaign_id else 0
    return 0


def request_lines(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield a request for people, and below it why it failed."""
    file = f"  file {row['file_digest'][:12]}" if row["file_digest"] else ""
    plan = f"  plan {row['plan_hash'][:12]}" if row["plan_hash"] else ""
    asked = f"{row['created_at']:%Y-%m-%d %H:%M} UTC by {row['requested_by']}"
    yield f"{row['campaign_id']}  {row['state']}  {asked}  {row['run_id']}{file}{plan}"
    if row["note"]:
        yield f"  note: {row['note']}"
    for line in (row["reason"] or "").splitlines():
        yield f"  {line}"


def _names(options: argparse.Namespace) -> int:
    from meta_ads.store.database import Database
    from meta_ads.store.names import NameStore

    with closing(Database(database_url())) as database:
        rows = [
            row
            for row in NameStore(database).findings()
            if options.account_id in (None, row["account_id"])
        ]
    for row in rows:
        kind = row["kind"].replace("_", " ")
        print(f"{row['account_id']}  {row['severity']}  {kind} {row['object_id']} “{row['name']}”")
        print(f"  {row['message']} Since {row['first_seen_at']:%Y-%m-%d}.")
    if not rows:
        print("No name is wrong, as of the last run of sync_statuses.")
    return 0
