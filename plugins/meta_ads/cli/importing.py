"""`adlaunch import`: a campaign file of what is at Meta."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from meta_ads.campaigns.accounts import load_accounts
from meta_ads.campaigns.loader import load_campaigns
from meta_ads.cli.connections import graph_settings
from meta_ads.errors import FixInput, InvalidCampaign
from meta_ads.launching.importing import Imported, import_campaign

OK, PROBLEM = 0, 1


def run_import(options: argparse.Namespace) -> int:
    """Write the file; 0 when it says everything that is at Meta, 1 when a person must look."""
    from meta_ads.graph.platform import MetaPlatform

    accounts = load_accounts(options.home)
    account = accounts.find(options.account)
    if account is None:
        if accounts.problems:
            raise InvalidCampaign(accounts.problems)
        raise FixInput(f"No account {options.account}; there are {', '.join(accounts.by_key)}.")
    tree = MetaPlatform(graph_settings(account)).campaign_tree(options.meta_id)
    name = options.campaign_id or _slug(str(tree.campaign.get("name") or ""))
    _refuse_taken(options.home, name)
    found = import_campaign(tree, account, accounts, name, datetime.now(UTC))
    _write(found, options.out)
    for line in (*found.notes, *found.differences):
        print(line, file=sys.stderr)
    return PROBLEM if found.differences else OK


def _slug(name: str) -> str:
    """Return a campaign_id made of a name: `Spring Sale [#…]` is `spring_sale`."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"\[#\w+\]$", "", name).lower())
    return "_".join(words)[:80] or "imported"


def _refuse_taken(home: Path, campaign_id: str) -> None:
    """Raise for an id that a file has: two files of one id would take both launches away."""
    sources = load_campaigns(home).sources.values()
    taken = next((one for one in sources if one.text("campaign_id") == campaign_id), None)
    if taken is not None:
        raise FixInput(
            f"{taken.file} has campaign_id {campaign_id} already. Choose another one with "
            "--campaign-id."
        )


def _write(found: Imported, out: Path | None) -> None:
    if out is None:
        print(found.text, end="")
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(found.text)
    except FileExistsError:
        raise FixInput(f"{out} exists already; nothing was written.") from None
    except OSError as error:
        raise FixInput(f"{out} cannot be written ({error.strerror}).") from None
    print(f"Wrote {out}. Check it with adlaunch plan {out} --offline.", file=sys.stderr)
