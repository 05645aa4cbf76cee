"""`adlaunch pause` and `resume`: switch a live launch off for a while, and on again."""

from __future__ import annotations

import argparse
import getpass
from contextlib import closing
from typing import Any

from meta_ads.cli.connections import database_url, graph_settings
from meta_ads.errors import FixInput


def add_switches(commands: Any) -> None:
    """Add both commands to the parser's `commands`."""
    for name, words in (
        ("pause", "switch a live launch off for a while"),
        ("resume", "switch a paused launch on again, by the rules of going live"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("campaign_id")
        command.add_argument("--by", default=None, help="who decides (default: your login)")
        command.set_defaults(command=_switch, word=name)


def _switch(options: argparse.Namespace) -> int:
    from meta_ads.campaigns.accounts import load_accounts
    from meta_ads.graph.platform import MetaPlatform
    from meta_ads.launching.pausing import pause, resume
    from meta_ads.store.database import Database
    from meta_ads.store.launch_ledger import PostgresLaunchLedger, UnknownLaunch
    from meta_ads.store.step_ledger import PostgresStepLedger

    name, by = options.campaign_id, options.by or getpass.getuser()
    with closing(Database(database_url())) as database:
        launches, steps = PostgresLaunchLedger(database), PostgresStepLedger(database)
        try:
            launch = launches.launch(name)
            if options.word == "pause":
                # First of all, whatever there is to say of connections and of Meta.
                launch = launches.pause(name, by)
            account = load_accounts(options.home).find(launch.account_id)
            switch = pause if options.word == "pause" else resume
            meta = MetaPlatform(graph_settings(account))
            switch(name, by, meta, launches, steps, lambda text, *values: print(text % values))
        except UnknownLaunch:
            raise FixInput(f"No launch {name}; `adlaunch status` lists them.") from None
    return 0
