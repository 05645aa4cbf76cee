"""Reading objects: one by its id, or all of an account in few calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from meta_ads.errors import RejectedByMeta
from meta_ads.graph.client import GraphClient, checked_id
from meta_ads.graph.creates import NOUNS
from meta_ads.graph.edges import EDGES, STATE_FIELDS
from meta_ads.planning.step import StepKind

#: Objects of a page where all of an account are read: few calls, and halved by Meta's wish.
LARGE_PAGE = 500


def read(client: GraphClient, object_id: str, fields: Sequence[str]) -> Mapping[str, Any]:
    """Return the fields of one object; RejectedByMeta when it does not exist."""
    return client.get(f"read {object_id}", checked_id(object_id), fields=",".join(fields))


def account_objects(client: GraphClient, account_id: str) -> Iterator[Mapping[str, Any]]:
    """Yield the state of every campaign, ad set and ad, archived ones included.

    Each mapping is Meta's own (`edges.STATE_FIELDS`) plus `kind`. Deleted objects never appear in
    lists: ask `objects_by_id` for those that are missing.
    """
    for kind in (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD):
        for item in listed(client, account_id, kind):
            yield {**item, "kind": kind.value}


def listed(client: GraphClient, account_id: str, kind: StepKind) -> Iterator[Mapping[str, Any]]:
    """Yield everything on one edge of an account, with the fields of `edges.STATE_FIELDS`."""
    edge = EDGES[kind]
    parameters: dict[str, Any] = {"fields": STATE_FIELDS[kind]}
    if edge.statuses:
        parameters["effective_status"] = list(edge.statuses)
    doing = f"list every {NOUNS[kind]} of {account_id}"
    return client.pages(
        doing, checked_id(account_id), edge.path, page_size=LARGE_PAGE, **parameters
    )


def objects_by_id(
    client: GraphClient, kind: StepKind, object_ids: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    """Yield the state of each object that can still be read, one call each; skip those gone.

    Several at once cannot be asked any more: Meta ended `?ids=` in October 2026.
    """
    for object_id in object_ids:
        try:
            item = read(client, object_id, [STATE_FIELDS[kind]])
        except RejectedByMeta:
            continue
        yield {**item, "kind": kind.value}


def exists(client: GraphClient, object_id: str) -> bool:
    """Whether a page, pixel or any other object can be seen with our token."""
    try:
        read(client, object_id, ["id"])
    except RejectedByMeta:
        return False
    return True
