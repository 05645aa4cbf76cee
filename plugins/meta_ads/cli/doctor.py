"""`adlaunch doctor`: is everything in order that launches need?"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from meta_ads.cli.connections import database_url, settings_of, variable_of
from meta_ads.errors import FixInput, InvalidCampaign

OK, PROBLEM = 0, 1


def run_doctor(options: argparse.Namespace) -> int:
    """Print what was found of database, tokens and accounts; 1 when a person must act."""
    from meta_ads.campaigns.accounts import load_accounts
    from meta_ads.graph.platform import MetaPlatform
    from meta_ads.launching.diagnosis import Finding, Grade, diagnose
    from meta_ads.store.migrate import newest_revision, revision

    accounts = load_accounts(options.home)
    if accounts.problems:
        raise InvalidCampaign(accounts.problems)
    wanted = [accounts.find(name) for name in options.account]
    if None in wanted:
        raise FixInput(f"No such account; there are {', '.join(sorted(accounts.by_key))}.")
    chosen = [account for account in wanted if account] or list(accounts.by_key.values())
    at, newest = revision(database_url()), newest_revision()
    database = Finding(Grade.OK, "database", f"at revision {at}, the newest")
    if at != newest:
        behind = f"at revision {at or 'none'}, this version wants {newest}"
        database = Finding(Grade.PROBLEM, "database", behind, "Run adlaunch migrate.")
    print(database)
    worst = {database.grade}
    names = dict.fromkeys(name for account in chosen for name in account.connections)
    for name in names:
        served = [account for account in chosen if name in account.connections]
        meta = MetaPlatform(settings_of(variable_of(name)))
        subject = "token" if len(names) == 1 else f"token of {name}"
        for finding in diagnose(served, meta, datetime.now(UTC), subject):
            print(finding)
            worst.add(finding.grade)
    return PROBLEM if Grade.PROBLEM in worst else OK
