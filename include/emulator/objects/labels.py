"""Ad labels: made on the account or inline on an object, and the look-ups by label."""

from collections.abc import Sequence
from typing import Any

from emulator.calls import schema
from emulator.calls.kinds import Edge, Json, Kind, ListRows, Row
from emulator.calls.param_types import check, decode_json, require
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.policy.rules import broken
from emulator.state import Object

LARGEST_LABEL_COUNT = 50


def resolve(
    emulator: Emulator, account: Object, wanted: list[dict[str, Any]] | None
) -> tuple[list[Json] | None, list[Object]]:
    """Return the ``adlabels`` value to store, and the labels that must be created with it."""
    if wanted is None:
        return None, []
    if len(wanted) > LARGEST_LABEL_COUNT:
        raise broken("too_many_labels", blame="adlabels", limit=LARGEST_LABEL_COUNT)
    known = {label.fields["name"]: label for label in _living(emulator, account)}
    chosen: dict[str, Object] = {}
    created = []
    for row in wanted:
        if row.get("id"):
            label = emulator.need(row["id"], "label", account.id)
        elif row.get("name"):
            found = known.get(row["name"])
            if found is None:
                found = emulator.new_object("label", account, {"name": row["name"]})
                known[row["name"]] = found
                created.append(found)
            label = found
        else:
            raise broken("missing_param", blame="adlabels", param="adlabels[0][name]")
        chosen[label.id] = label
    stored = [{"id": label.id, "name": label.fields["name"]} for label in chosen.values()]
    return stored, created


def lookup(kind: str) -> ListRows:
    """Return the rows function of ``<kind>sbylabels``: objects with any or all of the labels."""

    def rows(emulator: Emulator, call: Call, account: Object) -> Sequence[Row]:
        raw = decode_json(call.params.get("ad_label_ids"))
        if not raw:
            raise broken("missing_param", blame="ad_label_ids", param="ad_label_ids")
        if not isinstance(raw, list):
            raw = [raw]
        operator = call.params.get("operator", "ALL")
        if operator not in ("ALL", "ANY"):
            raise broken("not_in_enum", blame="operator", param="operator", allowed="ALL, ANY")
        wanted = {str(identity) for identity in raw}
        return [
            obj
            for obj in emulator.state.children(account.id, kind)
            if _matches({label["id"] for label in obj.fields.get("adlabels", [])}, wanted, operator)
        ]

    return rows


def _matches(labels: set[str], wanted: set[str], operator: str) -> bool:
    return wanted <= labels if operator == "ALL" else bool(wanted & labels)


def _labelled(kind: str) -> ListRows:
    def rows(emulator: Emulator, call: Call, label: Object) -> Sequence[Row]:
        return [
            obj
            for obj in emulator.state.children(label.account, kind)
            if label.id in {row["id"] for row in obj.fields.get("adlabels", [])}
        ]

    return rows


def create_label(emulator: Emulator, call: Call, account: Object) -> Json:
    """Create a label on the account, or answer with the one that already has that name."""
    params = check(schema.operation("AdAccount", "create_ad_label"), call.params)
    require(params, ["name"])
    stored, created = resolve(emulator, account, [{"name": params["name"]}])
    assert stored is not None
    if created:
        emulator.commit(call, "create", created[0])
    return {"id": stored[0]["id"]}


def attach(emulator: Emulator, call: Call, obj: Object) -> Json:
    """Add labels to an object that already exists (``POST /<object>/adlabels``)."""
    params = check(schema.Signature({"adlabels": "list<AdLabel>"}, {}), call.params)
    require(params, ["adlabels"])
    account = emulator.account_of(obj)
    stored, created = resolve(
        emulator, account, [*obj.fields.get("adlabels", []), *params["adlabels"]]
    )
    changed = obj.with_fields({"adlabels": stored}, emulator.clock.now())
    emulator.commit(call, "update", changed, *created)
    return {"success": True}


def detach(emulator: Emulator, call: Call, obj: Object) -> Json:
    """Take labels off an object (``DELETE /<object>/adlabels``)."""
    params = check(schema.Signature({"adlabels": "list<AdLabel>"}, {}), call.params)
    require(params, ["adlabels"])
    gone = {row.get("id") for row in params["adlabels"]}
    gone |= {row.get("name") for row in params["adlabels"]}
    kept = [
        row
        for row in obj.fields.get("adlabels", [])
        if row["id"] not in gone and row["name"] not in gone
    ]
    changed = obj.with_fields({"adlabels": kept}, emulator.clock.now())
    emulator.commit(call, "update", changed)
    return {"success": True}


def rename(emulator: Emulator, call: Call, label: Object) -> Json:
    """Give a label another name, on every object that carries it."""
    params = check(schema.operation("AdLabel", "api_update"), call.params)
    require(params, ["name"])
    now = emulator.clock.now()
    renamed = label.with_fields({"name": params["name"]}, now)
    shown = {"id": label.id, "name": params["name"]}
    carriers = [
        _relabelled(
            obj, [shown if row["id"] == label.id else row for row in obj.fields["adlabels"]]
        )
        for obj in _carriers(emulator, label)
    ]
    emulator.commit(call, "update", renamed, *carriers)
    return {"success": True}


def delete_label(emulator: Emulator, call: Call, label: Object) -> Json:
    """Delete a label: it leaves the account's list and every object that carries it."""
    gone = label.with_fields({"status": "DELETED"}, emulator.clock.now())
    carriers = [
        _relabelled(obj, [row for row in obj.fields["adlabels"] if row["id"] != label.id])
        for obj in _carriers(emulator, label)
    ]
    emulator.commit(call, "delete", gone, *carriers)
    return {"success": True}


def listed(emulator: Emulator, call: Call, account: Object) -> Sequence[Row]:
    """List the account's labels that are not deleted, newest first."""
    return _living(emulator, account)


def _living(emulator: Emulator, account: Object) -> list[Object]:
    return [
        label
        for label in emulator.state.children(account.id, "label")
        if label.fields.get("status") != "DELETED"
    ]


def _carriers(emulator: Emulator, label: Object) -> list[Object]:
    return [
        obj
        for kind in ("campaign", "adset", "ad", "creative")
        for obj in emulator.state.children(label.account, kind)
        if label.id in {row["id"] for row in obj.fields.get("adlabels", [])}
    ]


def _relabelled(obj: Object, labels: list[Json]) -> Object:
    # A label's own change is not a change of the object: its time stays.
    return obj.with_fields({"adlabels": labels}, obj.updated)


LABEL = Kind(
    name="label",
    title="AdLabel",
    sdk_class="AdLabel",
    default_fields=("name",),
    update=rename,
    delete=delete_label,
    edges={
        "campaigns": Edge("campaign", _labelled("campaign"), statuses=True),
        "adsets": Edge("adset", _labelled("adset"), statuses=True),
        "ads": Edge("ad", _labelled("ad"), statuses=True),
        "adcreatives": Edge("creative", _labelled("creative")),
    },
)
