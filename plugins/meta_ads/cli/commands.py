"""What `adlaunch` can do; every command prints for people and answers with an exit code.

0: well. 1: the input has problems, or a person must decide. 2: the command was called wrongly.
3: well, and there is something to do (`plan --detailed-exitcode`). 75: try again later.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from meta_ads.cli.approvals import add_decisions, decision_text
from meta_ads.cli.connections import database_url, graph_settings
from meta_ads.cli.doctor import run_doctor
from meta_ads.cli.governance import add_commands as add_governance
from meta_ads.cli.governance import request_lines
from meta_ads.cli.monitoring import add_metrics
from meta_ads.cli.pausing import add_switches
from meta_ads.errors import FixInput, InvalidCampaign, MetaAdsError, StopAndAsk, apart, listed

if TYPE_CHECKING:
    from meta_ads.store.database import Database

OK, PROBLEM, TRY_LATER = 0, 1, 75


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except (FixInput, StopAndAsk) as error:
        print(error, file=sys.stderr)
        return PROBLEM
    except MetaAdsError as error:
        print(error, file=sys.stderr)
        return TRY_LATER


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="adlaunch",
        description="Launch Meta campaigns from files. Connections come from the environment "
        "variables AIRFLOW_CONN_META_ADS_DEFAULT and AIRFLOW_CONN_META_ADS_DB.",
    )
    parser.add_argument(
        "--home",
        type=Path,
        default=Path(os.environ.get("ADLAUNCH_HOME", ".")),
        help="the folder with include/campaigns, configs and creatives (default: ADLAUNCH_HOME, "
        "else the current folder)",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    validate = commands.add_parser(
        "validate", help="check campaign files and their media; needs neither Meta nor Postgres"
    )
    validate.add_argument("campaign_id", nargs="*", help="default: every file")
    validate.set_defaults(command=_validate)

    plan = commands.add_parser(
        "plan", help="check everything, also at Meta, and show what triggering would do"
    )
    plan.add_argument("campaign", help="a campaign_id, or the path of a campaign file")
    plan.add_argument(
        "--offline",
        action="store_true",
        help="ask neither Meta nor Postgres: check the file and its media, and show the plan as if "
        "nothing were launched yet",
    )
    plan.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="text (the default) and markdown for people; json as planning/plan.schema.json says",
    )
    plan.add_argument(
        "--detailed-exitcode",
        action="store_true",
        help="exit with 3 instead of 0 when triggering would create or change anything",
    )
    plan.set_defaults(command=_plan)

    importing = commands.add_parser(
        "import", help="write a campaign file of a campaign that is at Meta; changes nothing there"
    )
    importing.add_argument("meta_id", metavar="CAMPAIGN_META_ID", help="the campaign's id at Meta")
    importing.add_argument("--account", required=True, help="its account in configs/accounts.yaml")
    importing.add_argument("--campaign-id", help="for the file (default: made of the name)")
    importing.add_argument("--out", type=Path, help="a new file (default: print it)")
    importing.set_defaults(command=_import)

    schema = commands.add_parser(
        "schema", help="print the JSON Schema by which editors complete campaign files"
    )
    schema.set_defaults(command=_schema)

    doctor = commands.add_parser(
        "doctor", help="check token, accounts, pages, pixels and the database, with remedies"
    )
    doctor.add_argument(
        "account", nargs="*", help="default: every account of configs/accounts.yaml"
    )
    doctor.set_defaults(command=run_doctor)

    status = commands.add_parser("status", help="show launches, or the steps of one")
    status.add_argument("campaign_id", nargs="?")
    status.set_defaults(command=_status)

    add_governance(commands)
    add_metrics(commands)

    withdraw = commands.add_parser(
        "withdraw", help="take a launch back: paused at Meta now, and never activated again"
    )
    withdraw.add_argument("campaign_id")
    withdraw.add_argument("--by", default=None, help="who withdraws (default: your login)")
    withdraw.set_defaults(command=_withdraw)

    add_switches(commands)
    add_decisions(commands)

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

    migrate = commands.add_parser("migrate", help="bring the database to the newest schema")
    migrate.set_defaults(command=_migrate)
    return parser


def _validate(options: argparse.Namespace) -> int:
    from meta_ads.launching.preflight import offline_problems
    from meta_ads.media.inspection import MediaInspector

    media = MediaInspector(options.home / "creatives")
    checked, problems = offline_problems(
        options.home, media, datetime.now(UTC), options.campaign_id
    )
    errors, warnings = apart(problems)
    if errors:
        raise InvalidCampaign(problems)
    print(f"{checked} campaign file{'s' if checked != 1 else ''} checked, no problem found.")
    if warnings:
        print(listed(warnings))
    return OK


def _plan(options: argparse.Namespace) -> int:
    from meta_ads.cli.planning import show_plan

    return show_plan(options)


def _import(options: argparse.Namespace) -> int:
    from meta_ads.cli.importing import run_import

    return run_import(options)


def _schema(options: argparse.Namespace) -> int:
    from meta_ads.campaigns.json_schema import campaign_schema

    reference = options.home / "include/campaigns/README.md"
    words = reference.read_text() if reference.exists() else ""
    print(json.dumps(campaign_schema(words), indent=2, ensure_ascii=False))
    return OK


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
        return OK if options.campaign_id is None else PROBLEM
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


def _migrate(options: argparse.Namespace) -> int:
    from meta_ads.store.migrate import migrate

    print(f"The database is at revision {migrate(database_url())}.")
    return OK
