"""Bring the state of every campaign, ad set and ad of an account into Postgres.

Meta is the source of truth; nothing is sent. An account costs a few calls (its edges, page by
page) however many objects it has; only objects that left the lists are asked for one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from meta_ads.planning.step import StepKind

PARENT_FIELD = {StepKind.AD_SET: "campaign_id", StepKind.AD: "adset_id"}


@dataclass(frozen=True, slots=True)
class ObjectStatus:
    """What Meta says of one object. Budgets in minor units; times are aware."""

    object_id: str
    kind: StepKind
    parent_id: str | None
    name: str
    status: str
    effective_status: str
    daily_budget: int | None
    lifetime_budget: int | None
    start_time: datetime | None
    end_time: datetime | None
    review: Any
    issues: Any
    created_time: datetime | None
    updated_time: datetime | None


@dataclass(frozen=True, slots=True)
class SyncCounts:
    """How many objects were seen, and how many of them had changed since the last time."""

    seen: int
    changed: int


class _Account(Protocol):
    @property
    def currency(self) -> str:
        """ISO 4217."""


class StatusReads(Protocol):
    """Meta, as a status sync sees it. Raises as `AdPlatform` reads do."""

    def account_facts(self, account_id: str) -> _Account:
        """Return the account's currency."""

    def account_objects(self, account_id: str) -> Iterator[Mapping[str, Any]]:
        """Yield every object on the account's edges, with its `kind`."""

    def objects_by_id(
        self, kind: StepKind, object_ids: Sequence[str]
    ) -> Iterator[Mapping[str, Any]]:
        """Yield each of these objects that can still be read."""


class Statuses(Protocol):
    """The status tables."""

    def known(self, account_id: str) -> Mapping[str, StepKind]:
        """Return every object of the account that is ours or was seen, unless seen deleted."""

    def save(self, account_id: str, currency: str, objects: Iterable[ObjectStatus]) -> SyncCounts:
        """Write the current rows, and a history row for each change, in one transaction."""


def sync_account(account_id: str, meta: StatusReads, statuses: Statuses) -> SyncCounts:
    """Sync one account; nothing is written unless every page was read."""
    currency = meta.account_facts(account_id).currency
    objects = [object_status(item) for item in meta.account_objects(account_id)]
    listed = {item.object_id for item in objects}
    gone = {key: kind for key, kind in statuses.known(account_id).items() if key not in listed}
    objects.extend(_read(meta, gone))
    return statuses.save(account_id, currency, objects)


def sync_objects(
    account_id: str, ids: Mapping[str, StepKind], meta: StatusReads, statuses: Statuses
) -> SyncCounts:
    """Sync only these objects, such as those of one campaign: one call each."""
    currency = meta.account_facts(account_id).currency
    return statuses.save(account_id, currency, list(_read(meta, ids)))


def object_status(item: Mapping[str, Any]) -> ObjectStatus:
    """Return Meta's mapping as a value. KeyError when a field that is always there is missing."""
    kind = StepKind(item["kind"])
    parent = PARENT_FIELD.get(kind)
    return ObjectStatus(
        object_id=item["id"],
        kind=kind,
        parent_id=item.get(parent) if parent else None,
        name=item["name"],
        status=item["status"],
        effective_status=item["effective_status"],
        daily_budget=_minor(item.get("daily_budget")),
        lifetime_budget=_minor(item.get("lifetime_budget")),
        start_time=_moment(item.get("start_time")),
        end_time=_moment(item.get("stop_time") or item.get("end_time")),
        review=item.get("ad_review_feedback"),
        issues=item.get("issues_info"),
        created_time=_moment(item.get("created_time")),
        updated_time=_moment(item.get("updated_time")),
    )


def _read(meta: StatusReads, ids: Mapping[str, StepKind]) -> Iterator[ObjectStatus]:
    for kind in (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD):
        wanted = [object_id for object_id, its in ids.items() if its is kind]
        for item in meta.objects_by_id(kind, wanted) if wanted else ():
            yield object_status(item)


def _minor(value: Any) -> int | None:
    """Return a budget; Meta says 0 where there is none."""
    return int(value) or None if value not in (None, "") else None


def _moment(value: Any) -> datetime | None:
    """Return Meta's `2026-11-21T12:00:00+0800`."""
    return datetime.fromisoformat(value) if value else None
