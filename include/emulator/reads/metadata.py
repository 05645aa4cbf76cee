"""What a node type offers, as ``metadata=1`` tells it: its fields and its connections."""

from emulator.calls import schema
from emulator.calls.kinds import Json
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.state import Object


def describe(emulator: Emulator, call: Call, node: Object) -> Json:
    """Return the ``metadata`` of a node: names and types of fields, links of its edges."""
    kind = emulator.kinds[node.kind]
    types = schema.field_types(kind.sdk_class)
    names = sorted({*schema.readable_fields(kind.sdk_class), *kind.computed, "id"})
    base = f"{call.base_url}/v{call.version[0]}.{call.version[1]}/{node.id}"
    return {
        "fields": [{"name": name, "type": types.get(name, "string")} for name in names],
        "type": kind.title.lower(),
        "connections": {
            name: f"{base}/{name}" for name, edge in sorted(kind.edges.items()) if edge.rows
        },
    }
