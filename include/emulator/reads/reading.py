"""Shows nodes and edges with the fields a caller asked for."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from emulator.calls import schema
from emulator.calls.kinds import Answer, Edge, Json, Kind, ReadLink, Row
from emulator.calls.param_types import decode_json
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.policy.rules import broken
from emulator.reads.fields import Field, parse_fields
from emulator.reads.filtering import row_test
from emulator.reads.paging import cut_page, page_links
from emulator.state import Object

MISSING: Final = object()
#: Returns what one asked-for field shows of an object, MISSING when it shows nothing.
ReadStep = Callable[[Object], Any]


def asked_fields(call: Call) -> tuple[Field, ...]:
    """Return the call's ``fields``, given as text or as a JSON list."""
    raw = decode_json(call.params.get("fields"))
    if isinstance(raw, list):
        raw = ",".join(str(item) for item in raw)
    return parse_fields(str(raw)) if raw else ()


def check_fields(emulator: Emulator, kind: Kind, fields: Iterable[Field]) -> None:
    """Raise for a field the node type lacks, also inside edges that turn out to be empty."""
    for field in fields:
        if field.name in kind.answers:
            continue
        edge = _field_edge(kind, field.name)
        if edge is not None:
            if edge.kind is not None:
                check_fields(emulator, emulator.kinds[edge.kind], field.fields)
        elif field.name in kind.references:
            check_fields(emulator, emulator.kinds[field.name], field.fields)
        elif field.name not in kind.computed and not _readable(kind, field.name):
            raise broken("nonexisting_field", field=field.name, title=kind.title)


def read_node(emulator: Emulator, call: Call, obj: Object, fields: Iterable[Field]) -> Json:
    """Return the object with these fields and ``id``; unset fields are left out, as Meta does."""
    return _NodeReader(emulator, call, tuple(fields)).read(obj)


class _NodeReader:
    """Reads many objects with the same fields: what a field means is settled once per kind."""

    def __init__(self, emulator: Emulator, call: Call, fields: tuple[Field, ...]) -> None:
        self._emulator, self._call, self._fields = emulator, call, fields
        self._steps: dict[str, list[tuple[str, ReadStep]]] = {}

    def read(self, obj: Object) -> Json:
        steps = self._steps.get(obj.kind)
        if steps is None:
            steps = self._steps[obj.kind] = self._steps_for(self._emulator.kinds[obj.kind])
        shown: Json = {}
        for key, step in steps:
            value = step(obj)
            if value is not MISSING:
                shown[key] = value
        shown["id"] = obj.id
        return shown

    def _steps_for(self, kind: Kind) -> list[tuple[str, ReadStep]]:
        wanted = self._fields or tuple(Field(name) for name in kind.default_fields)
        return [(field.key, self._step(kind, field)) for field in wanted]

    def _step(self, kind: Kind, field: Field) -> ReadStep:
        if field.name in kind.answers:
            return self._answer_step(kind.answers[field.name], field)
        if _field_edge(kind, field.name) is not None:
            return self._edge_step(field)
        if field.name in kind.references:
            return self._reference_step(kind.references[field.name], field)
        if not self._may_see(kind, field.name):
            return lambda obj: MISSING
        if field.name in kind.links:
            value_of = self._link_step(kind.links[field.name])
        else:
            value_of = _value_step(self._emulator, kind, field.name)
        if not field.fields:
            return value_of
        return lambda obj: _narrowed(value_of(obj), field.fields)

    def _link_step(self, link: ReadLink) -> ReadStep:
        def step(obj: Object) -> Any:
            value = link(self._emulator, self._call.base_url, obj)
            return MISSING if value is None else value

        return step

    def _may_see(self, kind: Kind, name: str) -> bool:
        wanted = kind.scoped_fields.get(name)
        token = self._call.token
        return wanted is None or (token is not None and not wanted.isdisjoint(token.scopes))

    def _edge_step(self, field: Field) -> ReadStep:
        call = _nested(self._call, field)

        def step(obj: Object) -> Any:
            nested = read_edge(self._emulator, call, obj, field.name, field.fields)
            return nested if nested["data"] else MISSING

        return step

    def _answer_step(self, answer: Answer, field: Field) -> ReadStep:
        call = _nested(self._call, field)

        def step(obj: Object) -> Any:
            shown = answer(self._emulator, call, obj)
            return {**shown, "data": _narrowed(shown["data"], field.fields)}

        return step

    def _reference_step(self, stored: str, field: Field) -> ReadStep:
        objects = self._emulator.state.objects
        reader = _NodeReader(self._emulator, self._call, field.fields)

        def step(obj: Object) -> Any:
            target = objects.get(str(obj.fields.get(stored)))
            return MISSING if target is None else reader.read(target)

        return step


