"""Custom audiences: made, filled and deleted, as far as an ad set's targeting needs them.

Lists of people are counted, never kept: what is sent is hashed data about real persons.
"""

from emulator.calls import schema
from emulator.calls.kinds import Edge, Json, Kind, Row
from emulator.calls.param_types import check, decode_json, require
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.objects.accounts import check_open
from emulator.policy.rules import broken
from emulator.state import Object

#: The subtypes a client may name since audiences by rule no longer need one.
_SUBTYPES = frozenset(("CUSTOM", "ENGAGEMENT", "LOOKALIKE", "OFFLINE_CONVERSION", "WEBSITE", "APP"))
_FEWEST_SHOWN = 1000  # below this Meta only says so much
_TOO_FEW = {"code": 300, "description": "Audience is too small."}
_READY = {"code": 200, "description": "This audience is ready for use."}


def create(emulator: Emulator, call: Call, account: Object) -> Json:
    """Create an audience on an account, empty unless it is a lookalike."""
    check_open(account)
    params = check(schema.operation("AdAccount", "create_custom_audience"), call.params)
    require(params, ["name"])
    subtype = params.setdefault("subtype", "WEBSITE" if params.get("rule") else "CUSTOM")
    if subtype not in _SUBTYPES:
        allowed = ", ".join(sorted(_SUBTYPES))
        raise broken("not_in_enum", blame="subtype", param="subtype", allowed=allowed)
    if subtype == "LOOKALIKE":
        require(params, ["lookalike_spec"])
        params["lookalike_spec"] = decode_json(params["lookalike_spec"])
    if subtype == "CUSTOM":
        require(params, ["customer_file_source"])
    audience = emulator.new_object("audience", account, {**params, "_people": 0})
    emulator.commit(call, "create", audience)
    return {"id": audience.id}


def update(emulator: Emulator, call: Call, audience: Object) -> Json:
    """Change an audience's name, description or rule."""
    params = check(schema.operation("CustomAudience", "api_update"), call.params)
    emulator.commit(call, "update", audience.with_fields(params, emulator.clock.now()))
    return {"success": True}


def delete(emulator: Emulator, call: Call, audience: Object) -> Json:
    """Delete an audience: it leaves the edge and stays readable by id."""
    gone = {"_deleted": True}
    emulator.commit(call, "delete", audience.with_fields(gone, emulator.clock.now()))
    return {"success": True}


def listed(emulator: Emulator, call: Call, account: Object) -> list[Row]:
    """List the account's audiences that are not deleted, newest first."""
    return [
        audience
        for audience in emulator.state.children(account.id, "audience")
        if not audience.fields.get("_deleted")
    ]


def _add_users(emulator: Emulator, call: Call, audience: Object) -> Json:
    count = _sent_people(call)
    return _answer(emulator, call, audience, count, audience.fields["_people"] + count)


def _remove_users(emulator: Emulator, call: Call, audience: Object) -> Json:
    count = _sent_people(call)
    return _answer(emulator, call, audience, count, max(0, audience.fields["_people"] - count))


def _sent_people(call: Call) -> int:
    payload = decode_json(call.params.get("payload"))
    if not isinstance(payload, dict):
        raise broken("wrong_type", blame="payload", param="payload", expected="a JSON object")
    require(payload, ["schema"])
    data = payload.get("data")
    if not isinstance(data, list):
        raise broken("wrong_type", blame="payload", param="payload[data]", expected="an array")
    return len(data)


def _answer(emulator: Emulator, call: Call, audience: Object, count: int, people: int) -> Json:
    session = decode_json(call.params.get("session"))
    changed = audience.with_fields({"_people": people}, emulator.clock.now())
    # The people themselves must not reach the journal.
    emulator.commit(call.with_params({"num_received": count}), "update", changed)
    return {
        "audience_id": audience.id,
        "session_id": str(session.get("session_id") if isinstance(session, dict) else changed.id),
        "num_received": count,
        "num_invalid_entries": 0,
        "invalid_entry_samples": {},
    }


def _lower_bound(emulator: Emulator, audience: Object) -> int:
    people = int(audience.fields["_people"])
    return people if people >= _FEWEST_SHOWN else -1


def _upper_bound(emulator: Emulator, audience: Object) -> int:
    people = _lower_bound(emulator, audience)
    return people if people < 0 else round(people * 1.176)


def _delivery_status(emulator: Emulator, audience: Object) -> Json:
    return _READY if audience.fields["_people"] >= _FEWEST_SHOWN else _TOO_FEW


KIND = Kind(
    name="audience",
    title="CustomAudience",
    sdk_class="CustomAudience",
    computed={
        "approximate_count_lower_bound": _lower_bound,
        "approximate_count_upper_bound": _upper_bound,
        "delivery_status": _delivery_status,
        "operation_status": lambda emulator, audience: {"code": 200, "description": "Normal"},
        "time_created": lambda emulator, audience: int(audience.created),
        "time_updated": lambda emulator, audience: int(audience.updated),
        "time_content_updated": lambda emulator, audience: int(audience.updated),
    },
    edges={"users": Edge(create=_add_users, delete=_remove_users)},
    update=update,
    delete=delete,
)
