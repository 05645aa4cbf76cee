"""Finding our objects again: by the marker in their label, and by the marker in their name.

Both ways are always taken: a person may rename an object or remove its label, hardly both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from meta_ads.errors import RejectedByMeta
from meta_ads.graph.client import GraphClient, checked_id
from meta_ads.graph.creates import NOUNS
from meta_ads.graph.edges import EDGES, Edge
from meta_ads.launching.ports import FoundObject
from meta_ads.planning.step import StepKind

LABEL_PREFIX = "adlaunch:"
_WRONG_PARAMETER = 100
_MISSING_OBJECT = 33


def find(
    client: GraphClient, kind: StepKind, account_id: str, marker: str
) -> Sequence[FoundObject]:
    """Return every object of `kind` that carries the marker, each once, sorted by id.

    Videos and images carry no labels: they are told by title and file name. An image's id is its
    hash.
    """
    checked_id(account_id)
    edge = EDGES[kind]
    doing = f"look in {account_id} for the {NOUNS[kind]} with marker {marker}"
    found: dict[str, FoundObject] = {}
    for item in _by_label(client, edge, account_id, marker, doing):
        _collect(found, edge, item)
    for item in _by_name(client, edge, account_id, marker, doing):
        if _carries(item, edge, marker):
            _collect(found, edge, item)
    return sorted(found.values(), key=lambda item: (len(item.object_id), item.object_id))


def _by_label(
    client: GraphClient, edge: Edge, account_id: str, marker: str, doing: str
) -> Iterator[Mapping[str, Any]]:
    if edge.by_label is None:
        return
    name = LABEL_PREFIX + marker
    labels = _filtered(
        client,
        doing,
        (account_id, "adlabels"),
        {"fields": "id,name"},
        {"field": "name", "operator": "EQUAL", "value": name},
    )
    ids = [str(label["id"]) for label in labels if label.get("name") == name and "id" in label]
    if ids:
        yield from client.pages(
            doing,
            account_id,
            edge.by_label,
            ad_label_ids=ids,
            operator="ANY",
            fields=",".join(edge.fields),
        )


def _by_name(
    client: GraphClient, edge: Edge, account_id: str, marker: str, doing: str
) -> Iterable[Mapping[str, Any]]:
    parameters: dict[str, Any] = {"fields": ",".join(edge.fields)}
    if edge.statuses:
        parameters["effective_status"] = list(edge.statuses)
    path = (account_id, edge.path)
    if not edge.filters_names:
        return client.pages(doing, *path, **parameters)
    wanted = {"field": edge.name_field, "operator": "CONTAIN", "value": f"[#{marker}]"}
    return _filtered(client, doing, path, parameters, wanted)


def _filtered(
    client: GraphClient,
    doing: str,
    path: tuple[str, ...],
    parameters: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> list[Mapping[str, Any]]:
    """Return the items that pass the filter, or all of them where the edge takes no filter.

    Meta documents `filtering` for few edges though more take it, so callers compare again.
    """
    try:
        return list(client.pages(doing, *path, **parameters, filtering=[wanted]))
    except RejectedByMeta as refusal:
        fault = refusal.fault
        if fault.code != _WRONG_PARAMETER or fault.subcode == _MISSING_OBJECT:
            raise
    return list(client.pages(doing, *path, **parameters))


def _carries(item: Mapping[str, Any], edge: Edge, marker: str) -> bool:
    name = str(item.get(edge.name_field) or "")
    # An image's name is a file name, made of the marker alone.
    return f"[#{marker}]" in name or name.startswith(f"{marker}.")


def _collect(found: dict[str, FoundObject], edge: Edge, item: Mapping[str, Any]) -> None:
    object_id = item.get("id") if "id" in edge.fields else item.get("hash")
    status = item.get(edge.status_field) if edge.status_field else None
    if not object_id or status == "DELETED":
        return
    found[str(object_id)] = FoundObject(
        object_id=str(object_id),
        name=str(item.get(edge.name_field) or ""),
        effective_status=str(status) if status else None,
        created_time=_moment(item.get("created_time")),
        copied_from=_source(item.get(edge.copied_from)) if edge.copied_from else None,
    )


def _source(value: Any) -> str | None:
    """Return the id of what was copied; Meta says 0 for an object that is no copy."""
    return str(value) if value and str(value) != "0" else None


def _moment(value: Any) -> datetime | None:
    """Return Meta's time as aware UTC; None for anything that is not one."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
