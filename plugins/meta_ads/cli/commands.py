"""What `adlaunch` can do; every command prints for people and answers with an exit code.

0: well. 1: the input has problems, or a person must decide. 2: the command was called wrongly.
3: well, and there is something to do (`plan --detailed-exitcode`). 75: try again later.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from meta_ads.cli.approvals import add_decisions
from meta_ads.cli.connections import database_url
from meta_ads.cli.doctor import run_doctor
from meta_ads.cli.governance import add_commands as add_governance
from meta_ads.cli.monitoring import add_metrics
from meta_ads.cli.pausing import add_switches
from meta_ads.cli.remedies import add_remedies
from meta_ads.cli.status import add_status
from meta_ads.errors import FixInput, InvalidCampaign, MetaAdsError, StopAndAsk, apart, listed

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

    add_status(commands)
    add_governance(commands)
    add_metrics(commands)
    add_remedies(commands)
    add_switches(commands)
    add_decisions(commands)

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


def _migrate(options: argparse.Namespace) -> int:
    from meta_ads.store.migrate import migrate

    print(f"The database is at revision {migrate(database_url())}.")
    return OK
