"""Bring the state of an account, and of everything in it, into Postgres.

Meta is the source of truth; nothing is sent. An account costs a few calls (its edges, page by
page) however many objects it has; only objects that left the lists are asked for one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from meta_ads.planning.step import StepKind
from meta_ads.syncing.ad_accounts import AccountRow
from meta_ads.syncing.creatives import CreativeRow, creative_row
from meta_ads.syncing.object_statuses import ObjectStatus, object_status
from meta_ads.syncing.videos import VideoRow, video_row

Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account and what Meta showed of it, as Meta shows it.

    `objects` are campaigns, ad sets and ads, each with its `kind`. `whole`: every list was read to
    its end, so that a creative or video that is not here is in no list any more.
    """

    account: AccountRow
    objects: Sequence[Shown]
    creatives: Sequence[Shown] = ()
    videos: Sequence[Shown] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class SyncedRows:
    """The same as the tables keep it."""

    account: AccountRow
    objects: Sequence[ObjectStatus]
    creatives: Sequence[CreativeRow] = ()
    videos: Sequence[VideoRow] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class SyncCounts:
    """How many objects were seen, and how many of them had changed since the last time."""

    seen: int
    changed: int


class StatusReads(Protocol):
    """Meta, as a status sync sees it. Raises as `AdPlatform` reads do."""

    def account_row(self, account_id: str) -> AccountRow:
        """Return the account itself."""

    def account_objects(self, account_id: str) -> Iterator[Shown]:
        """Yield every campaign, ad set and ad on the account's edges, with its `kind`."""

    def account_creatives(self, account_id: str) -> Iterator[Shown]:
        """Yield every creative of the account."""

    def account_videos(self, account_id: str) -> Iterator[Shown]:
        """Yield every video of the account."""

    def objects_by_id(self, kind: StepKind, object_ids: Sequence[str]) -> Iterator[Shown]:
        """Yield each of these objects that can still be read."""


class Statuses(Protocol):
    """The status tables."""

    def known(self, account_id: str) -> Mapping[str, StepKind]:
        """Return every object of the account that is ours or was seen, unless seen deleted."""

    def save(self, rows: SyncedRows) -> SyncCounts:
        """Write the current rows, and a history row for each change, in one transaction."""


def read_account(account_id: str, meta: StatusReads, statuses: Statuses) -> AccountState:
    """Read everything of an account; whatever breaks off raises, and nothing was written."""
    account = meta.account_row(account_id)
    objects = _once(meta.account_objects(account_id))
    listed = {item["id"] for item in objects}
    gone = {key: kind for key, kind in statuses.known(account_id).items() if key not in listed}
    return AccountState(
        account,
        [*objects, *_read(meta, gone)],
        _once(meta.account_creatives(account_id)),
        _once(meta.account_videos(account_id)),
    )


def sync_account(account_id: str, meta: StatusReads, statuses: Statuses) -> SyncCounts:
    """Sync one account; nothing is written unless every page was read."""
    return statuses.save(rows_of(read_account(account_id, meta, statuses)))


def sync_objects(
    account_id: str, ids: Mapping[str, StepKind], meta: StatusReads, statuses: Statuses
) -> SyncCounts:
    """Sync only these objects, such as those of one campaign: one call each."""
    account = meta.account_row(account_id)
    return statuses.save(rows_of(AccountState(account, list(_read(meta, ids)), whole=False)))


def rows_of(state: AccountState) -> SyncedRows:
    """Return what Meta showed as rows. KeyError when a field that is always there is missing."""
    return SyncedRows(
        state.account,
        [object_status(item) for item in state.objects],
        [creative_row(item) for item in state.creatives],
        [video_row(item) for item in state.videos],
        state.whole,
    )


def _once(items: Iterable[Shown]) -> list[Shown]:
    """Return each object once, as it was shown last: lists shift while they are read."""
    return list({item["id"]: item for item in items}.values())


def _read(meta: StatusReads, ids: Mapping[str, StepKind]) -> Iterator[Shown]:
    for kind in (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD):
        wanted = [object_id for object_id, its in ids.items() if its is kind]
        if wanted:
            yield from meta.objects_by_id(kind, wanted)
