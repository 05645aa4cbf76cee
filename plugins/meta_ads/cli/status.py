"""`adlaunch status`: what was launched, and how far it is."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import TYPE_CHECKING, Any

from meta_ads.cli.approvals import decision_text
from meta_ads.cli.connections import database_url
from meta_ads.cli.governance import request_lines

if TYPE_CHECKING:
    from meta_ads.store.database import Database

OK, UNKNOWN = 0, 1


def add_status(commands: Any) -> None:
    """Add the command to the parser's `commands`."""
    status = commands.add_parser("status", help="show launches, or the steps of one")
    status.add_argument("campaign_id", nargs="?")
    status.set_defaults(command=_status)


def _status(options: argparse.Namespace) -> int:
    from meta_ads.store.database import Database

    with closing(Database(database_url())) as database:
        return _show_status(options, database)


def _show_status(options: argparse.Namespace, database: Database) -> int:
    from meta_ads.store.launch_ledger import PostgresLaunchLedger
    from meta_ads.store.notices import NoticeStore
    from meta_ads.store.request_ledger import PostgresRequestLedger

    ledger = PostgresLaunchLedger(database)
    launches = [
        row for row in ledger.launches() if options.campaign_id in (None, row["campaign_id"])
    ]
    if not launches:
        print("Nothing was launched yet." if options.campaign_id is None else "No such launch.")
        return OK if options.campaign_id is None else UNKNOWN
    for row in launches:
        when = f"{row['activate_at']:%Y-%m-%d %H:%M} UTC" if row["activate_at"] else "not scheduled"
        print(f"{row['campaign_id']}  {row['state']}  {row['account_id']}  goes live: {when}")
        if decision := decision_text(row):
            print(f"  {decision}")
        if row["last_error"]:
            print(f"  last error: {row['last_error']}")
    if options.campaign_id is not None:
        for step in ledger.steps(options.campaign_id):
            print(f"  {step['state']:8} {step['kind']:8} {step['object_id'] or '-'}")
            if step["last_error"]:
                print(f"           {step['last_error']}")
        for request in PostgresRequestLedger(database).requests(options.campaign_id, most=1):
            print("  last asked for:")
            for line in request_lines(request):
                print(f"  {line}")
    else:
        for notice in NoticeStore(database).open():
            print(f"\nA person is needed, since {notice.since:%F %H:%M} UTC:\n  {notice.text}")
    return OK
