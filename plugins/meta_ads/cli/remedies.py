"""`adlaunch withdraw`, `reconcile` and `release`: what a person does about a launch that stands."""

from __future__ import annotations

import argparse
import getpass
import os
import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Any

from meta_ads.cli.connections import database_url, graph_settings
from meta_ads.errors import FixInput, StopAndAsk

if TYPE_CHECKING:
    from meta_ads.store.database import Database

OK = 0


def add_remedies(commands: Any) -> None:
    """Add the commands to the parser's `commands`."""
    withdraw = commands.add_parser(
        "withdraw", help="take a launch back: paused at Meta now, and never activated again"
    )
    withdraw.add_argument("campaign_id")
    withdraw.add_argument("--by", default=None, help="who withdraws (default: your login)")
    withdraw.set_defaults(command=_withdraw)

    reconcile = commands.add_parser(
        "reconcile", help="take unfinished launches on now, as the DAG reconcile_launches does"
    )
    reconcile.add_argument("campaign_id", nargs="*", help="default: every unfinished launch")
    reconcile.set_defaults(command=_reconcile)

    release = commands.add_parser(
        "release", help="decide a HELD step, after looking for its object in Ads Manager"
    )
    release.add_argument("step_key", help="as the error names it")
    release.add_argument("--object-id", help="the object's id; without it, none exists")
    release.add_argument("--by", default=None, help="who decides (default: your login)")
    release.set_defaults(command=_release)


def _withdraw(options: argparse.Namespace) -> int:
    from meta_ads.campaigns.accounts import load_accounts
    from meta_ads.graph.platform import MetaPlatform
    from meta_ads.launching.withdrawal import withdraw
    from meta_ads.store.database import Database
    from meta_ads.store.launch_ledger import PostgresLaunchLedger, UnknownLaunch
    from meta_ads.store.step_ledger import PostgresStepLedger

    with closing(Database(database_url())) as database:
        launches, by = PostgresLaunchLedger(database), options.by or getpass.getuser()
        try:
            # First of all, whatever there is to say of connections and of Meta.
            account_id = launches.withdraw(options.campaign_id, by).account_id
            withdraw(
                options.campaign_id,
                by,
                MetaPlatform(graph_settings(load_accounts(options.home).find(account_id))),
                launches,
                PostgresStepLedger(database),
                lambda message, *values: print(message % values),
            )
        except UnknownLaunch:
            raise FixInput(
                f"No launch {options.campaign_id}; `adlaunch status` lists them."
            ) from None
    return OK


def _reconcile(options: argparse.Namespace) -> int:
    from meta_ads.store.database import Database

    with closing(Database(database_url())) as database:
        return _take_on(options, database)


def _take_on(options: argparse.Namespace, database: Database) -> int:
    from meta_ads.campaigns.accounts import load_accounts
    from meta_ads.graph.platform import MetaPlatform
    from meta_ads.launching.reconciliation import Reconciler
    from meta_ads.launching.timing import Rhythm
    from meta_ads.media.files import CreativeFiles
    from meta_ads.store.launch_ledger import PostgresLaunchLedger, UnknownLaunch
    from meta_ads.store.step_ledger import PostgresStepLedger

    rhythm = Rhythm()
    launches, steps = PostgresLaunchLedger(database), PostgresStepLedger(database)
    accounts = load_accounts(options.home)
    worker = f"adlaunch@{os.getpid()}-{uuid.uuid4().hex[:12]}"

    def reconciler(campaign_id: str) -> Reconciler:
        account = accounts.find(launches.launch(campaign_id).account_id)
        return Reconciler(
            MetaPlatform(graph_settings(account)),
            launches,
            steps,
            CreativeFiles(options.home / "creatives"),
            worker,
            lambda message, *values: print(message % values),
        )

    problems = [row["last_error"] for row in steps.held()]
    try:
        for campaign_id in options.campaign_id or launches.unfinished(rhythm.idle, rhythm.watch):
            outcome = reconciler(campaign_id).drive(campaign_id)
            print(f"{campaign_id}  {outcome.state}")
            problems.extend(outcome.problems)
    except UnknownLaunch as unknown:
        raise FixInput(f"No launch {unknown}; `adlaunch status` lists them.") from None
    if problems:
        raise StopAndAsk("\n".join(problems))
    return OK


def _release(options: argparse.Namespace) -> int:
    from meta_ads.store.database import Database
    from meta_ads.store.step_ledger import PostgresStepLedger

    with closing(Database(database_url())) as database:
        PostgresStepLedger(database).release(
            options.step_key, options.object_id, options.by or getpass.getuser()
        )
    known = f"is object {options.object_id}" if options.object_id else "may be created again"
    print(f"{options.step_key} {known}. Trigger the launch again.")
    return OK
