"""Answers one Graph call: who asks, for which node or edge, to read or to write."""

from typing import Any

from emulator.calls import tokens
from emulator.calls.kinds import Json, Write
from emulator.calls.protocol import Call, check_version
from emulator.emulator import Emulator
from emulator.media import rupload
from emulator.objects.apps import app_node
from emulator.objects.targeting_search import search
from emulator.policy.rules import broken
from emulator.reads.metadata import describe
from emulator.reads.reading import asked_fields, check_fields, read_edge, read_node
from emulator.state import Object


def answer(emulator: Emulator, call: Call) -> Any:
    """Return the JSON answer to a call, or raise GraphError."""
    check_version(call)
    call = tokens.authenticate(emulator, call)
    if "ids" in call.params and call.method == "GET":
        raise broken("ids_gone")
    if "date_format" in call.params and call.method == "GET":
        raise broken("date_format_gone")
    if call.segments == ("debug_token",) and call.method == "GET":
        return tokens.debug_token(emulator, call)
    if call.segments == ("search",) and call.method == "GET":
        return search(emulator, call)
    if call.segments == ("ads_archive",):
        raise broken("ad_library_permission")
    if rupload.is_rupload(call) and call.method == "POST":
        tokens.check_may_write(call)
        return rupload.arrived(emulator, call)
    if not call.segments or len(call.segments) > 2:
        raise broken("unknown_path", path=call.path)
    if call.method not in ("GET", "POST", "DELETE"):
        raise broken("unsupported_method", method=call.method.lower(), path=call.path)
    node = find_node(emulator, call)
    if call.method == "GET":
        return _read(emulator, call, node)
    if call.segments[1:] != ("insights",):
        # A report changes nothing: reading is enough for it.
        tokens.check_may_write(call)
    return _write(emulator, call, node)


def find_node(emulator: Emulator, call: Call) -> Object:
    """Return the node a call's path names; raise 803 for a name, 100/33 for an unknown id."""
    name = call.segments[0]
    if name == "me":
        name = emulator.world.user["id"]
    if name in ("app", emulator.world.app["id"]):
        return app_node(emulator)
    node = emulator.state.objects.get(name)
    if node is not None:
        return node
    if not name.removeprefix("act_").partition(":")[0].isdigit():
        raise broken("unknown_alias", alias=name)
    raise broken("unknown_node", verb=call.method.lower(), id=name)


def account_id(emulator: Emulator, call: Call) -> str:
    """Return the account (``act_…``) a call is about, empty when it is about none."""
    node = emulator.state.objects.get(call.segments[0]) if call.segments else None
    return node.account if node is not None else ""


def _read(emulator: Emulator, call: Call, node: Object) -> Json:
    fields = asked_fields(call)
    if len(call.segments) == 1:
        check_fields(emulator, emulator.kinds[node.kind], fields)
        shown = read_node(emulator, call, node, fields)
        if str(call.params.get("metadata", "")).lower() in ("1", "true"):
            shown["metadata"] = describe(emulator, call, node)
        return shown
    edge = call.segments[1]
    if answer_of := emulator.kinds[node.kind].answers.get(edge):
        return answer_of(emulator, call, node)
    return read_edge(emulator, call, node, edge, fields)


def _write(emulator: Emulator, call: Call, node: Object) -> Json:
    kind = emulator.kinds[node.kind]
    write: Write | None
    written_kind: str | None = node.kind
    if len(call.segments) == 1:
        write = kind.update if call.method == "POST" else kind.delete
    else:
        edge = kind.edge(call.segments[1])
        if edge is None:
            raise broken("unknown_path", path=f"/{call.segments[1]}")
        write = edge.create if call.method == "POST" else edge.delete
        written_kind = edge.kind
    if write is None:
        raise broken("unsupported_method", method=call.method.lower(), path=call.path)
    if len(call.segments) > 1 and edge is not None and edge.page is not None:
        # The fields are those of the report, not of what was written.
        return write(emulator, call, node)
    fields = asked_fields(call)
    if written_kind is not None:
        # A wrong field must be refused before anything is written: the write would stand.
        check_fields(emulator, emulator.kinds[written_kind], fields)
    written = write(emulator, call, node)
    changed = emulator.state.objects.get(_written_id(written, node))
    if fields and changed is not None and not call.validate_only:
        return {**written, **read_node(emulator, call, changed, fields)}
    return written


def _written_id(written: Json, node: Object) -> str:
    """Return the id of what a write made, else of what it changed."""
    made = ("id", "copied_campaign_id", "copied_adset_id", "copied_ad_id")
    return str(next((written[name] for name in made if name in written), node.id))
