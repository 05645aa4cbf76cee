"""The check of live names, with its summary in a task's log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from logging import Logger
from pathlib import Path

from meta_ads.campaigns.accounts import load_accounts
from meta_ads.errors import InvalidCampaign
from meta_ads.governance.taxonomy_file import load_taxonomy
from meta_ads.syncing.names import LiveNames, check_names


def checked_names(
    home: Path, account_ids: Sequence[str], names: LiveNames, log: Logger
) -> dict[str, dict[str, int]]:
    """Check the names of each account, log what is wrong, and return the counts by account.

    With a taxonomy that has errors nothing is judged by it: the findings stay as they are.
    """
    accounts, taxonomy = load_accounts(home), load_taxonomy(home)
    if taxonomy.problems:
        log.warning("Names were not checked. %s", InvalidCampaign(taxonomy.problems))
        return {}
    names.mirror(taxonomy.codes())
    counts = {}
    for account_id in account_ids:
        count, found = check_names(account_id, accounts.find(account_id), taxonomy, names)
        counts[account_id] = asdict(count)
        log.info(
            "%s: %s names, %s wrong, %s findings new",
            account_id,
            count.seen,
            count.wrong,
            count.new,
        )
        for item, finding in found:
            log.warning("%s %s “%s” %s", finding.object, item.object_id, item.name, finding.message)
    return counts
