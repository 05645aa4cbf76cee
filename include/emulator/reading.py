"""Shows nodes and edges with the fields a caller asked for."""

from collections.abc import Iterable
from typing import Any, Final

from emulator import schema
from emulator.emulator import Emulator
from emulator.fields import Field, parse_fields
from emulator.filtering import visible_rows
from emulator.kinds import Edge, Json, Kind, Row
from emulator.paging import cut_page, page_links
from emulator.param_types import decode_json
from emulator.protocol import Call
from emulator.rules import broken
from emulator.state import Object

MISSING: Final = object()


def asked_fields(call: Call) -> tuple[Field, ...]:
    """Return the call's ``fields``, given as text or as a JSON list."""
    raw = decode_json(call.params.get("fields"))
    if isinstance(raw, list):
        raw = ",".join(str(item) for item in raw)
    return parse_fields(str(raw)) if raw else ()


def check_fields(emulator: Emulator, kind: Kind, fields: Iterable[Field]) -> None:
    """Raise for a field the node type lacks, also inside edges that turn out to be empty."""
    for field in fields:
        if field.name in kind.edges and kind.edges[field.name].rows is not None:
            inner = kind.edges[field.name].kind
            if inner is not None:
                check_fields(emulator, emulator.kinds[inner], field.fields)
        elif field.name in kind.references:
            check_fields(emulator, emulator.kinds[field.name], field.fields)
        elif field.name not in kind.computed and not _readable(kind, field.name):
            raise broken("nonexisting_field", field=field.name, title=kind.title)


def read_node(emulator: Emulator, call: Call, obj: Object, fields: Iterable[Field]) -> Json:
    """Return the object with these fields and ``id``; unset fields are left out, as Meta does."""
    kind = emulator.kinds[obj.kind]
    shown: Json = {}
    wanted = tuple(fields) or tuple(Field(name) for name in kind.default_fields)
    for field in wanted:
        if field.name in kind.edges and kind.edges[field.name].rows is not None:
            nested = read_edge(emulator, _nested(call, field), obj, field.name, field.fields)
            if nested["data"]:
                shown[field.name] = nested
        elif field.name in kind.references:
            target = emulator.state.objects.get(str(obj.fields.get(kind.references[field.name])))
            if target is not None:
                shown[field.name] = read_node(emulator, call, target, field.fields)
        else:
            value = field_value(emulator, obj, field.name)
            if value is not MISSING:
                shown[field.name] = _narrowed(value, field.fields)
    shown["id"] = obj.id
    return shown


def field_value(emulator: Emulator, obj: Object, name: str) -> Any:
    """Return a field's value, MISSING when it has none; raise for a field the type lacks."""
    kind = emulator.kinds[obj.kind]
    if name == "id":
        return obj.id
    if name in kind.computed:
        value = kind.computed[name](emulator, obj)
        return MISSING if value is None else value
    if name in kind.references:
        return obj.fields.get(kind.references[name], MISSING)
    if not _readable(kind, name):
        raise broken("nonexisting_field", field=name, title=kind.title)
    if name in obj.fields:
        return obj.fields[name]
    if name in ("created_time", "updated_time"):
        return emulator.moment_text(obj, getattr(obj, name.removesuffix("_time")))
    if name == "account_id" and obj.account:
        return obj.account.removeprefix("act_")
    return MISSING


def read_edge(
    emulator: Emulator, call: Call, parent: Object, name: str, fields: Iterable[Field]
) -> Json:
    """Return one page of an edge, as ``data``, ``paging`` and, when asked, ``summary``."""
    edge = emulator.kinds[parent.kind].edges[name]
    if edge.rows is None:
        raise broken("unsupported_method", method="get", path=name)
    rows = visible_rows(emulator, call, edge, edge.rows(emulator, call, parent), field_value)
    page = cut_page(rows, call)
    wanted = tuple(fields)
    if edge.kind is not None:
        check_fields(emulator, emulator.kinds[edge.kind], wanted)
    answer: Json = {"data": [_read_row(emulator, call, edge, row, wanted) for row in page.rows]}
    if page.rows:
        path = f"/v{call.version[0]}.{call.version[1]}/{parent.id}/{name}"
        answer["paging"] = page_links(page, call, path)
    if str(decode_json(call.params.get("summary", ""))).lower() in ("true", "1", "['total_count']"):
        answer["summary"] = {"total_count": len(rows)}
    return answer


def _read_row(
    emulator: Emulator, call: Call, edge: Edge, row: Row, fields: tuple[Field, ...]
) -> Json:
    if isinstance(row, Object):
        return read_node(emulator, call, row, fields)
    return _narrowed(row, fields) if fields else row


def _narrowed(value: Any, fields: tuple[Field, ...]) -> Any:
    """Keep only the asked keys of a plain structure, as ``targeting{geo_locations}`` means."""
    if not fields:
        return value
    if isinstance(value, list):
        return [_narrowed(item, fields) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        field.name: _narrowed(value[field.name], field.fields)
        for field in fields
        if field.name in value
    }


def _nested(call: Call, field: Field) -> Call:
    """Return the call an edge inside ``fields`` stands for; modifiers are its parameters."""
    kept = {"access_token": call.params["access_token"]} if "access_token" in call.params else {}
    inner = {name: decode_json(arguments) for name, arguments in field.modifiers}
    if field.fields:
        inner["fields"] = ",".join(_spell(child) for child in field.fields)
    return call.with_params({**kept, **inner})


def _spell(field: Field) -> str:
    modifiers = "".join(f".{name}({arguments})" for name, arguments in field.modifiers)
    inner = f"{{{','.join(_spell(child) for child in field.fields)}}}" if field.fields else ""
    return f"{field.name}{modifiers}{inner}"


def _readable(kind: Kind, name: str) -> bool:
    return name in ("id", "metadata") or name in schema.readable_fields(kind.sdk_class)
