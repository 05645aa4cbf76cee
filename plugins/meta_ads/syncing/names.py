"""Check the names of what stands at Meta, from the statuses that were synced; Meta is not asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from meta_ads.campaigns.account import Account
from meta_ads.governance.findings import Finding
from meta_ads.governance.live_names import LiveObject, live_findings
from meta_ads.governance.taxonomy import Entry, Taxonomy


@dataclass(frozen=True, slots=True)
class NameCounts:
    """How many names were looked at, how many are wrong, and how many of those were not before."""

    seen: int
    wrong: int
    new: int


class LiveNames(Protocol):
    """The names of objects at Meta, and what was found wrong with them."""

    def live(self, account_id: str) -> Sequence[LiveObject]:
        """Return what stands at Meta: neither deleted nor archived, when it was last synced."""

    def save(self, account_id: str, found: Iterable[tuple[LiveObject, Finding]]) -> int:
        """Make these the account's findings; return how many are new.

        What is no longer found goes; what still is keeps the time it was first seen.
        """

    def mirror(self, codes: Iterable[tuple[str, Entry]]) -> None:
        """Make these the known brands, markets and channels; what is not among them is inactive."""


def check_names(
    account_id: str, account: Account | None, taxonomy: Taxonomy, names: LiveNames
) -> tuple[NameCounts, Sequence[tuple[LiveObject, Finding]]]:
    """Judge every name of an account; return the counts and the findings."""
    objects = names.live(account_id)
    found = list(live_findings(objects, account, taxonomy))
    new = names.save(account_id, found)
    wrong = len({item.object_id for item, _ in found})
    return NameCounts(len(objects), wrong, new), found