def _value_step(emulator: Emulator, kind: Kind, name: str) -> ReadStep:
    if name == "id":
        return lambda obj: obj.id
    if name in kind.computed:
        compute = kind.computed[name]

        def computed(obj: Object) -> Any:
            value = compute(emulator, obj)
            return MISSING if value is None else value

        return computed
    if name in kind.references:
        stored = kind.references[name]
        return lambda obj: obj.fields.get(stored, MISSING)
    if not _readable(kind, name):
        raise broken("nonexisting_field", field=name, title=kind.title)
    otherwise = _unstored(emulator, name)
    return lambda obj: obj.fields[name] if name in obj.fields else otherwise(obj)


def _unstored(emulator: Emulator, name: str) -> ReadStep:
    """Return how to read a field that stands beside an object's own fields."""
    if name == "created_time":
        return lambda obj: emulator.moment_text(obj, obj.created)
    if name == "updated_time":
        return lambda obj: emulator.moment_text(obj, obj.updated)
    if name == "account_id":
        return lambda obj: obj.account.removeprefix("act_") if obj.account else MISSING
    return lambda obj: MISSING


def read_edge(
    emulator: Emulator, call: Call, parent: Object, name: str, fields: Iterable[Field]
) -> Json:
    """Return one page of an edge, as ``data``, ``paging`` and, when asked, ``summary``."""
    edge = emulator.kinds[parent.kind].edge(name)
    if edge is None:
        raise broken("unknown_path", path=f"/{name}")
    if edge.page is not None:
        return edge.page(emulator, call, parent, [field.name for field in fields])
    if edge.rows is None:
        raise broken("unsupported_method", method="get", path=name)
    wanted = tuple(fields)
    if edge.kind is not None:
        check_fields(emulator, emulator.kinds[edge.kind], wanted)
    rows = edge.rows(emulator, call, parent)
    shows = row_test(emulator, call, edge, _filter_value)
    page = cut_page(rows, call, shows)
    reader = _NodeReader(emulator, call, wanted)
    answer: Json = {"data": [_read_row(reader, row, wanted) for row in page.rows]}
    if page.rows:
        path = f"/v{call.version[0]}.{call.version[1]}/{parent.id}/{name}"
        answer["paging"] = page_links(page, call, path)
    if _wants_count(call):
        answer["summary"] = {"total_count": sum(1 for row in rows if shows(row))}
    return answer


def _filter_value(emulator: Emulator, kind: Kind, name: str) -> ReadStep:
    value_of = _value_step(emulator, kind, name)

    def step(obj: Object) -> Any:
        value = value_of(obj)
        return None if value is MISSING else value

    return step


def _wants_count(call: Call) -> bool:
    """Whether ``summary`` asks for the number of rows: as a switch, or by the field's name."""
    asked = decode_json(call.params.get("summary") or call.params.get("default_summary"))
    if isinstance(asked, str):
        asked = [name.strip() for name in asked.split(",")]
    return asked in (True, 1, ["true"]) or (isinstance(asked, list) and "total_count" in asked)


def _read_row(reader: _NodeReader, row: Row, fields: tuple[Field, ...]) -> Json:
    if isinstance(row, Object):
        return reader.read(row)
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
        field.key: _narrowed(value[field.name], field.fields)
        for field in fields
        if field.name in value
    }


def _nested(call: Call, field: Field) -> Call:
    """Return the call an edge inside ``fields`` stands for; modifiers are its parameters."""
    kept = {"access_token": call.params["access_token"]} if "access_token" in call.params else {}
    inner = {name: decode_json(text) for name, text in field.modifiers if name != "as"}
    if field.fields:
        inner["fields"] = ",".join(_spell(child) for child in field.fields)
    return call.with_params({**kept, **inner})


def _spell(field: Field) -> str:
    modifiers = "".join(f".{name}({arguments})" for name, arguments in field.modifiers)
    inner = f"{{{','.join(_spell(child) for child in field.fields)}}}" if field.fields else ""
    return f"{field.name}{modifiers}{inner}"


def _readable(kind: Kind, name: str) -> bool:
    return name in ("id", "metadata") or name in schema.readable_fields(kind.sdk_class)


def _field_edge(kind: Kind, name: str) -> Edge | None:
    """Return the edge that a name in ``fields`` means; a field of that name comes first."""
    edge = kind.edges.get(name)
    if edge is None and name not in kind.computed and not _readable(kind, name):
        edge = kind.edge(name)
    return edge if edge is not None and edge.readable else None
